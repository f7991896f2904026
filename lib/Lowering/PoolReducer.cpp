//===- PoolReducer.cpp - What a pool makes of its window ------------------===//
#include "PoolReducer.h"

#include "DeviceGroup.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace lacuna;

PoolReducer::PoolReducer(KernelBuilder &kernel, PoolMode mode, Type element,
                         double p)
    : kernel(kernel), poolMode(mode), element(element), partial(element), p(p) {
  if (isa<FloatType>(element) && !element.isF64())
    partial = kernel.builder.getF32Type();
}

Type PoolReducer::like(Value value, Type type) {
  auto vector = dyn_cast<VectorType>(value.getType());
  return vector ? Type(vector.clone(type)) : type;
}

Value PoolReducer::neutral(int64_t lanes) {
  OpBuilder &b = kernel.builder;
  TypedAttr value = b.getZeroAttr(partial);
  if (poolMode == PoolMode::Max) {
    auto type = dyn_cast<FloatType>(partial);
    unsigned bits = partial.isIndex() ? 64 : partial.getIntOrFloatBitWidth();
    if (type)
      value = FloatAttr::get(
          type, APFloat::getInf(type.getFloatSemantics(), /*Negative=*/true));
    else
      value = IntegerAttr::get(partial, APInt::getSignedMinValue(bits));
  }
  Value scalar = arith::ConstantOp::create(b, kernel.loc, value);
  return kernel.broadcast(scalar, lanes);
}

/// |value|^exponent for value >= 0.
Value PoolReducer::power(Value value, double exponent) {
  OpBuilder &b = kernel.builder;
  if (exponent == 1)
    return value;
  if (exponent == 2)
    return arith::MulFOp::create(b, kernel.loc, value, value);
  if (exponent == 0.5)
    return math::SqrtOp::create(b, kernel.loc, value);
  return math::PowFOp::create(b, kernel.loc, value,
                              kernel.constant(value.getType(), exponent));
}

Value PoolReducer::start(Value value) {
  OpBuilder &b = kernel.builder;
  if (partial != element)
    value = arith::ExtFOp::create(b, kernel.loc, like(value, partial), value);
  if (poolMode != PoolMode::Lp)
    return value;
  if (p != 2)
    value = math::AbsFOp::create(b, kernel.loc, value);
  return power(value, p);
}

Value PoolReducer::merge(Value a, Value b) {
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.loc;
  if (poolMode != PoolMode::Max)
    return arith::AddFOp::create(builder, loc, a, b);
  if (!isa<FloatType>(partial))
    return arith::MaxSIOp::create(builder, loc, a, b);
  if (isOnDevice(kernel) && partial.isF32()) // one instruction there
    return arith::MaximumFOp::create(builder, loc, a, b);
  // One machine instruction that keeps a NaN in `a`, and a blend for `b`.
  Value greater =
      arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OGT, b, a);
  Value larger = arith::SelectOp::create(builder, loc, greater, b, a);
  Value isNaN =
      arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNO, b, b);
  return arith::SelectOp::create(builder, loc, isNaN, b, larger);
}

Value PoolReducer::finish(Value value, Value count) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  if (poolMode == PoolMode::Lp)
    value = power(value, 1 / p);
  if (poolMode == PoolMode::Average) {
    auto vector = dyn_cast<VectorType>(value.getType());
    Value divisor =
        kernel.broadcast(count, vector ? vector.getNumElements() : 1);
    value = arith::DivFOp::create(b, loc, value, divisor);
  }
  if (partial != element)
    value = arith::TruncFOp::create(b, loc, like(value, element), value);
  return value;
}
