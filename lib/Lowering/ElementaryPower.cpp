//===- ElementaryPower.cpp - pow, cbrt, rsqrt -----------------------------===//
// |x|^y = exp(y log |x|); signs and special cases as C's pow has them
// (IEEE 754-2019, 9.2.1).
//===----------------------------------------------------------------------===//
#include "ElementaryFunctions.h"

#include <limits>

namespace lacuna {

static constexpr double infinity = std::numeric_limits<double>::infinity();

/// Whether the sign bit is set; of -0 as well.
static Mask hasSign(Real x) { return isNegative(bitsOf(x)); }

Real powOf(Real base, Real exponent) {
  Real magnitude = abs(base);
  Real result = expOf(exponent * logOf(magnitude));
  // 1 to an infinite power, where 0 * inf has given NaN.
  result = select((magnitude == 1.0) & !isNaN(exponent), 1.0, result);
  Real half = 0.5 * exponent;
  Mask isOdd = half - floor(half) == 0.5;
  result = select(hasSign(base) & isOdd, -result, result);
  Mask isFraction = !(floor(exponent) == exponent) & !isNaN(exponent);
  Mask isFinite = magnitude < infinity;
  result = select((base < 0.0) & isFinite & isFraction,
                  std::numeric_limits<double>::quiet_NaN(), result);
  return select((base == 1.0) | (exponent == 0.0), 1.0, result);
}

Real cbrtOf(Real x) {
  Real magnitude = abs(x);
  Real root = expOf(logOf(magnitude) * (1.0 / 3.0));
  Mask isRegular = (magnitude < infinity) & (magnitude > 0.0);
  return copySign(select(isRegular, root, magnitude), x);
}

Real rsqrtOf(Real x) { return 1.0 / sqrt(x); }

} // namespace lacuna
