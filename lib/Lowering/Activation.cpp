//===- Activation.cpp - Formulas of the activation functions --------------===//
// Piecewise linear kinds are computed in f32. The others are computed in f64,
// where their textbook formulas do not lose what f32 can see; their elementary
// functions carry the flag `afn`, which lets `lacuna-expand-math` choose
// formulas good for f32 results. f64 inputs get no flag, and thus libm.
//===----------------------------------------------------------------------===//
#include "lacuna/Lowering/Activation.h"

#include "ElementaryFunctions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>
#include <limits>
#include <numbers>

using namespace mlir;
using namespace lacuna;

namespace {

/// Computes with f64 numbers that came from a type no wider than f32
/// (`approximate`), or with genuine ones.
class Formulas {
public:
  Formulas(ActivationParameters parameters, bool approximate)
      : parameters(parameters), approximate(approximate) {}

  Real emit(ActivationKind kind, Real x) const;

private:
  double alpha(double otherwise) const {
    return parameters.alpha.value_or(otherwise);
  }
  double beta(double otherwise) const {
    return parameters.beta.value_or(otherwise);
  }

  template <typename Op> Real function(Real x) const {
    auto flags = approximate ? arith::FastMathFlags::afn
                             : arith::FastMathFlags::none;
    return {*x.builder, Op::create(*x.builder, x.value, flags)};
  }
  Real exp(Real x) const { return function<math::ExpOp>(x); }
  Real expm1(Real x) const { return function<math::ExpM1Op>(x); }
  Real tanh(Real x) const { return function<math::TanhOp>(x); }

  /// Minus infinity becomes the lowest number, so that its product with a
  /// vanishing factor vanishes.
  Real atLeastLowest(Real x) const { return maxOrSecond(lowest(), x); }
  double lowest() const {
    return approximate ? std::numeric_limits<float>::lowest()
                       : std::numeric_limits<double>::lowest();
  }
  /// x / (1 + exp(-y)), which is x sigmoid(y).
  Real timesSigmoid(Real x, Real y) const {
    return atLeastLowest(x) / (exp(-y) + 1.0);
  }
  /// log(1 + exp(x)), as max(x, 0) + log1p(exp(-|x|)).
  Real logOfOnePlusExp(Real x) const {
    Real small = exp(-abs(x));
    Real logarithm =
        approximate ? log1pOfUnit(small) : function<math::Log1pOp>(small);
    return maxOrSecond(0.0, x) + logarithm;
  }

  Real elu(Real x, double negative, double positive) const;
  Real celu(Real x) const;
  Real softplus(Real x) const;
  Real mish(Real x) const;
  Real gelu(Real x) const;
  Real geluTanh(Real x) const;
  Real hardSwish(Real x) const;

