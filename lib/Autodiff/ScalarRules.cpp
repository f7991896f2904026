//===- ScalarRules.cpp - Reverse mode over scalar arith and math ----------===//
// A straight line of scalar ops, differentiated with symbolic zeros.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "TensorOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/TypeSwitch.h"

#include <numbers>

using namespace mlir;
using namespace lacuna;

namespace {

/// The cotangents of the operands of one op, from `g`, that of its result.
class ScalarRule {
public:
  ScalarRule(OpBuilder &builder, Operation *op, Value g)
      : builder(builder), op(op), g(g), y(op->getResult(0)),
        x(op->getOperand(0)) {}

  /// Nothing for an op without a rule; null for zeros.
  std::optional<SmallVector<Value>> run();

private:
  Value number(double value) {
    return scalar(builder, op->getLoc(), g.getType(), value);
  }
  template <typename OpT, typename... Args> Value make(Args... args) {
    return OpT::create(builder, op->getLoc(), args...);
  }
  Value mul(Value a, Value b) { return make<arith::MulFOp>(a, b); }
  Value div(Value a, Value b) { return make<arith::DivFOp>(a, b); }
  Value add(Value a, Value b) { return make<arith::AddFOp>(a, b); }
  Value sub(Value a, Value b) { return make<arith::SubFOp>(a, b); }
  Value neg(Value a) { return make<arith::NegFOp>(a); }
  Value select(Value c, Value a, Value b) {
    return make<arith::SelectOp>(c, a, b);
  }
  Value compare(arith::CmpFPredicate predicate, Value a, Value b) {
    return make<arith::CmpFOp>(predicate, a, b);
  }
  Value square(Value a) { return mul(a, a); }
  /// The factor of `g` for functions of one argument; null if there is no rule.
  Value derivative();
  Value inverseDerivative();
  Value absolute();
  SmallVector<Value> choose(Value first);
  SmallVector<Value> power();

  OpBuilder &builder;
  Operation *op;
  Value g, y, x;
};

Value ScalarRule::inverseDerivative() {
  Value one = number(1);
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](math::AsinOp) {
        return div(one, make<math::SqrtOp>(sub(one, square(x))));
      })
      .Case([&](math::AcosOp) {
        return neg(div(one, make<math::SqrtOp>(sub(one, square(x)))));
      })
      .Case([&](math::AtanOp) { return div(one, add(one, square(x))); })
      .Case([&](math::AsinhOp) {
        return div(one, make<math::SqrtOp>(add(one, square(x))));
      })
      .Case([&](math::AcoshOp) {
        return div(one, make<math::SqrtOp>(sub(square(x), one)));
      })
      .Case([&](math::AtanhOp) { return div(one, sub(one, square(x))); })
      .Default([](Operation *) { return Value(); });
}

Value ScalarRule::derivative() {
  using std::numbers::ln10, std::numbers::ln2, std::numbers::inv_sqrtpi;
  auto gauss = [&](double factor) {
    return mul(number(factor), make<math::ExpOp>(neg(square(x))));
  };
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](math::ExpOp) { return y; })
      .Case([&](math::Exp2Op) { return mul(y, number(ln2)); })
      .Case([&](math::ExpM1Op) { return make<math::ExpOp>(x); })
      .Case([&](math::LogOp) { return div(number(1), x); })
      .Case([&](math::Log2Op) { return div(number(1 / ln2), x); })
      .Case([&](math::Log10Op) { return div(number(1 / ln10), x); })
      .Case([&](math::Log1pOp) { return div(number(1), add(number(1), x)); })
      .Case([&](math::SqrtOp) { return div(number(0.5), y); })
      .Case([&](math::RsqrtOp) { return div(mul(number(-0.5), y), x); })
      .Case([&](math::TanhOp) { return sub(number(1), square(y)); })
      .Case([&](math::TanOp) { return add(number(1), square(y)); })
      .Case([&](math::SinOp) { return make<math::CosOp>(x); })
      .Case([&](math::CosOp) { return neg(make<math::SinOp>(x)); })
      .Case([&](math::SinhOp) { return make<math::CoshOp>(x); })
      .Case([&](math::CoshOp) { return make<math::SinhOp>(x); })
      .Case([&](math::ErfOp) { return gauss(2 * inv_sqrtpi); })
      .Case([&](math::ErfcOp) { return gauss(-2 * inv_sqrtpi); })
      .Default([&](Operation *) { return inverseDerivative(); });
}

