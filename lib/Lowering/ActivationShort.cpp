//===- ActivationShort.cpp - activations in a few instructions ------------===//
// For 16-bit results on devices with an instruction for exp2. Errors are below
// 2^-13 of the result, which may be zero below 2^-110; NaN, infinities and signs
// of zero as in the long forms.
//===----------------------------------------------------------------------===//
#include "ElementaryFunctions.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <limits>
#include <numbers>

using namespace mlir;

namespace lacuna {

namespace {
constexpr double log2OfE = std::numbers::log2e;

Real exp2(Real x) {
  return {*x.builder, math::Exp2Op::create(*x.builder, x.value,
                                           arith::FastMathFlags::afn)};
}

/// Within 2 ulp, by the reciprocal.
Real quotient(Real a, Real b) {
  return {*b.builder,
          arith::DivFOp::create(*b.builder, a.like(b).value, b.value,
                                arith::FastMathFlags::afn)};
}

/// One instruction; a NaN where x is one.
Real atLeast(Real x, double bound) {
  Value limit = Real(bound).like(x).value;
  return {*x.builder, arith::MaximumFOp::create(*x.builder, limit, x.value)};
}
Real atMost(Real x, double bound) {
  Value limit = Real(bound).like(x).value;
  return {*x.builder, arith::MinimumFOp::create(*x.builder, limit, x.value)};
}

/// Minus infinity as a number, whose product with 0 is 0.
Real atLeastLowest(Real x) {
  return atLeast(x, std::numeric_limits<float>::lowest());
}

/// 1 + exp(-factor x).
Real onePlusExp(Real x, double factor) {
  return exp2(x * (-factor * log2OfE)) + 1.0;
}

/// max(x, 0) - a Q(a), Q(a) = exp(-a^2 / 2) w P(w), w = 1 / (1 + a / 4), P a
/// minimax polynomial (see geluOfSingle).
Real gelu(Real x) {
  Real a = atMost(abs(x), 14.6);
  Real w = quotient(1.0, fma(a, 0.25, 1.0));
  Real power = exp2(a * a * (-0.5 * log2OfE));
  Real p = polynomial(w, {0.10120040932201566, 0.08171448918914931,
                          0.17702844220340164, -0.09993983338559492,
                          0.23996760213359264});
  return fma(-(a * w), power * p, atLeast(x, -0.0));
}

/// (1 + tanh u) / 2 is the sigmoid of 2 u.
Real geluTanh(Real x) {
  constexpr double scale = 2 * 0.7978845608028654; // sqrt(2 / pi)
  Real finite = atLeastLowest(x);
  Real u = finite * fma(finite * finite, scale * 0.044715, scale);
  return quotient(finite, onePlusExp(u, 1));
}

/// (1 - E) / (1 + E), E = exp(-2 |x|); near zero its series, for the first
/// form cancels.
Real tanh(Real x) {
  Real a = abs(x);
  Real power = exp2(a * (-2 * log2OfE));
  Real large = quotient(1.0 - power, power + 1.0);
  Real small = fma(a * a * a, -1.0 / 3, a);
  return copySign(select(a < 0.06, small, large), x);
}

/// exp(x) - 1 for x <= 0; near zero its series, for the difference cancels.
Real expm1OfNegative(Real x) {
  Real large = exp2(x * log2OfE) - 1.0;
  Real small = x * polynomial(x, {1.0, 1.0 / 2, 1.0 / 6, 1.0 / 24});
  return select(x > -0.1, small, large);
}

/// `positive` x, below zero `negative` (exp(x) - 1).
Real elu(Real x, double negative, double positive) {
  Real curve = expm1OfNegative(x) * negative;
  return select(x > 0.0, positive == 1 ? x : x * positive, curve);
}

/// log(1 + exp x): max(x, 0) + log(1 + e), e = exp(-|x|), by the series of
/// 2 artanh(e / (e + 2)).
Real logOfOnePlusExp(Real x) {
  Real e = exp2(abs(x) * -log2OfE);
  Real s = quotient(e, e + 2.0);
  Real series = polynomial(s * s, {2.0, 2.0 / 3, 2.0 / 5, 2.0 / 7, 2.0 / 9});
  return fma(s, series, atLeast(x, 0.0));
}

Real softplus(Real x, double factor, double threshold) {
  Real scaled = x * factor;
  Real curve = logOfOnePlusExp(scaled) * (1 / factor);
  return select(scaled > threshold, x, curve);
}

/// x n / (n + 2), n = e^x (e^x + 2), which is x tanh(log(1 + e^x)).
Real mish(Real x) {
  Real power = exp2(atMost(x, 30.0) * log2OfE);
  Real n = fma(power, power, power * 2.0);
  return atLeastLowest(x) * quotient(n, n + 2.0);
}
} // namespace

std::optional<Real> shortActivation(ActivationKind kind,
                                    ActivationParameters parameters, Real x) {
  switch (kind) {
  case ActivationKind::Gelu:
    return gelu(x);
  case ActivationKind::GeluTanh:
    return geluTanh(x);
  case ActivationKind::QuickGelu:
    return quotient(atLeastLowest(x), onePlusExp(x, 1.702));
  case ActivationKind::Silu:
    return quotient(atLeastLowest(x),
                    onePlusExp(x, parameters.alpha.value_or(1)));
  case ActivationKind::Sigmoid:
    return quotient(1.0, onePlusExp(x, 1));
  case ActivationKind::Tanh:
    return tanh(x);
  case ActivationKind::Mish:
    return mish(x);
  case ActivationKind::Elu:
    return elu(x, parameters.alpha.value_or(1), 1);
  case ActivationKind::Selu: {
    double scale = parameters.beta.value_or(1.0507009873554804934);
    double alpha = parameters.alpha.value_or(1.6732632423543772848);
    return elu(x, scale * alpha, scale);
  }
  case ActivationKind::Softplus:
    return softplus(x, parameters.alpha.value_or(1),
                    parameters.beta.value_or(20));
  case ActivationKind::LogSigmoid:
    return -logOfOnePlusExp(-x);
  default:
    return std::nullopt;
  }
}

} // namespace lacuna
