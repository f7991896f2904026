//===- ActivationSingle.cpp - activations of exp(-|x|) in f32 arithmetic --===//
// gelu and x sigmoid(x) are max(x, 0) - a E(a), a = |x|, with E an exponential
// times something smooth; sigmoid and tanh are quotients of it. f32 alone
// reaches 2 ulp because what the larger roundings lose is computed exactly (by
// fma) and added where the terms are small.
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
  // n stands in the low bits of `rounder`.
  Bits exponent = (bitsOf(rounder) << 23) + (int64_t(bias) << 23);
  return {exponent, expm1OfReducedSingle(r)};
}

/// x Phi(x) = max(x, 0) - a Q(a), Q(a) = exp(-a^2 / 2) w (1 + u P(u)) with
/// w = 0.5414 / (a + 1.5) and u = w - 0.116 (after M. M. Shepherd and J. G.
/// Laframboise, 1981; with 1.5 the last factor stays within 0.81 to 1.4, which
/// makes its rounding small). a Q(a) vanishes beyond 14.6. P is a minimax
/// polynomial; it makes up for what the constant log2(e) / 2 loses as an f32.
Real geluOfSingle(Real x) {
  constexpr double shift = 0x1.8p23, halfLog2OfE = 0.7213475108146667;
  constexpr double unit = 0.5413985848426819;
  Real a = minOrSecond(14.6, abs(x));
  // exp(-a^2 / 2) = 2^(n + r), of which n stands in the low bits of `rounder`.
  Real square = a * a;
  Real rounder = fma(square, -halfLog2OfE, shift);
  Real r = fma(square, -halfLog2OfE, -(rounder - shift));
  r = fma(fma(a, a, -square), -halfLog2OfE, r);
  Real sum = a + 1.5, w = unit / sum;
  // What w lacks of unit / (a + 1.5), with what the other factor moves for it.
  Real lack = fma(-(a - (sum - 1.5)), w, fma(-w, sum, unit));
  r = fma(lack, 3.4561195373535156, r);
  Real power = r * polynomial(
      r, {0.6931471824645996, 0.24022647738456726, 0.055503588169813156,
          0.009618504904210567, 0.0013391460524871945,
          0.0001532776077510789}); // 2^r - 1
  Real u = w - 0.11597442626953125;
  Real slope = u * polynomial(
      u, {2.312293529510498, -1.3581311702728271, -13.886221885681152,
          26.126928329467773, 94.6707763671875, -531.7894897460938,
          351.478515625, 5670.5888671875, -25644.57421875, 49267.30859375,
          -37734.11328125});
  Real growth = fma(slope, power + 1.0, power);
  // The bias keeps powers of 2 from being denormal where the result is one.
  ExpFactors e{(bitsOf(rounder) << 23) + (int64_t(60) << 23), power};
  Real scaled = e.scale(w), main = a * scaled, lost = fma(a, scaled, -main);
  Real tail = main + fma(main, growth, lost);
  return fma(tail, -0x1p-60, maxOrSecond(0.0, x));
}

/// 1 / (1 + exp(-x)) = 1 / (1 + E) or E / (1 + E), E = exp(-|x|). The second
/// form vanishes beyond 104.
Real sigmoidOfSingle(Real x) {
  constexpr double unbias = 0x1p-40;
  ExpFactors e = expOfMinus(minOrSecond(112.0, abs(x)), 1, 40);
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
  ExpFactors e = expOfMinus(minOrSecond(10.0, abs(x)), 2, 0);
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
  ExpFactors e = expOfMinus(a, factor, 40);
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
