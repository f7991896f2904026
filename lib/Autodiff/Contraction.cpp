//===- Contraction.cpp - Rules of contractions ----------------------------===//
// With C = sum A B, the cotangents are sum C' B and sum C' A: contractions of
// the same maps, with another one as the output.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "TensorOps.h"

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
