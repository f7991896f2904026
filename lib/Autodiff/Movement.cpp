//===- Movement.cpp - Rules of ops that move elements ---------------------===//
// Reshapes and transposes go back; a broadcast is summed; slices, pads and
// concatenations are each other's rules.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "TensorOps.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace lacuna;

using Wanted = const llvm::BitVector &;

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

static Value slice(OpBuilder &builder, Location loc, Value value,
                   RankedTensorType type, ArrayRef<int64_t> offsets,
                   ArrayRef<int64_t> strides) {
  return tensor::ExtractSliceOp::create(
      builder, loc, type, value, ValueRange(), ValueRange(), ValueRange(),
      offsets, type.getShape(), strides);
}

static LogicalResult adjointOf(linalg::TransposeOp op, OpBuilder &builder,
                               Value cotangent, Wanted wanted,
                               MutableArrayRef<Value> result) {
  if (wanted[0])
    result[0] = permute(builder, op.getLoc(), cotangent,
                        invertPermutationVector(op.getPermutation()));
  return success();
}

static LogicalResult adjointOf(linalg::BroadcastOp op, OpBuilder &builder,
                               Value cotangent, Wanted wanted,
                               MutableArrayRef<Value> result) {
  SmallVector<int64_t> dims(op.getDimensions());
  llvm::sort(dims);
  if (wanted[0])
    result[0] = sumOver(builder, op.getLoc(), cotangent, dims);
  return success();
}

static LogicalResult adjointOf(tensor::ExpandShapeOp op, OpBuilder &builder,
                               Value cotangent, Wanted wanted,
                               MutableArrayRef<Value> result) {
  if (wanted[0])
    result[0] = tensor::CollapseShapeOp::create(
        builder, op.getLoc(), op.getSrcType(), cotangent,
        op.getReassociationIndices());
  return success();
}

static LogicalResult adjointOf(tensor::CollapseShapeOp op, OpBuilder &builder,
                               Value cotangent, Wanted wanted,
                               MutableArrayRef<Value> result) {
  if (wanted[0])
    result[0] = tensor::ExpandShapeOp::create(builder, op.getLoc(),
                                              op.getSrcType(), cotangent,
                                              op.getReassociationIndices());
  return success();
}

static LogicalResult adjointOf(tensor::ConcatOp op, OpBuilder &builder,
                               Value cotangent, Wanted wanted,
                               MutableArrayRef<Value> result) {
  SmallVector<int64_t> offsets(op.getRank(), 0), strides(op.getRank(), 1);
  for (auto [index, input] : llvm::enumerate(op.getInputs())) {
    if (wanted[index])
      result[index] = slice(builder, op.getLoc(), cotangent, typeOf(input),
                            offsets, strides);
    offsets[op.getDim()] += typeOf(input).getDimSize(op.getDim());
  }
  return success();
}

static LogicalResult adjointOf(tensor::ExtractSliceOp op, OpBuilder &builder,
                               Value cotangent, Wanted wanted,
                               MutableArrayRef<Value> result) {
  if (!op.hasUnitStride() || ShapedType::isDynamicShape(op.getStaticOffsets()) ||
      op.getSourceType().getRank() != op.getType().getRank())
    return op.emitOpError("must have known offsets, strides of 1 and keep all "
                          "dimensions to be differentiated");
  if (!wanted[0])
    return success();
  SmallVector<OpFoldResult> low, high;
  for (auto [offset, size, whole] :
       llvm::zip_equal(op.getStaticOffsets(), op.getType().getShape(),
                       op.getSourceType().getShape())) {
    low.push_back(builder.getIndexAttr(offset));
    high.push_back(builder.getIndexAttr(whole - size - offset));
  }
  Value zero = scalar(builder, op.getLoc(), op.getType().getElementType(), 0);
  result[0] = tensor::PadOp::create(builder, op.getLoc(), op.getSourceType(),
                                    cotangent, low, high, zero);
  return success();
}

static LogicalResult adjointOf(tensor::PadOp op, OpBuilder &builder,
                               Value cotangent, Wanted wanted,
                               MutableArrayRef<Value> result) {
  if (!op.getConstantPaddingValue() ||
      ShapedType::isDynamicShape(op.getStaticLow()))
    return op.emitOpError("must pad by known sizes and one value to be "
                          "differentiated");
  SmallVector<int64_t> strides(op.getSourceType().getRank(), 1);
  if (wanted[0])
    result[0] = slice(builder, op.getLoc(), cotangent, op.getSourceType(),
                      op.getStaticLow(), strides);
  return success();
}

namespace {
template <typename OpT>
struct MovementRule
    : DifferentiableOpInterface::ExternalModel<MovementRule<OpT>, OpT> {
  LogicalResult buildAdjoint(Operation *op, OpBuilder &builder,
                             ArrayRef<Value> cotangents, Wanted wanted,
                             MutableArrayRef<Value> operandCotangents) const {
    return adjointOf(cast<OpT>(op), builder, cotangents[0], wanted,
                     operandCotangents);
  }
};

template <typename... Ops> void attach(MLIRContext *context) {
  (Ops::template attachInterface<MovementRule<Ops>>(*context), ...);
}
} // namespace

void lacuna::attachLinalgMovementRules(MLIRContext *context) {
  attach<linalg::TransposeOp, linalg::BroadcastOp>(context);
}

void lacuna::attachTensorMovementRules(MLIRContext *context) {
  attach<tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::ConcatOp,
         tensor::ExtractSliceOp, tensor::PadOp>(context);
}
