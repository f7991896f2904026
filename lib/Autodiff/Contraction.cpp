//===- Contraction.cpp - Rules of contractions ----------------------------===//
// With C = sum A B, the cotangents are sum C' B and sum C' A: contractions of
// the same maps, with another one as the output; products where nothing is
// summed.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "TensorOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using namespace lacuna;

/// Whether each loop that `map` reads is a loop of `left` or `right`.
static bool isCovered(AffineMap map, AffineMap left, AffineMap right) {
  return llvm::all_of(map.getResults(), [&](AffineExpr result) {
    unsigned loop = cast<AffineDimExpr>(result).getPosition();
    return left.isFunctionOfDim(loop) || right.isFunctionOfDim(loop);
  });
}

/// Whether no loop of a contraction with the output map `map` is summed over.
static bool sumsNothing(AffineMap map) {
  return map.getNumResults() == map.getNumDims();
}

/// Products of elements: an outer product, or a tensor times a number. The
/// loops, of which `type` has one dimension each, stand in the order of `map`.
static Value multiply(OpBuilder &builder, Location loc, RankedTensorType type,
                      AffineMap map, Operand left, Operand right) {
  AffineMap inverse = inversePermutation(map);
  auto inOrder = [&](Operand operand) {
    return Operand{operand.value, operand.map.compose(inverse)};
  };
  return mapElements(
      builder, loc, type, {inOrder(left), inOrder(right)},
      [](OpBuilder &inner, Location at, ValueRange values) -> Value {
        return arith::MulFOp::create(inner, at, values[0], values[1]);
      });
}

namespace {
template <typename OpT>
struct ContractionRule
    : DifferentiableOpInterface::ExternalModel<ContractionRule<OpT>, OpT> {
  LogicalResult buildAdjoint(Operation *base, OpBuilder &builder,
                             ArrayRef<Value> cotangents,
                             const llvm::BitVector &wanted,
                             MutableArrayRef<Value> operandCotangents) const {
    auto op = cast<linalg::LinalgOp>(base);
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    Type element = getElementTypeOrSelf(cotangents[0].getType());
    for (unsigned index = 0; index < 2; ++index) {
      if (!wanted[index])
        continue;
      unsigned other = 1 - index;
      auto type = cast<RankedTensorType>(op->getOperand(index).getType());
      if (type.getElementType() != element ||
          getElementTypeOrSelf(op->getOperand(other).getType()) != element)
        return op->emitOpError("must have one element type to be "
                               "differentiated");
      if (!llvm::all_of(maps, [](AffineMap map) {
            return map.isProjectedPermutation();
          }) ||
          !isCovered(maps[index], maps[2], maps[other]))
        return op->emitOpError("must not sum operand ")
               << index << " alone to be differentiated";
      if (sumsNothing(maps[index])) {
        operandCotangents[index] =
            multiply(builder, op.getLoc(), type, maps[index],
                     {cotangents[0], maps[2]},
                     {op->getOperand(other), maps[other]});
        continue;
      }
      SmallVector<Value> inputs{cotangents[0], op->getOperand(other)};
      operandCotangents[index] =
          linalg::ContractOp::create(
              builder, op.getLoc(), TypeRange(type), inputs,
              ValueRange(zeros(builder, op.getLoc(), type)),
              builder.getAffineMapArrayAttr(
                  {maps[2], maps[other], maps[index]}))
              ->getResult(0);
    }
    if (wanted[2])
      operandCotangents[2] = cotangents[0];
    return success();
  }
};

template <typename... Ops> void attach(MLIRContext *context) {
  (Ops::template attachInterface<ContractionRule<Ops>>(*context), ...);
}
} // namespace

void lacuna::attachContractionRules(MLIRContext *context) {
  attach<linalg::ContractOp, linalg::MatmulOp, linalg::BatchMatmulOp,
         linalg::MatvecOp, linalg::VecmatOp, linalg::DotOp>(context);
}
