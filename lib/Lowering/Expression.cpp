//===- Expression.cpp - Arithmetic on IR values, written as formulas -------===//
// Each operator materialises its constants and emits one arith or math op.
//===----------------------------------------------------------------------===//
#include "Expression.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace lacuna {

Type withElement(Type type, Type element) {
  if (auto shaped = dyn_cast<ShapedType>(type))
    return shaped.clone(element);
  return element;
}

static Value constantOf(ImplicitLocOpBuilder &builder, Type type,
                        Attribute element) {
  if (auto shaped = dyn_cast<ShapedType>(type))
    return arith::ConstantOp::create(builder,
                                     SplatElementsAttr::get(shaped, element));
  return arith::ConstantOp::create(builder, cast<TypedAttr>(element));
}

FloatType Real::type() const {
  return cast<FloatType>(getElementTypeOrSelf(value));
}

Real Real::like(const Real &other) const {
  if (value)
    return *this;
  ImplicitLocOpBuilder &builder = *other.builder;
  Type type = other.value.getType();
  return {builder, constantOf(builder, type,
                              FloatAttr::get(other.type(), constant))};
}

static Bits typed(const Bits &bits, const Bits &other) {
  if (bits.value)
    return bits;
  Type type = other.value.getType();
  unsigned width = getElementTypeOrSelf(type).getIntOrFloatBitWidth();
  APInt number(width, bits.constant, /*isSigned=*/true,
               /*implicitTrunc=*/true);
  Attribute element = IntegerAttr::get(getElementTypeOrSelf(type), number);
  return {other.builder, constantOf(*other.builder, type, element)};
}

/// Emits the op `Op` on two numbers, at most one of which is a constant.
template <typename Op> static Real binary(const Real &a, const Real &b) {
  ImplicitLocOpBuilder &builder = a.value ? *a.builder : *b.builder;
  Value left = a.like(b).value, right = b.like(a).value;
  return {builder, Op::create(builder, left, right)};
}

template <typename Op> static Bits binary(const Bits &a, const Bits &b) {
  ImplicitLocOpBuilder *builder = a.value ? a.builder : b.builder;
  Value left = typed(a, b).value, right = typed(b, a).value;
  return {builder, Op::create(*builder, left, right)};
}

template <typename Op> static Real unary(const Real &a) {
  return {*a.builder, Op::create(*a.builder, a.value)};
}

static Mask compare(arith::CmpFPredicate predicate, const Real &a,
                    const Real &b) {
  ImplicitLocOpBuilder *builder = a.value ? a.builder : b.builder;
  Value left = a.like(b).value, right = b.like(a).value;
  return {builder, arith::CmpFOp::create(*builder, predicate, left, right)};
}

Real operator+(Real a, Real b) { return binary<arith::AddFOp>(a, b); }
Real operator-(Real a, Real b) { return binary<arith::SubFOp>(a, b); }
Real operator*(Real a, Real b) { return binary<arith::MulFOp>(a, b); }
Real operator/(Real a, Real b) { return binary<arith::DivFOp>(a, b); }
Real operator-(Real a) { return unary<arith::NegFOp>(a); }
Real abs(Real a) { return unary<math::AbsFOp>(a); }
Real floor(Real a) { return unary<math::FloorOp>(a); }
Real ceil(Real a) { return unary<math::CeilOp>(a); }
Real sqrt(Real a) { return unary<math::SqrtOp>(a); }
Real roundEven(Real a) { return unary<math::RoundEvenOp>(a); }
Real copySign(Real magnitude, Real sign) {
  return binary<math::CopySignOp>(magnitude, sign);
}

Real fma(Real a, Real b, Real c) {
  const Real &model = a.value ? a : b.value ? b : c;
  ImplicitLocOpBuilder &builder = *model.builder;
  Value x = a.like(model).value, y = b.like(model).value,
        z = c.like(model).value;
  return {builder, math::FmaOp::create(builder, x, y, z)};
}

Real maxOrSecond(Real a, Real b) { return select(a > b, a, b); }
Real minOrSecond(Real a, Real b) { return select(a < b, a, b); }

Real polynomial(Real x, std::initializer_list<double> coefficients) {
  const double *next = coefficients.end();
  Real sum = *--next;
  while (next != coefficients.begin())
    sum = fma(sum, x, *--next);
  return sum;
}

