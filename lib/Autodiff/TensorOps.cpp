//===- TensorOps.cpp - Tensor ops that rules are made of ------------------===//
// Short forms of linalg ops on new tensors.
//===----------------------------------------------------------------------===//
#include "TensorOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"

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

Value lacuna::sumToOperand(OpBuilder &builder, Location loc, Value value,
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
  return withShape(builder, loc, value, type.getShape());
}

Type lacuna::wideType(Type element) {
  return element.getIntOrFloatBitWidth() < 32
             ? Type(Float32Type::get(element.getContext()))
             : element;
}

Value lacuna::convert(OpBuilder &builder, Location loc, Value value,
                      Type type) {
  unsigned from = value.getType().getIntOrFloatBitWidth();
  if (value.getType() == type)
    return value;
  if (from < type.getIntOrFloatBitWidth())
    return arith::ExtFOp::create(builder, loc, type, value);
  return arith::TruncFOp::create(builder, loc, type, value);
}

Operand lacuna::whole(Value value) {
  int64_t rank = cast<RankedTensorType>(value.getType()).getRank();
  return {value, AffineMap::getMultiDimIdentityMap(rank, value.getContext())};
}

Operand lacuna::without(Value value, int64_t rank, ArrayRef<int64_t> dims) {
  SmallVector<AffineExpr> read;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(dims, dim))
      read.push_back(getAffineDimExpr(dim, value.getContext()));
  return {value, AffineMap::get(rank, 0, read, value.getContext())};
}

Operand lacuna::spread(Value value, ArrayRef<int64_t> shape) {
  auto from = cast<RankedTensorType>(value.getType()).getShape();
  SmallVector<AffineExpr> read;
  MLIRContext *context = value.getContext();
  for (auto [dim, size] : llvm::enumerate(from)) {
    int64_t loop = shape.size() - from.size() + dim;
    read.push_back(size == shape[loop] ? getAffineDimExpr(loop, context)
                                       : getAffineConstantExpr(0, context));
  }
  return {value, AffineMap::get(shape.size(), 0, read, context)};
}

Value lacuna::mapElements(OpBuilder &builder, Location loc,
                          RankedTensorType type, ArrayRef<Operand> operands,
                          ScalarBody body) {
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  for (const Operand &operand : operands) {
    inputs.push_back(operand.value);
    maps.push_back(operand.map);
  }
  maps.push_back(builder.getMultiDimIdentityMap(type.getRank()));
  SmallVector<utils::IteratorType> loops(type.getRank(),
                                         utils::IteratorType::parallel);
  auto op = linalg::GenericOp::create(
      builder, loc, TypeRange(type), inputs, empty(builder, loc, type), maps,
      loops, [&](OpBuilder &inner, Location at, ValueRange arguments) {
        SmallVector<Value> values(arguments.drop_back());
        for (Value &value : values)
          if (isa<FloatType>(value.getType()))
            value = convert(inner, at, value, wideType(value.getType()));
        Value result = body(inner, at, values);
        if (isa<FloatType>(result.getType()))
          result = convert(inner, at, result, type.getElementType());
        linalg::YieldOp::create(inner, at, result);
      });
  return op.getResult(0);
}

Value lacuna::convertElements(OpBuilder &builder, Location loc, Value value,
                              Type element) {
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getElementType() == element)
    return value;
  return mapElements(builder, loc, type.clone(element), {whole(value)},
                     [](OpBuilder &, Location, ValueRange values) {
                       return values[0];
                     });
}

Value lacuna::withShape(OpBuilder &builder, Location loc, Value value,
                      ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getShape() == shape)
    return value;
  auto groups = getReassociationIndicesForReshape(type, type.clone(shape));
  if (groups && int64_t(shape.size()) < type.getRank())
    return tensor::CollapseShapeOp::create(builder, loc, type.clone(shape),
                                           value, *groups);
  if (groups && int64_t(shape.size()) > type.getRank())
    return tensor::ExpandShapeOp::create(builder, loc, type.clone(shape),
                                         value, *groups);
  ReassociationIndices all = llvm::to_vector(llvm::seq(type.getRank()));
  auto flat = type.clone({type.getNumElements()});
  if (type.getRank() != 1)
    value = type.getRank() == 0
                ? Value(tensor::ExpandShapeOp::create(
                      builder, loc, flat, value,
                      ArrayRef<ReassociationIndices>()))
                : Value(tensor::CollapseShapeOp::create(
                      builder, loc, flat, value,
                      ArrayRef<ReassociationIndices>(all)));
  if (shape.size() == 1)
    return value;
  if (shape.empty())
    return tensor::CollapseShapeOp::create(builder, loc, type.clone(shape),
                                           value,
                                           ArrayRef<ReassociationIndices>());
  ReassociationIndices into = llvm::to_vector(llvm::seq<int64_t>(shape.size()));
  return tensor::ExpandShapeOp::create(builder, loc, type.clone(shape), value,
                                       ArrayRef<ReassociationIndices>(into));
}
