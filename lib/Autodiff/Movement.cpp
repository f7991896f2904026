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
    // What has no elements may begin where the result ends: no slice does.
    if (wanted[index] && typeOf(input).getNumElements() != 0)
      result[index] = slice(builder, op.getLoc(), cotangent, typeOf(input),
                            offsets, strides);
    offsets[op.getDim()] += typeOf(input).getDimSize(op.getDim());
  }
  return success();
}

static LogicalResult adjointOf(tensor::CastOp op, OpBuilder &builder,
                               Value cotangent, Wanted,
                               MutableArrayRef<Value> result) {
  result[0] = tensor::CastOp::create(builder, op.getLoc(),
                                     op.getSource().getType(), cotangent);
  return success();
}

/// `value` with `low` and `high` zeros before and behind along each dimension.
static Value pad(OpBuilder &builder, Location loc, Value value,
                 ArrayRef<int64_t> low, ArrayRef<int64_t> high) {
  if (llvm::all_of(low, [](int64_t n) { return n == 0; }) &&
      llvm::all_of(high, [](int64_t n) { return n == 0; }))
    return value;
  RankedTensorType type = typeOf(value);
  SmallVector<OpFoldResult> before, behind;
  SmallVector<int64_t> shape;
  for (auto [size, l, h] : llvm::zip_equal(type.getShape(), low, high)) {
    before.push_back(builder.getIndexAttr(l));
    behind.push_back(builder.getIndexAttr(h));
    shape.push_back(size + l + h);
  }
  Value zero = scalar(builder, loc, type.getElementType(), 0);
  return tensor::PadOp::create(builder, loc, type.clone(shape), value, before,
                               behind, zero);
}

/// `stride` - 1 zeros behind each element along `dim`, but for the last.
static Value stretch(OpBuilder &builder, Location loc, Value value, int64_t dim,
                     int64_t stride) {
  RankedTensorType type = typeOf(value);
  int64_t size = type.getDimSize(dim), rank = type.getRank();
  SmallVector<int64_t> shape(type.getShape());
  SmallVector<int64_t> split(shape), low(rank + 1, 0), high(rank + 1, 0),
      offsets(rank, 0), strides(rank, 1);
  split.insert(split.begin() + dim + 1, 1);
  high[dim + 1] = stride - 1;
  value = pad(builder, loc, withShape(builder, loc, value, split), low, high);
  shape[dim] = size * stride;
  value = withShape(builder, loc, value, shape);
  shape[dim] -= stride - 1;
  return slice(builder, loc, value, type.clone(shape), offsets, strides);
}

/// Zeros between the elements of a slice with strides, and around it.
static LogicalResult adjointOf(tensor::ExtractSliceOp op, OpBuilder &builder,
                               Value cotangent, Wanted wanted,
                               MutableArrayRef<Value> result) {
  if (ShapedType::isDynamicShape(op.getStaticOffsets()) ||
      ShapedType::isDynamicShape(op.getStaticStrides()) ||
      llvm::any_of(op.getStaticStrides(), [](int64_t n) { return n < 1; }))
    return op.emitOpError("must have known offsets and positive strides to be "
                          "differentiated");
  if (!wanted[0])
    return success();
  RankedTensorType source = op.getSourceType();
  if (llvm::is_contained(op.getStaticSizes(), 0))
    return success();
  Location loc = op.getLoc();
  Value value = withShape(builder, loc, cotangent, op.getStaticSizes());
  for (auto [dim, stride] : llvm::enumerate(op.getStaticStrides()))
    if (stride > 1)
      value = stretch(builder, loc, value, dim, stride);
  SmallVector<int64_t> high;
  for (auto [offset, size, whole] :
       llvm::zip_equal(op.getStaticOffsets(), typeOf(value).getShape(),
                       source.getShape()))
    high.push_back(whole - size - offset);
  result[0] = pad(builder, loc, value, op.getStaticOffsets(), high);
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

void lacuna::attachLinalgMovementRules(MLIRContext *context) {
  attachRule<linalg::TransposeOp, adjointOf>(context);
  attachRule<linalg::BroadcastOp, adjointOf>(context);
}

void lacuna::attachTensorMovementRules(MLIRContext *context) {
  attachRule<tensor::CastOp, adjointOf>(context);
  attachRule<tensor::ExpandShapeOp, adjointOf>(context);
  attachRule<tensor::CollapseShapeOp, adjointOf>(context);
  attachRule<tensor::ConcatOp, adjointOf>(context);
  attachRule<tensor::ExtractSliceOp, adjointOf>(context);
  attachRule<tensor::PadOp, adjointOf>(context);
}