  ActivationParameters parameters;
  bool approximate;
};

Real clamp(Real x, double low, double high) {
  return minOrSecond(high, maxOrSecond(low, x));
}

Real Formulas::elu(Real x, double negative, double positive) const {
  Real right = positive == 1.0 ? x : x * positive;
  return select(x > 0.0, right, expm1(x) * negative);
}

Real Formulas::celu(Real x) const {
  double a = alpha(1);
  return maxOrSecond(0.0, x) + minOrSecond(0.0, expm1(x / a) * a);
}

Real Formulas::softplus(Real x) const {
  Real scaled = x * alpha(1);
  Real curve = logOfOnePlusExp(scaled) / alpha(1);
  return select(scaled > beta(20), x, curve);
}

/// x tanh(log(1 + e^x)) = x w / (w + 2) with w = e^x (e^x + 2).
Real Formulas::mish(Real x) const {
  Real e = exp(minOrSecond(50.0, x));
  Real w = e * (e + 2.0);
  return atLeastLowest(x) * (w / (w + 2.0));
}

/// x Phi(x); 1 + erf(x / sqrt 2) would cancel in the left tail.
Real Formulas::gelu(Real x) const {
  Real tail = function<math::ErfcOp>(x * (-1.0 / std::numbers::sqrt2));
  return (atLeastLowest(x) * 0.5) * tail;
}

/// 0.5 x (1 + tanh(y)) = x sigmoid(2 y), y = sqrt(2/pi) (x + 0.044715 x^3).
Real Formulas::geluTanh(Real x) const {
  double twice = 2 * std::sqrt(2 * std::numbers::inv_pi);
  return timesSigmoid(x, x * fma(x * x, twice * 0.044715, twice));
}

Real Formulas::hardSwish(Real x) const {
  return atLeastLowest(x) * (clamp(x + 3.0, 0, 6) * (1.0 / 6));
}

Real Formulas::emit(ActivationKind kind, Real x) const {
  switch (kind) {
  case ActivationKind::Elu:
    return elu(x, alpha(1), 1);
  case ActivationKind::Celu:
    return celu(x);
  case ActivationKind::Selu: {
    double scale = beta(1.0507009873554804934193349852946);
    return elu(x, scale * alpha(1.6732632423543772848170429916717), scale);
  }
  case ActivationKind::Softplus:
    return softplus(x);
  case ActivationKind::Softsign: {
    // An infinite x counts as the largest number.
    Real bounded = minOrSecond(-lowest(), atLeastLowest(x));
    return bounded / (abs(bounded) + 1.0);
  }
  case ActivationKind::Sigmoid:
    return 1.0 / (exp(-x) + 1.0);
  case ActivationKind::LogSigmoid:
    return -logOfOnePlusExp(-x);
  case ActivationKind::HardSigmoid:
    // Two roundings, so that -3 / 6 + 1 / 2 is zero.
    return clamp(x * alpha(1.0 / 6) + beta(0.5), 0, 1);
  case ActivationKind::Tanh:
    return tanh(x);
  case ActivationKind::ScaledTanh:
    return tanh(x * beta(1)) * alpha(1);
  case ActivationKind::TanhShrink:
    return approximate ? tanhShrinkOf(x) : x - tanh(x);
  case ActivationKind::Silu:
    return timesSigmoid(x, x * alpha(1));
  case ActivationKind::QuickGelu:
    return timesSigmoid(x, x * 1.702);
  case ActivationKind::HardSwish:
    return hardSwish(x);
  case ActivationKind::Mish:
    return mish(x);
  case ActivationKind::Gelu:
    return gelu(x);
  case ActivationKind::GeluTanh:
    return geluTanh(x);
  default:
    llvm_unreachable("a piecewise linear kind");
  }
}

bool isPiecewiseLinear(ActivationKind kind) {
  using K = ActivationKind;
  switch (kind) {
  case K::Step:
  case K::Sign:
  case K::Relu:
  case K::Relu6:
  case K::LeakyRelu:
  case K::ThresholdedRelu:
  case K::HardTanh:
  case K::SoftShrink:
  case K::HardShrink:
  case K::Shrink:
    return true;
  default:
    return false;
  }
}

/// Outside of [-bound, bound] x moved towards zero by `shift`, inside 0.
Real shrink(Real x, double shift, double bound) {
  Real inside = select(isNaN(x), x, 0.0);
  Real left = select(x < -bound, x + shift, inside);
  return select(x > bound, x - shift, left);
}

Real emitPiecewiseLinear(ActivationKind kind, ActivationParameters parameters,
                         Real x) {
  auto alpha = [&](double value) { return parameters.alpha.value_or(value); };
  auto beta = [&](double value) { return parameters.beta.value_or(value); };
  Real zero = Real(0.0).like(x), one = Real(1.0).like(x);
  switch (kind) {
  case ActivationKind::Step:
    return select(x >= 0.0, one, select(isNaN(x), x, zero));
  case ActivationKind::Sign:
    return select(x > 0.0, one, select(x < 0.0, -1.0, x));
  case ActivationKind::Relu:
    return maxOrSecond(0.0, x);
  case ActivationKind::Relu6:
    return clamp(x, 0, 6);
  case ActivationKind::LeakyRelu:
    return select(x > 0.0, x, x * alpha(0.01));
  case ActivationKind::ThresholdedRelu:
    return select(x > alpha(1), x, select(isNaN(x), x, zero));
  case ActivationKind::HardTanh:
    return clamp(x, alpha(-1), beta(1));
  case ActivationKind::SoftShrink:
    return shrink(x, alpha(0.5), alpha(0.5));
  case ActivationKind::HardShrink:
    return shrink(x, 0, alpha(0.5));
  case ActivationKind::Shrink:
    return shrink(x, alpha(0), beta(0.5));
  default:
    llvm_unreachable("not piecewise linear");
  }
}

/// The factor of x sigmoid(factor x), if the kind is that and f32 arithmetic is
/// enough for it.
std::optional<double> sigmoidFactor(ActivationKind kind,
                                    ActivationParameters parameters) {
  double factor = kind == ActivationKind::QuickGelu ? 1.702
                                                    : parameters.alpha.value_or(1);
  bool known = kind == ActivationKind::Silu || kind == ActivationKind::QuickGelu;
  if (!known || factor < 0.25 || factor > 4)
    return std::nullopt;
  return factor;
}

} // namespace

Value lacuna::emitActivation(OpBuilder &builder, Location loc,
                             ActivationKind kind,
                             ActivationParameters parameters, Value x) {
  ImplicitLocOpBuilder located(loc, builder);
  Real input(located, x);
  FloatType type = input.type();
  bool approximate = type.getWidth() < 64;
  if (approximate)
    input = convert(input, located.getF32Type());
  Real result = 0.0;
  std::optional<Real> brief;
  if (parameters.shortForms && type.getWidth() == 16)
    brief = shortActivation(kind, parameters, input);
  if (brief) {
    result = *brief;
  } else if (isPiecewiseLinear(kind)) {
    result = emitPiecewiseLinear(kind, parameters, input);
  } else if (approximate && kind == ActivationKind::Gelu) {
    result = geluOfSingle(input);
  } else if (approximate && kind == ActivationKind::Sigmoid) {
    result = sigmoidOfSingle(input);
  } else if (approximate && kind == ActivationKind::Tanh) {
    result = tanhOfSingle(input);
  } else if (std::optional<double> factor = sigmoidFactor(kind, parameters);
             approximate && factor) {
    result = timesSigmoidOfSingle(input, *factor);
  } else {
    Formulas formulas(parameters, approximate);
    result = formulas.emit(kind, convert(input, located.getF64Type()));
    if (approximate)
      result = convert(result, located.getF32Type());
  }
  return convert(result, type).value;
}
