//===- Ulp.h - Distance to the true value in units in the last place ------===//
#ifndef LACUNA_TEST_ACCURACY_ULP_H
#define LACUNA_TEST_ACCURACY_ULP_H

#include "lacuna/Runtime/Tensor.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lacuna {

/// A binary format by its precision and the exponents of the least number
/// and of the first one that is too large.
struct Format {
  DType type;
  const char *name;
  int precision, leastExponent, overflowExponent;
};

inline constexpr Format formats[] = {{DType::F32, "f32", 24, -149, 128},
                                     {DType::BF16, "bf16", 8, -133, 128},
                                     {DType::F16, "f16", 11, -24, 16}};

/// How far `got` is from `want`. Infinity counts as the first number that is
/// too large, unless `want` is infinite itself; NaN is equal to NaN alone.
inline double ulpError(double got, long double want, const Format &format) {
  constexpr double wrong = std::numeric_limits<double>::infinity();
  if (std::isnan(want) || std::isnan(got))
    return std::isnan(want) && std::isnan(got) ? 0 : wrong;
  if (std::isinf(want))
    return got == want ? 0 : wrong;
  double limit = std::ldexp(1.0, format.overflowExponent);
  if (want == 0)
    return got == 0 ? 0 : wrong;
  int exponent;
  (void)std::frexp(std::min<long double>(std::fabs(want), limit / 2),
                   &exponent);
  double unit = std::ldexp(
      1.0, std::max(exponent - format.precision, format.leastExponent));
  long double bounded = std::clamp<long double>(want, -limit, limit);
  return std::fabs(std::clamp<double>(got, -limit, limit) - bounded) / unit;
}

} // namespace lacuna

#endif // LACUNA_TEST_ACCURACY_ULP_H
