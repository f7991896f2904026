//===- ActivationSingle.cpp - activations of exp(-|x|) in f32 arithmetic --===//
// gelu and x sigmoid(x) are max(x, 0) - a E(a), a = |x|, with E an exponential
// times something smooth; sigmoid and tanh are quotients of it. f32 alone reaches 2 ulp because what the larger roundings lose is
// computed exactly (by fma) and added where the terms are small.
//===----------------------------------------------------------------------===//
#include "ElementaryFunctions.h"

namespace lacuna {

namespace {
/// 2^(n - bias) (1 + remainder), n as what it adds to the representation of a
/// number. With the bias no power is denormal where the result is one.
struct ExpFactors {
  Bits exponent;
  Real remainder;

  /// `x`, not 0, times 2^n.
  Real scale(Real x) const { return realOf(bitsOf(x) + exponent, x.type()); }
};
} // namespace

/// exp(-scale (value + rest)) for scale value within 0 … 112; `rest` may be
/// the constant 0.
static ExpFactors expOfMinus(Real value, Real rest, double scale, int bias) {
  constexpr double shift = 0x1.8p23, log2OfE = 0x1.71547652b82fep+0;
  Real rounder = fma(value, -log2OfE * scale, shift);
  Real n = rounder - shift;
  // ln 2 in two pieces; n times the first one is exact.
  Real r = fma(value, -scale, n * -0x1.62e4p-1);
  r = fma(n, -0x1.7f7d1cp-20, r);
  if (double lost = scale - float(scale))
    r = fma(value, -lost, r);
  if (rest.value)
    r = fma(rest, -scale, r);
  // n stands in the low bits of `rounder`.
  Bits exponent = (bitsOf(rounder) << 23) + (int64_t(bias) << 23);
  return {exponent, expm1OfReducedSingle(r)};
}

/// x Phi(x) = max(x, 0) - a Q(a), Q(a) = exp(-a^2 / 2) w P(w), w = 1 / (1 +
/// a / 4), P a minimax polynomial in w - 9/16 (after M. M. Shepherd, J. G.
/// Laframboise, 1981). a Q(a) vanishes beyond 14.6.
Real geluOfSingle(Real x) {
  constexpr double centre = 0.20942512154579163; // a multiple of 2^-25
  Real a = minOrSecond(14.6, abs(x));
  Real square = a * a;
  ExpFactors e = expOfMinus(square, fma(a, a, -square), 0.5, 60);
  Real quarter = a * 0.25;
  Real w = 1.0 / (quarter + 1.0);
  // w (1 + error) is exact; w P(w) moves about 0.7 + 2.45 w times as much.
  Real rest = 1.0 - w;
  Real error = fma(-w, quarter, rest) + ((1.0 - rest) - w);
  Real moved = fma(w, 2.45, 0.7) * error;
  Real u = w - 0.5625;
  Real slope = polynomial(
      u, {0.3569522798061371, 0.4628792107105255, 0.4355003237724304,
          0.25671979784965515, 0.03522126004099846, -0.07656999677419662,
          -0.04230320081114769, 0.02095114067196846, 0.017326325178146362});
  Real p = fma(u, slope, centre), lostOfP = fma(u, slope, centre - p);
  Real scaled = e.scale(w);
  Real product = a * scaled, lostOfProduct = fma(a, scaled, -product);
  Real main = product * p;
  Real lost = fma(lostOfProduct, p, fma(product, p, -main));
  lost = fma(main, moved, fma(product, lostOfP, lost));
  lost = fma(lost, e.remainder, lost);
  Real tail = main + fma(main, e.remainder, lost);
  return fma(tail, -0x1p-60, maxOrSecond(0.0, x));
}

/// 1 / (1 + exp(-x)) = 1 / (1 + E) or E / (1 + E), E = exp(-|x|). The second
/// form vanishes beyond 104.
Real sigmoidOfSingle(Real x) {
  constexpr double unbias = 0x1p-40;
  ExpFactors e = expOfMinus(minOrSecond(112.0, abs(x)), 0.0, 1, 40);
  // Not by `scale`, which makes a number of NaN.
  Real unit = realOf(e.exponent + 0x3f800000, x.type());
  Real power = fma(unit, e.remainder, unit);
  Real sum = fma(power, unbias, 1.0);
  Real lostOfSum = fma(power, unbias, 1.0 - sum);
  Real v = 1.0 / sum;
  // v (1 + error) is the exact inverse.
  Real error = fma(-v, sum, 1.0) - v * lostOfSum;
  Real scaled = e.scale(v);
  Real tail = fma(scaled, e.remainder + error, scaled);
  return select(x < 0.0, tail * unbias, fma(v, error, v));
}

/// (1 - E) / (1 + E), E = exp(-2 |x|), with 1 - E as (1 - 2^n) - 2^n remainder,
/// which does not cancel near zero. It is 1 beyond 9.1.
Real tanhOfSingle(Real x) {
  ExpFactors e = expOfMinus(minOrSecond(10.0, abs(x)), 0.0, 2, 0);
  Real power = realOf(e.exponent + 0x3f800000, x.type());
  Real difference = fma(-power, e.remainder, 1.0 - power);
  Real above = power + 1.0, sum = fma(power, e.remainder, above);
  Real lostOfSum = fma(power, e.remainder, above - sum);
  Real v = 1.0 / sum, quotient = difference * v;
  // One step of Newton's makes up for the roundings of v and sum.
  Real residue = fma(-quotient, sum, difference) - quotient * lostOfSum;
  return copySign(fma(residue, v, quotient), x);
}

/// x / (1 + exp(-factor x)) = max(x, 0) - a E / (1 + E), E = exp(-factor a).
/// The second term vanishes beyond 112 / factor.
Real timesSigmoidOfSingle(Real x, double factor) {
  constexpr double unbias = 0x1p-40;
  Real a = minOrSecond(112.0 / factor, abs(x));
  ExpFactors e = expOfMinus(a, 0.0, factor, 40);
  Real power = e.scale(e.remainder + 1.0);
  Real sum = fma(power, unbias, 1.0);
  Real lostOfSum = fma(power, unbias, 1.0 - sum);
  Real v = 1.0 / sum;
  // v (1 + error) is the exact inverse.
  Real error = fma(-v, sum, 1.0) - v * lostOfSum;
  Real scaled = e.scale(v);
  Real product = a * scaled, lost = fma(a, scaled, -product);
  // (1 + remainder) (1 + error), small terms first.
  lost = fma(product, error, lost);
  lost = fma(lost, e.remainder, lost);
  Real tail = product + fma(product, e.remainder, lost);
  return fma(tail, -unbias, maxOrSecond(0.0, x));
}

} // namespace lacuna
