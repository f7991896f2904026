//===- ElementaryError.cpp - erf and erfc ---------------------------------===//
// erfc(x) = exp(-x^2) g(x) for x >= 0, where g is smooth; a minimax polynomial
// in t = (x - 3) / (x + 3) gives it on [0, 10.2] (M. M. Shepherd, J. G.
// Laframboise, 1981). Beyond that erfc is zero in f32.
//===----------------------------------------------------------------------===//
#include "ElementaryFunctions.h"

namespace lacuna {

Real erfcOfPositive(Real x) {
  Real t = (x - 3.0) / (x + 3.0);
  Real g = polynomial(
      t, {0.17900115118093814, -0.32623356014604604, 0.24560380195536222,
          -0.15011593102959486, 7.1665828809596724e-2, -2.4392583886092122e-2,
          4.2692150549418668e-3, 7.083272339016056e-4, -5.9729260938775413e-4,
          4.3258490353222638e-5, 6.3953720786804445e-5, -9.5470784103045493e-6,
          -6.6945601297283399e-6});
  return expOf(-(x * x)) * g;
}

Real erfcOf(Real x) {
  Real tail = erfcOfPositive(minOrSecond(26.0, abs(x)));
  return select(x < 0.0, 2.0 - tail, tail);
}

Real erfOf(Real x) {
  Real magnitude = abs(x);
  Real z = x * x;
  Real near = magnitude *
              polynomial(z, {1.1283791670939458, -0.37612638778087926,
                             0.1128377566575958, -2.6858992895566064e-2,
                             5.0922262422970956e-3});
  Real far = 1.0 - erfcOfPositive(minOrSecond(26.0, magnitude));
  return copySign(select(magnitude < 0.25, near, far), x);
}

} // namespace lacuna
