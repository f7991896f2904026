//===- ElementaryLogarithm.cpp - log, log2, log10, log1p ------------------===//
// x = 2^k m with m in [sqrt(1/2), sqrt(2)); log m = 2 atanh(s) with
// s = (m - 1) / (m + 1), by a minimax polynomial in s^2.
//===----------------------------------------------------------------------===//
#include "ElementaryFunctions.h"

#include <limits>

namespace lacuna {

namespace {
/// x = 2^exponent (1 + fraction).
struct LogParts {
  Real exponent, fraction;
};
} // namespace

static constexpr double ln2 = 0x1.62e42fefa39efp-1;
static constexpr double log2OfE = 0x1.71547652b82fep+0;
static constexpr double log10OfE = 0x1.bcb7b1526e50ep-2;
static constexpr double infinity = std::numeric_limits<double>::infinity();

/// Of a positive normal f64 number. The exponent becomes a number by standing
/// in the mantissa of 2^52, as AVX2 cannot convert 64-bit integers.
static LogParts logParts(Real x) {
  constexpr int64_t sqrtHalf = 0x3fe6a09e667f3bcd;
  Real scale = 0.0;
  if (FullPrecision::isOn()) { // denormal numbers too
    Mask isSmall = x < 0x1p-1022;
    scale = select(isSmall, Real(54.0).like(x), Real(0.0).like(x));
    x = select(isSmall, x * 0x1p54, x);
  }
  Bits offset = bitsOf(x) - sqrtHalf;
  Bits biased = (offset + 0x3ff0000000000000) >> 52;
  Real exponent =
      realOf(biased | 0x4330000000000000, x.type()) - (0x1p52 + 1023);
  Real m = realOf(bitsOf(x) - (offset & -0x10000000000000), x.type());
  if (FullPrecision::isOn())
    exponent = exponent - scale;
  return {exponent, m - 1.0};
}

/// log(1 + f) for 1 + f in [sqrt(1/2), sqrt(2)), to 2^-50 or, by the series of
/// atanh, 2^-54.
static Real logOfReduced(Real f) {
  Real s = f / (f + 2.0), z = s * s;
  if (FullPrecision::isOn()) {
    Real series = polynomial(z, {1.0 / 3, 1.0 / 5, 1.0 / 7, 1.0 / 9, 1.0 / 11,
                                 1.0 / 13, 1.0 / 15, 1.0 / 17, 1.0 / 19,
                                 1.0 / 21, 1.0 / 23});
    return fma(2.0 * s * z, series, s + s);
  }
  Real p = polynomial(z, {0.33333333333292242, 0.20000000026882528,
                          0.14285708434220182, 0.11111695713886875,
                          9.0614860638945707e-2, 8.4141108619721711e-2});
  return fma(2.0 * s * z, p, s + s);
}

/// Zero gives -inf, what is below gives NaN; infinity and NaN give themselves.
static Real withSpecialCases(Real result, Real x) {
  result = select(x < infinity, result, x);
  result = select(x == 0.0, -infinity, result);
  return select(x < 0.0, std::numeric_limits<double>::quiet_NaN(), result);
}

/// k ln 2 + log(1 + f); k times the first piece of ln 2 is exact.
static Real logOfParts(Real exponent, Real fraction) {
  Real reduced = logOfReduced(fraction);
  if (!FullPrecision::isOn())
    return fma(exponent, ln2, reduced);
  return fma(exponent, 0x1.62e42feep-1,
             fma(exponent, 0x1.a39ef35793c76p-33, reduced));
}

Real logOf(Real x) {
  LogParts parts = logParts(x);
  Real result = logOfParts(parts.exponent, parts.fraction);
  return withSpecialCases(result, x);
}

Real log2Of(Real x) {
  LogParts parts = logParts(x);
  Real result = fma(logOfReduced(parts.fraction), log2OfE, parts.exponent);
  return withSpecialCases(result, x);
}

Real log10Of(Real x) { return logOf(x) * log10OfE; }

Real log1pOf(Real x) {
  Real u = x + 1.0;
  LogParts parts = logParts(u);
  // Near zero the exponent is zero, and x holds more of itself than u does.
  Real fraction = select(abs(x) < 0.25, x, parts.fraction);
  Real result = logOfParts(parts.exponent, fraction);
  return copySign(withSpecialCases(result, u), x);
}

Real log1pOfUnit(Real x) {
  Real s = x / (x + 2.0), z = s * s;
  Real p = polynomial(z, {0.33333333338537297, 0.19999998821478929,
                          0.14285804380455645, 0.11107857924773533,
                          9.1532704620610306e-2, 7.0452927236332605e-2,
                          0.10011600883383248});
  return fma(2.0 * s * z, p, s + s);
}

} // namespace lacuna
