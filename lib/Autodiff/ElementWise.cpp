//===- ElementWise.cpp - Rules of element-wise linalg.generic -------------===//
// The scalar body is differentiated symbolically; operands that are broadcast
// or permuted get sums of it.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "TensorOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace lacuna;

/// From the shape of the loops to that of an operand read through `map`.
static Value sumToOperand(OpBuilder &builder, Location loc, Value value,
                          AffineMap map, RankedTensorType type) {
  SmallVector<int64_t> read, summed, permutation, shape;
  for (AffineExpr result : map.getResults())
    if (auto dim = dyn_cast<AffineDimExpr>(result))
      read.push_back(dim.getPosition());
  for (int64_t loop = 0; loop < map.getNumDims(); ++loop)
    if (!llvm::is_contained(read, loop))
      summed.push_back(loop);
  for (int64_t loop : read)
    permutation.push_back(
        llvm::count_if(read, [&](int64_t other) { return other < loop; }));
  value = permute(builder, loc, sumOver(builder, loc, value, summed),
                  permutation);
  if (value.getType() == type)
    return value;
  // Dimensions of one element that no loop runs over come back.
  SmallVector<ReassociationIndices> groups;
  for (auto [index, result] : llvm::enumerate(map.getResults())) {
    if (isa<AffineDimExpr>(result) &&
        (groups.size() > 0 && !groups.back().empty() &&
         llvm::any_of(groups.back(), [&](int64_t position) {
           return isa<AffineDimExpr>(map.getResult(position));
         })))
      groups.emplace_back();
    if (groups.empty())
      groups.emplace_back();
    groups.back().push_back(index);
  }
  if (read.empty())
    groups.clear();
  return tensor::ExpandShapeOp::create(builder, loc, type, value, groups);
}

/// Fails, with an error, on what is not one element for one element.
static LogicalResult checkElementWise(linalg::GenericOp op) {
  if (op.getNumParallelLoops() != op.getNumLoops())
    return op.emitOpError("must have parallel loops only to be differentiated");
  for (OpOperand &init : op.getDpsInitsMutable()) {
    if (!op.getMatchingIndexingMap(&init).isIdentity())
      return op.emitOpError("must write in the order of its loops to be "
                            "differentiated");
    if (op.payloadUsesValueFromOperand(&init))
      return op.emitOpError("must not read its output to be differentiated");
  }
  for (OpOperand *input : op.getDpsInputOperands())
    if (!op.getMatchingIndexingMap(input).isProjectedPermutation(true))
      return op.emitOpError("must read operand ")
             << input->getOperandNumber()
             << " by loops or zeros to be differentiated";
  return success();
}

/// Copies the body of `op` and yields the cotangent of input `index`.
static LogicalResult buildBody(OpBuilder &builder, linalg::GenericOp op,
                               unsigned index, ValueRange arguments,
                               ArrayRef<Value> cotangents, bool &isZero) {
  IRMapping mapping;
  Block *body = op.getBody();
  unsigned inputs = op.getNumDpsInputs();
  mapping.map(body->getArguments().take_front(inputs),
              arguments.take_front(inputs));
  SmallVector<Operation *> ops;
  for (Operation &inner : body->without_terminator())
    ops.push_back(builder.clone(inner, mapping));
  SmallVector<Value> values, known;
  unsigned next = inputs;
  for (auto [value, cotangent] :
       llvm::zip_equal(body->getTerminator()->getOperands(), cotangents)) {
    values.push_back(mapping.lookupOrDefault(value));
    known.push_back(cotangent ? arguments[next++] : Value());
  }
  FailureOr<Value> result = differentiateScalars(
      builder, ops, arguments[index], values, known);
  if (failed(result))
    return failure();
  isZero = !*result;
  Value yielded = *result ? *result
                          : scalar(builder, op.getLoc(),
                                   arguments[index].getType(), 0);
  linalg::YieldOp::create(builder, op.getLoc(), yielded);
  return success();
}

/// The cotangent of input `index` before sums, in the shape of the loops; null
/// if it is zero.
static FailureOr<Value> buildCotangent(OpBuilder &builder, linalg::GenericOp op,
                                       unsigned index,
                                       ArrayRef<Value> cotangents) {
  SmallVector<Value> inputs(op.getDpsInputs());
  SmallVector<AffineMap> maps(op.getIndexingMapsArray());
  maps.resize(inputs.size());
  for (Value cotangent : cotangents)
    if (cotangent)
      inputs.push_back(cotangent);
  maps.resize(inputs.size() + 1,
              builder.getMultiDimIdentityMap(op.getNumLoops()));
  auto type = cast<RankedTensorType>(op->getResult(0).getType())
                  .clone(getElementTypeOrSelf(inputs[index].getType()));
  Value init = tensor::EmptyOp::create(builder, op.getLoc(), type.getShape(),
                                       type.getElementType());
  bool failedBody = false, isZero = false;
  auto adjoint = linalg::GenericOp::create(
      builder, op.getLoc(), TypeRange(type), inputs, init, maps,
      op.getIteratorTypesArray(),
      [&](OpBuilder &inner, Location, ValueRange arguments) {
        failedBody = failed(
            buildBody(inner, op, index, arguments, cotangents, isZero));
      });
  if (failedBody || isZero) {
    adjoint.erase();
    return failedBody ? FailureOr<Value>(failure()) : FailureOr<Value>(Value());
  }
  return adjoint.getResult(0);
}

namespace {
struct GenericRule
    : DifferentiableOpInterface::ExternalModel<GenericRule, linalg::GenericOp> {
  LogicalResult buildAdjoint(Operation *base, OpBuilder &builder,
                             ArrayRef<Value> cotangents,
                             const llvm::BitVector &wanted,
                             MutableArrayRef<Value> operandCotangents) const {
    auto op = cast<linalg::GenericOp>(base);
    if (failed(checkElementWise(op)))
      return failure();
    for (unsigned index : wanted.set_bits()) {
      if (index >= op.getNumDpsInputs())
        continue;
      FailureOr<Value> cotangent =
          buildCotangent(builder, op, index, cotangents);
      if (failed(cotangent))
        return failure();
      if (*cotangent)
        operandCotangents[index] = sumToOperand(
            builder, op.getLoc(), *cotangent, op.getIndexingMapsArray()[index],
            cast<RankedTensorType>(op->getOperand(index).getType()));
    }
    return success();
  }
};
} // namespace

void lacuna::attachElementWiseRules(MLIRContext *context) {
  linalg::GenericOp::attachInterface<GenericRule>(*context);
}
