//===- Math.cpp - Scalar functions ----------------------------------------===//
#include "NodeImporter.h"

using namespace mlir;
using namespace lacuna;

using ScalarFunction = Value (*)(OpBuilder &, Location, Value);

/// A scalar function of each element.
template <ScalarFunction function>
static ImportResult importScalar(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  Value result = node.build.elementwise(
      *x, elementOf(*x), [](OpBuilder &b, Location l, ValueRange args) {
        return function(b, l, args[0]);
      });
  return SmallVector<Imported>{{result, node.operand(0).isUnsigned}};
}

template <typename Op>
static Value apply(OpBuilder &b, Location l, Value x) {
  return Op::create(b, l, x);
}

static Value number(OpBuilder &b, Location l, Value like, double value) {
  Type type = like.getType();
  if (auto floating = dyn_cast<FloatType>(type))
    return arith::ConstantOp::create(b, l, b.getFloatAttr(floating, value));
  return arith::ConstantOp::create(b, l, b.getIntegerAttr(type, int64_t(value)));
}

static Value negate(OpBuilder &b, Location l, Value x) {
  if (isa<FloatType>(x.getType()))
    return arith::NegFOp::create(b, l, x);
  return arith::SubIOp::create(b, l, number(b, l, x, 0), x);
}

static Value absolute(OpBuilder &b, Location l, Value x) {
  if (isa<FloatType>(x.getType()))
    return math::AbsFOp::create(b, l, x);
  return math::AbsIOp::create(b, l, x);
}

static ImportResult importAbs(NodeImporter &node) {
  if (node.has(0) && node.operand(0).isUnsigned)
    return SmallVector<Imported>{node.operand(0)};
  return importScalar<absolute>(node);
}

static Value reciprocal(OpBuilder &b, Location l, Value x) {
  return arith::DivFOp::create(b, l, number(b, l, x, 1), x);
}

/// -1, 0 or 1; NaN stays.
static Value signOf(OpBuilder &b, Location l, Value x) {
  Value zero = number(b, l, x, 0), one = number(b, l, x, 1);
  Value minus = number(b, l, x, -1);
  bool floating = isa<FloatType>(x.getType());
  auto compare = [&](bool greater) -> Value {
    if (floating)
      return arith::CmpFOp::create(
          b, l, greater ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OLT,
          x, zero);
    return arith::CmpIOp::create(
        b, l, greater ? arith::CmpIPredicate::sgt : arith::CmpIPredicate::slt,
        x, zero);
  };
  Value result = arith::SelectOp::create(b, l, compare(false), minus,
                                         floating ? x : zero);
  if (floating) { // +-0 to 0
    Value isZero =
        arith::CmpFOp::create(b, l, arith::CmpFPredicate::OEQ, x, zero);
    result = arith::SelectOp::create(b, l, isZero, zero, result);
  }
  return arith::SelectOp::create(b, l, compare(true), one, result);
}

static ImportResult importSign(NodeImporter &node) {
  if (!node.has(0) || !node.operand(0).isUnsigned)
    return importScalar<signOf>(node);
  Value x = node.operand(0).value;
  Value one = node.build.scalar(elementOf(x), 1);
  return SmallVector<Imported>{
      {node.build.binary<arith::MinUIOp>(x, one), true}};
}

template <bool infinity> static ImportResult importIs(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  bool positive = node.integer("detect_positive", 1);
  bool negative = node.integer("detect_negative", 1);
  Value result = node.build.elementwise(
      *x, node.build.builder.getI1Type(),
      [&](OpBuilder &b, Location l, ValueRange args) -> Value {
        Value v = args[0];
        if (!infinity)
          return arith::CmpFOp::create(b, l, arith::CmpFPredicate::UNO, v, v);
        auto equals = [&](double value) -> Value {
          return arith::CmpFOp::create(b, l, arith::CmpFPredicate::OEQ, v,
                                       number(b, l, v, value));
        };
        double inf = std::numeric_limits<double>::infinity();
        Value no = arith::ConstantIntOp::create(b, l, 0, 1);
        Value up = positive ? equals(inf) : no;
        Value down = negative ? equals(-inf) : no;
        return arith::OrIOp::create(b, l, up, down);
      });
  return SmallVector<Imported>{result};
}

/// x^y; an integer exponent is converted, an integer base goes through f64.
static ImportResult importPow(NodeImporter &node) {
  FailureOr<Value> x = node.value(0), y = node.value(1);
  if (failed(x) || failed(y))
    return failure();
  if (failed(TensorBuilder::broadcastShape({*x, *y})))
    return node.error() << "operands do not broadcast";
  TensorBuilder &build = node.build;
  Type element = elementOf(*x);
  Type compute = isa<FloatType>(element)
                     ? element
                     : Type(build.builder.getF64Type());
  if (isa<FloatType>(element)) {
    // Exponents that are known and small cost a product or a root.
    if (DenseElementsAttr known = evaluateConstant(*y);
        known && known.isSplat() && isa<FloatType>(known.getElementType())) {
      double exponent = known.getSplatValue<APFloat>().convertToDouble();
      if (exponent == 2 && typeOf(*y).getNumElements() == 1)
        return SmallVector<Imported>{build.binary<arith::MulFOp>(*x, *x)};
      if (exponent == 0.5 && typeOf(*y).getNumElements() == 1)
        return SmallVector<Imported>{build.unary<math::SqrtOp>(*x)};
    }
  }
  Value base = build.cast(*x, compute, node.operand(0).isUnsigned, false);
  Value power = build.cast(*y, compute, node.operand(1).isUnsigned, false);
  Value result = build.binary<math::PowFOp>(base, power);
  return SmallVector<Imported>{
      {build.cast(result, element, false, node.operand(0).isUnsigned),
       node.operand(0).isUnsigned}};
}

void lacuna::registerMath(ImportTable &table) {
  table.add("Abs", importAbs);
  table.add("Neg", importScalar<negate>);
  table.add("Reciprocal", importScalar<reciprocal>);
  table.add("Sign", importSign);
  table.add("IsNaN", importIs<false>);
  table.add("IsInf", importIs<true>);
  table.add("Pow", importPow);
  table.add("Exp", importScalar<apply<math::ExpOp>>);
  table.add("Log", importScalar<apply<math::LogOp>>);
  table.add("Sqrt", importScalar<apply<math::SqrtOp>>);
  table.add("Erf", importScalar<apply<math::ErfOp>>);
  table.add("Floor", importScalar<apply<math::FloorOp>>);
  table.add("Ceil", importScalar<apply<math::CeilOp>>);
  table.add("Round", importScalar<apply<math::RoundEvenOp>>);
  table.add("Sin", importScalar<apply<math::SinOp>>);
  table.add("Cos", importScalar<apply<math::CosOp>>);
  table.add("Tan", importScalar<apply<math::TanOp>>);
  table.add("Asin", importScalar<apply<math::AsinOp>>);
  table.add("Acos", importScalar<apply<math::AcosOp>>);
  table.add("Atan", importScalar<apply<math::AtanOp>>);
  table.add("Sinh", importScalar<apply<math::SinhOp>>);
  table.add("Cosh", importScalar<apply<math::CoshOp>>);
  table.add("Asinh", importScalar<apply<math::AsinhOp>>);
  table.add("Acosh", importScalar<apply<math::AcoshOp>>);
  table.add("Atanh", importScalar<apply<math::AtanhOp>>);
}
