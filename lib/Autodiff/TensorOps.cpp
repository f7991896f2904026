//===- TensorOps.cpp - Tensor ops that rules are made of ------------------===//
// Short forms of linalg ops on new tensors.
//===----------------------------------------------------------------------===//
#include "TensorOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

Value lacuna::scalar(OpBuilder &builder, Location loc, Type type,
                     double value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getFloatAttr(type, value));
}

static Value empty(OpBuilder &builder, Location loc, RankedTensorType type) {
  return tensor::EmptyOp::create(builder, loc, type.getShape(),
                                 type.getElementType());
}

Value lacuna::zeros(OpBuilder &builder, Location loc, RankedTensorType type) {
  Value zero = scalar(builder, loc, type.getElementType(), 0);
  return linalg::FillOp::create(builder, loc, zero, empty(builder, loc, type))
      .getResult(0);
}

Value lacuna::mapElements(OpBuilder &builder, Location loc,
                          RankedTensorType type, ValueRange inputs,
                          ScalarBody body) {
  SmallVector<AffineMap> maps(
      inputs.size() + 1, builder.getMultiDimIdentityMap(type.getRank()));
  SmallVector<utils::IteratorType> loops(type.getRank(),
                                         utils::IteratorType::parallel);
  auto op = linalg::GenericOp::create(
      builder, loc, TypeRange(type), inputs, empty(builder, loc, type), maps,
      loops, [&](OpBuilder &inner, Location at, ValueRange arguments) {
        Value result = body(inner, at, arguments.drop_back());
        linalg::YieldOp::create(inner, at, result);
      });
  return op.getResult(0);
}

Value lacuna::sumOver(OpBuilder &builder, Location loc, Value value,
                      ArrayRef<int64_t> dims) {
  if (dims.empty())
    return value;
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> shape;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    if (!llvm::is_contained(dims, dim))
      shape.push_back(type.getDimSize(dim));
  auto sumType = RankedTensorType::get(shape, type.getElementType());
  auto op = linalg::ReduceOp::create(
      builder, loc, value, zeros(builder, loc, sumType), dims,
      [](OpBuilder &inner, Location at, ValueRange arguments) {
        Value sum =
            arith::AddFOp::create(inner, at, arguments[0], arguments[1]);
        linalg::YieldOp::create(inner, at, sum);
      });
  return op->getResult(0);
}

Value lacuna::permute(OpBuilder &builder, Location loc, Value value,
                      ArrayRef<int64_t> permutation) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> shape;
  bool identity = true;
  for (auto [index, dim] : llvm::enumerate(permutation)) {
    shape.push_back(type.getDimSize(dim));
    identity &= int64_t(index) == dim;
  }
  if (identity)
    return value;
  Value init = empty(builder, loc, type.clone(shape));
  return linalg::TransposeOp::create(builder, loc, value, init, permutation)
      ->getResult(0);
}

Value lacuna::broadcastAlong(OpBuilder &builder, Location loc, Value value,
                             RankedTensorType type, ArrayRef<int64_t> dims) {
  return linalg::BroadcastOp::create(builder, loc, value,
                                     empty(builder, loc, type), dims)
      ->getResult(0);
}