Real convert(Real a, FloatType type) {
  Type result = withElement(a.value.getType(), type);
  if (a.type() == type)
    return a;
  if (a.type().getWidth() < type.getWidth())
    return {*a.builder, arith::ExtFOp::create(*a.builder, result, a.value)};
  return {*a.builder, arith::TruncFOp::create(*a.builder, result, a.value)};
}

using FP = arith::CmpFPredicate;
Mask operator<(Real a, Real b) { return compare(FP::OLT, a, b); }
Mask operator<=(Real a, Real b) { return compare(FP::OLE, a, b); }
Mask operator>(Real a, Real b) { return compare(FP::OGT, a, b); }
Mask operator>=(Real a, Real b) { return compare(FP::OGE, a, b); }
Mask operator==(Real a, Real b) { return compare(FP::OEQ, a, b); }
Mask isNaN(Real a) { return compare(FP::UNO, a, a); }

Mask operator&(Mask a, Mask b) {
  return {a.builder, arith::AndIOp::create(*a.builder, a.value, b.value)};
}
Mask operator|(Mask a, Mask b) {
  return {a.builder, arith::OrIOp::create(*a.builder, a.value, b.value)};
}
Mask operator!(Mask a) {
  Value yes = constantOf(*a.builder, a.value.getType(),
                         IntegerAttr::get(a.builder->getI1Type(), 1));
  return {a.builder, arith::XOrIOp::create(*a.builder, a.value, yes)};
}

Real select(Mask mask, Real yes, Real no) {
  const Real &model = yes.value ? yes : no;
  Value x = yes.like(model).value, y = no.like(model).value;
  return {*mask.builder,
          arith::SelectOp::create(*mask.builder, mask.value, x, y)};
}
Bits select(Mask mask, Bits yes, Bits no) {
  Value x = typed(yes, no).value, y = typed(no, yes).value;
  return {mask.builder,
          arith::SelectOp::create(*mask.builder, mask.value, x, y)};
}

Bits bitsOf(Real a) {
  Type element = a.builder->getIntegerType(a.type().getWidth());
  Type type = withElement(a.value.getType(), element);
  return {a.builder, arith::BitcastOp::create(*a.builder, type, a.value)};
}
Real realOf(Bits a, FloatType type) {
  Type result = withElement(a.value.getType(), type);
  return {*a.builder, arith::BitcastOp::create(*a.builder, result, a.value)};
}

Bits operator+(Bits a, Bits b) { return binary<arith::AddIOp>(a, b); }
Bits operator-(Bits a, Bits b) { return binary<arith::SubIOp>(a, b); }
Bits operator&(Bits a, Bits b) { return binary<arith::AndIOp>(a, b); }
Bits operator|(Bits a, Bits b) { return binary<arith::OrIOp>(a, b); }
Bits operator<<(Bits a, Bits b) { return binary<arith::ShLIOp>(a, b); }
Bits operator>>(Bits a, Bits b) { return binary<arith::ShRUIOp>(a, b); }
Bits shiftRightSigned(Bits a, Bits b) { return binary<arith::ShRSIOp>(a, b); }

static Mask compare(arith::CmpIPredicate predicate, const Bits &a,
                    const Bits &b) {
  ImplicitLocOpBuilder *builder = a.value ? a.builder : b.builder;
  Value left = typed(a, b).value, right = typed(b, a).value;
  return {builder, arith::CmpIOp::create(*builder, predicate, left, right)};
}
Mask operator==(Bits a, Bits b) {
  return compare(arith::CmpIPredicate::eq, a, b);
}
Mask isNegative(Bits a) { return compare(arith::CmpIPredicate::slt, a, 0); }

Bits resize(Bits a, unsigned width) {
  Type type = withElement(a.value.getType(), a.builder->getIntegerType(width));
  unsigned current =
      getElementTypeOrSelf(a.value.getType()).getIntOrFloatBitWidth();
  if (current == width)
    return a;
  if (current < width)
    return {a.builder, arith::ExtUIOp::create(*a.builder, type, a.value)};
  return {a.builder, arith::TruncIOp::create(*a.builder, type, a.value)};
}

} // namespace lacuna
