//===- ElementaryHyperbolic.cpp - sinh, cosh, tanh and their inverses -----===//
// Everything stands on expm1 and log1p of the magnitude, which do not cancel
// near zero; the sign comes back at the end.
//===----------------------------------------------------------------------===//
#include "ElementaryFunctions.h"

#include <limits>

namespace lacuna {

static constexpr double infinity = std::numeric_limits<double>::infinity();

Real sinhOf(Real x) {
  Real e = expm1Of(abs(x));
  return copySign(0.5 * (e + e / (e + 1.0)), x);
}

Real coshOf(Real x) {
  Real e = expOf(abs(x));
  return 0.5 * (e + 1.0 / e);
}

Real tanhOf(Real x) {
  Real e = expm1Of(2.0 * abs(x));
  return copySign(e / (e + 2.0), x);
}

Real tanhShrinkOf(Real x) {
  Real z = x * x;
  Real near = x * z *
              polynomial(z, {0.33333333329742432, -0.13333332038945902,
                             5.3967494425432569e-2, -2.1853087655996362e-2,
                             8.7013951673878404e-3, -2.8367516170064105e-3});
  return select(z < 0.2, near, x - tanhOf(x));
}

Real asinhOf(Real x) {
  Real a = abs(x), square = a * a;
  Real result = log1pOf(a + square / (sqrt(square + 1.0) + 1.0));
  return copySign(select(a < infinity, result, a), x);
}

Real acoshOf(Real x) {
  Real t = x - 1.0;
  Real result = log1pOf(t + sqrt(t * (t + 2.0)));
  return select(x < 1.0, std::numeric_limits<double>::quiet_NaN(), result);
}

Real atanhOf(Real x) {
  Real a = abs(x);
  return copySign(0.5 * log1pOf(2.0 * a / (1.0 - a)), x);
}

} // namespace lacuna
