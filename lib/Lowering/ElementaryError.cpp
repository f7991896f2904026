//===- ElementaryError.cpp - erf and erfc ---------------------------------===//
// erfc(x) = exp(-x^2) g(x) for x >= 0, where g is smooth; a minimax polynomial
// in t = (x - 3) / (x + 3) gives it on [0, 10.2] (M. M. Shepherd, J. G.
// Laframboise, 1981). Beyond that erfc is zero in f32.
//===----------------------------------------------------------------------===//
#include "ElementaryFunctions.h"

namespace lacuna {

/// The same to 2^-51 on [0, 27], by interpolation at Chebyshev's points;
/// exp(-x^2) from x^2 in two pieces.
static Real erfcOfPositiveDouble(Real x) {
  Real t = (x - 3.0) / (x + 3.0);
  Real g = polynomial(
      t, {0.17900115118138996, -0.3262335600430372, 0.24560380171233087,
          -0.15011593650077723, 0.07166583719797852, -0.024392499318670824,
          0.004269136332822965, 0.0007077464388943148, -0.0005970619481855052,
          4.525529881490363e-05, 6.405655181370986e-05,
          -1.2860497962474997e-05, -7.97811228321928e-06,
          2.119995977353262e-06, 1.2524389840487292e-06,
          -2.9380890238828874e-07, -2.3455483884678897e-07,
          2.7997990009397252e-08, 4.679557010009013e-08,
          2.017336205240447e-09, -8.822234465446695e-09,
          -2.192069856549165e-09, 1.3363422955853446e-09,
          7.599273579251604e-10, -9.582724613145396e-11,
          -1.664804886358892e-10, -1.9257013691936435e-11,
          1.8963228911470715e-11, 5.396716660509373e-12});
  Real square = x * x;
  Real rest = fma(x, x, -square);
  Real power = expOf(-square);
  return fma(power, -rest, power) * g;
}

Real erfcOfPositive(Real x) {
  if (FullPrecision::isOn())
    return erfcOfPositiveDouble(x);
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
  Real tail = erfcOfPositive(minOrSecond(27.0, abs(x)));
  return select(x < 0.0, 2.0 - tail, tail);
}

Real erfOf(Real x) {
  Real magnitude = abs(x);
  Real z = x * x;
  if (FullPrecision::isOn()) { // the series of erf
    double term = 1.1283791670955126;
    Real series = magnitude *
                  polynomial(z, {term, -term / 3, term / 10, -term / 42,
                                 term / 216, -term / 1320, term / 9360,
                                 -term / 75600, term / 685440});
    Real tail = 1.0 - erfcOfPositive(minOrSecond(27.0, magnitude));
    return copySign(select(magnitude < 0.25, series, tail), x);
  }
  Real near = magnitude *
              polynomial(z, {1.1283791670939458, -0.37612638778087926,
                             0.1128377566575958, -2.6858992895566064e-2,
                             5.0922262422970956e-3});
  Real far = 1.0 - erfcOfPositive(minOrSecond(26.0, magnitude));
  return copySign(select(magnitude < 0.25, near, far), x);
}

} // namespace lacuna
