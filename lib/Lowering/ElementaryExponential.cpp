//===- ElementaryExponential.cpp - exp, exp2, expm1, sigmoid --------------===//
// x = n ln 2 + r with |r| <= ln(2)/2, exp(x) = 2^n (1 + s), s = exp(r) - 1 by a
// minimax polynomial (W. J. Cody, W. Waite, 1980). n is read from the low bits
// of x / ln 2 + 1.5 * 2^52, where it stands after rounding.
//===----------------------------------------------------------------------===//
#include "ElementaryFunctions.h"

namespace lacuna {

namespace {
/// exp(x) = power * (1 + remainder), power = 2^n.
struct ExpParts {
  Real power, remainder;
};
} // namespace

static constexpr double log2OfE = 0x1.71547652b82fep+0;
static constexpr double ln2 = 0x1.62e42fefa39efp-1;

static thread_local bool isFullPrecision = false;
FullPrecision::FullPrecision(bool on) : before(isFullPrecision) {
  isFullPrecision = on;
}
FullPrecision::~FullPrecision() { isFullPrecision = before; }
bool FullPrecision::isOn() { return isFullPrecision; }

/// exp(r) - 1 for |r| <= ln(2)/2, to 2^-34 or, by Taylor's series, 2^-54.
static Real expm1OfReduced(Real r) {
  if (FullPrecision::isOn()) {
    Real series = polynomial(
        r, {1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040,
            1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800,
            1.0 / 479001600, 1.0 / 6227020800});
    return fma(r * r, series, r);
  }
  Real q = polynomial(r, {0.50000000780279918, 0.1666666686101195,
                          4.1666269518295516e-2, 8.3332642803207908e-3,
                          1.3946103861143567e-3, 1.9918427086489579e-4});
  return fma(r * r, q, r);
}

/// 2^n as its representation, n being the low bits of `rounder`.
static Real powerOfTwo(Real rounder) {
  return realOf((bitsOf(rounder) << 52) + 0x3ff0000000000000, rounder.type());
}

static Real clamp(Real x, double bound) {
  return maxOrSecond(-bound, minOrSecond(bound, x));
}

/// x - n ln 2; ln 2 in two pieces, of which n times the first one is exact.
static Real reduceByLn2(Real x, Real n) {
  if (!FullPrecision::isOn())
    return fma(n, -ln2, x);
  return fma(n, -0x1.a39ef35793c76p-33, fma(n, -0x1.62e42feep-1, x));
}

static ExpParts expParts(Real x) {
  constexpr double roundingShift = 0x1.8p52;
  x = clamp(x, 700);
  Real rounder = fma(x, log2OfE, roundingShift);
  Real n = rounder - roundingShift;
  return {powerOfTwo(rounder), expm1OfReduced(reduceByLn2(x, n))};
}

/// 2^n (1 + s) where 2^n may leave f64's range: in two factors.
static Real scaleTwice(Real s, Real n) {
  constexpr double roundingShift = 0x1.8p52;
  Real half = floor(n * 0.5);
  Real first = powerOfTwo(half + roundingShift);
  return fma(first, s, first) * powerOfTwo(n - half + roundingShift);
}

/// Of all of f64: results may be denormal, zero or infinite.
static Real expOfDouble(Real x) {
  x = clamp(x, 746);
  Real n = roundEven(x * log2OfE);
  return scaleTwice(expm1OfReduced(reduceByLn2(x, n)), n);
}

Real expOf(Real x) {
  if (FullPrecision::isOn())
    return expOfDouble(x);
  ExpParts parts = expParts(x);
  return fma(parts.power, parts.remainder, parts.power);
}

Real exp2Of(Real x) {
  constexpr double roundingShift = 0x1.8p52;
  if (FullPrecision::isOn()) {
    x = clamp(x, 1076);
    Real n = roundEven(x);
    return scaleTwice(expm1OfReduced((x - n) * ln2), n);
  }
  x = clamp(x, 1000);
  Real rounder = x + roundingShift;
  Real r = x - (rounder - roundingShift);
  Real power = powerOfTwo(rounder);
  return fma(power, expm1OfReduced(r * ln2), power);
}

Real expm1Of(Real x) {
  ExpParts parts = expParts(x);
  Real result = fma(parts.power, parts.remainder, parts.power - 1.0);
  if (FullPrecision::isOn())
    result = select(x > 50.0, expOfDouble(x), result);
  return copySign(result, x);
}

Real sigmoidOf(Real x) { return 1.0 / (expOf(-x) + 1.0); }

//===----------------------------------------------------------------------===//
// In f32 arithmetic
//===----------------------------------------------------------------------===//

/// 2^n (1 + s). n is too large for one factor where the result is denormal or
/// overflows; of the two factors only the last rounds.
static Real scaleSingle(Real s, Real rounder, double roundingShift) {
  Bits n = bitsOf(rounder) - bitsOf(Real(roundingShift).like(rounder));
  Bits half = shiftRightSigned(n, 1);
  Real first = realOf((half + 127) << 23, rounder.type());
  Real second = realOf((n - half + 127) << 23, rounder.type());
  return fma(first, s, first) * second;
}

Real expm1OfReducedSingle(Real r) {
  Real q = polynomial(r, {0.5, 0.16666576266288757, 4.1666463017463684e-2,
                          8.3632580935955048e-3, 1.3935327297076583e-3});
  return fma(r * r, q, r);
}

Real expOfSingle(Real x) {
  constexpr double roundingShift = 0x1.8p23;
  x = maxOrSecond(-104.0, minOrSecond(89.0, x));
  Real rounder = fma(x, log2OfE, roundingShift);
  Real n = rounder - roundingShift;
  // ln 2 in two pieces; n times the first one is exact.
  Real r = fma(n, -0x1.62e4p-1, x);
  r = fma(n, -0x1.7f7d1cp-20, r);
  return scaleSingle(expm1OfReducedSingle(r), rounder, roundingShift);
}

Real expOfNonPositiveSingle(Real x) {
  constexpr double roundingShift = 0x1.8p23, least = -0x1.5d589ep+6;
  Real bounded = maxOrSecond(least, x);
  Real rounder = fma(bounded, log2OfE, roundingShift);
  Real n = rounder - roundingShift;
  Real r = fma(n, -0x1.62e4p-1, bounded);
  r = fma(n, -0x1.7f7d1cp-20, r);
  Real s = expm1OfReducedSingle(r);
  Real power = realOf((bitsOf(rounder) << 23) + (127 << 23), x.type());
  return select(x < least, 0.0, fma(power, s, power));
}

Real exp2OfSingle(Real x) {
  constexpr double roundingShift = 0x1.8p23;
  x = maxOrSecond(-151.0, minOrSecond(129.0, x));
  Real rounder = x + roundingShift;
  Real r = x - (rounder - roundingShift);
  Real q = polynomial(r, {0.69314718246459961, 0.24022650718688965,
                          5.5503658950328827e-2, 9.6180774271488190e-3,
                          1.3388069346547127e-3, 1.5456428809557110e-4});
  return scaleSingle(r * q, rounder, roundingShift);
}

} // namespace lacuna