/// g sign(x), 0 at 0.
Value ScalarRule::absolute() {
  Value zero = number(0);
  Value below = select(compare(arith::CmpFPredicate::OLT, x, zero), neg(g),
                       zero);
  return select(compare(arith::CmpFPredicate::OGT, x, zero), g, below);
}

SmallVector<Value> ScalarRule::choose(Value first) {
  return {select(first, g, number(0)), select(first, number(0), g)};
}

/// x^e: e x^(e-1) and x^e log x, which is 0 at x = 0.
SmallVector<Value> ScalarRule::power() {
  Value e = op->getOperand(1), zero = number(0);
  Value byBase = mul(e, make<math::PowFOp>(x, sub(e, number(1))));
  // x^0 is 1 wherever it is, 0 x^-1 is NaN at 0.
  Value constant = compare(arith::CmpFPredicate::OEQ, e, zero);
  Value atZero = compare(arith::CmpFPredicate::OEQ, x, zero);
  Value byExponent = select(atZero, zero, mul(y, make<math::LogOp>(x)));
  return {mul(g, select(constant, zero, byBase)), mul(g, byExponent)};
}

std::optional<SmallVector<Value>> ScalarRule::run() {
  using Values = SmallVector<Value>;
  using enum arith::CmpFPredicate;
  auto second = [&] { return op->getOperand(1); };
  return llvm::TypeSwitch<Operation *, std::optional<Values>>(op)
      .Case([&](arith::AddFOp) { return Values{g, g}; })
      .Case([&](arith::SubFOp) { return Values{g, neg(g)}; })
      .Case([&](arith::MulFOp) { return Values{mul(g, second()), mul(g, x)}; })
      .Case([&](arith::DivFOp) {
        Value scaled = div(g, second());
        return Values{scaled, neg(mul(scaled, y))};
      })
      .Case([&](arith::NegFOp) { return Values{neg(g)}; })
      .Case([&](arith::RemFOp) {
        return Values{g, neg(mul(g, make<math::TruncOp>(div(x, second()))))};
      })
      .Case<arith::MaximumFOp, arith::MaxNumFOp>(
          [&](auto) { return choose(compare(OGE, x, second())); })
      .Case<arith::MinimumFOp, arith::MinNumFOp>(
          [&](auto) { return choose(compare(OLE, x, second())); })
      .Case([&](arith::SelectOp) {
        return Values{Value(), select(x, g, number(0)),
                      select(x, number(0), g)};
      })
      .Case([&](arith::ExtFOp) {
        return Values{make<arith::TruncFOp>(x.getType(), g)};
      })
      .Case([&](arith::TruncFOp) {
        return Values{make<arith::ExtFOp>(x.getType(), g)};
      })
      .Case([&](math::AbsFOp) { return Values{absolute()}; })
      .Case([&](math::FmaOp) {
        return Values{mul(g, second()), mul(g, x), g};
      })
      .Case([&](math::PowFOp) { return power(); })
      .Case<math::FloorOp, math::CeilOp, math::RoundOp, math::RoundEvenOp,
            math::TruncOp>([&](auto) { return Values{Value()}; })
      .Default([&](Operation *) -> std::optional<Values> {
        Value factor = derivative();
        if (!factor)
          return std::nullopt;
        return Values{mul(g, factor)};
      });
}
} // namespace

FailureOr<Value>
lacuna::differentiateScalars(OpBuilder &builder, ArrayRef<Operation *> ops,
                             Value by, ValueRange values,
                             ArrayRef<Value> cotangents) {
  DenseSet<Value> varied{by};
  for (Operation *op : ops)
    if (llvm::any_of(op->getOperands(),
                     [&](Value v) { return varied.contains(v); }))
      for (Value result : op->getResults())
        if (isa<FloatType>(result.getType()))
          varied.insert(result);
  DenseMap<Value, Value> sums;
  auto add = [&](Value value, Value part) {
    if (!part || !varied.contains(value))
      return;
    Value &sum = sums[value];
    sum = sum ? arith::AddFOp::create(builder, value.getLoc(), sum, part)
              : part;
  };
  for (auto [value, cotangent] : llvm::zip_equal(values, cotangents))
    add(value, cotangent);
  for (Operation *op : llvm::reverse(ops)) {
    if (by.getDefiningOp() == op)
      break;
    Value g = op->getNumResults() == 1 ? sums.lookup(op->getResult(0)) : Value();
    if (!g)
      continue;
    auto parts = ScalarRule(builder, op, g).run();
    if (!parts)
      return op->emitOpError("must have a rule to be differentiated");
    for (auto [operand, part] : llvm::zip_equal(op->getOperands(), *parts))
      add(operand, part);
  }
  return sums.lookup(by);
}
