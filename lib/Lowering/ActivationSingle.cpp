//===- ActivationSingle.cpp - x sigmoid(x) in f32 arithmetic --------------===//
// It is max(x, 0) - a E / (1 + E), a = |x|, E = exp(-a). f32 alone reaches 2
// ulp because what the larger roundings lose is computed exactly (by fma) and
// added where the terms are small.
//===----------------------------------------------------------------------===//
#include "ElementaryFunctions.h"

namespace lacuna {

namespace {
/// power 2^-bias (1 + remainder): with the bias the power is no denormal where
/// the result is one.
struct ExpFactors {
  Real power, remainder;
};
} // namespace

/// exp(-scale value) for scale value within 0 … 112.
static ExpFactors expOfMinus(Real value, double scale, int bias) {
  constexpr double shift = 0x1.8p23, log2OfE = 0x1.71547652b82fep+0;
  Real rounder = fma(value, -log2OfE * scale, shift);
  Real n = rounder - shift;
  // ln 2 in two pieces; n times the first one is exact.
  Real r = fma(value, -scale, n * -0x1.62e4p-1);
  r = fma(n, -0x1.7f7d1cp-20, r);
  if (double lost = scale - float(scale))
    r = fma(value, -lost, r);
  Real q = polynomial(r, {0.5, 0.16666576266288757, 4.1666463017463684e-2,
                          8.3632580935955048e-3, 1.3935327297076583e-3});
  // n stands in the low bits of `rounder`.
  Bits power = (bitsOf(rounder) << 23) + (int64_t(127 + bias) << 23);
  return {realOf(power, rounder.type()), fma(r * r, q, r)};
}

/// x / (1 + exp(-factor x)) = max(x, 0) - a E / (1 + E), E = exp(-factor a).
/// The second term vanishes beyond 112 / factor.
Real timesSigmoidOfSingle(Real x, double factor) {
  constexpr double unbias = 0x1p-40;
  Real a = minOrSecond(112.0 / factor, abs(x));
  ExpFactors e = expOfMinus(a, factor, 40);
  Real power = fma(e.power, e.remainder, e.power);
  Real sum = fma(power, unbias, 1.0);
  Real lostOfSum = fma(power, unbias, 1.0 - sum);
  Real v = 1.0 / sum;
  // v (1 + error) is the exact inverse.
  Real error = fma(-v, sum, 1.0) - v * lostOfSum;
  Real product = a * v, lost = fma(a, v, -product);
  Real tail = product + fma(product, e.remainder + error, lost);
  return fma(tail * e.power, -unbias, maxOrSecond(0.0, x));
}

} // namespace lacuna
