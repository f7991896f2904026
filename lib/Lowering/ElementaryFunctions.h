//===- ElementaryFunctions.h - Formulas of the elementary functions -------===//
// Straight-line formulas without tables or calls, which a loop vectoriser can
// widen. Unless said otherwise argument and result are f64 numbers of f32
// range; the error is below 2^-29, so that rounding to f32 adds half an ulp.
// Under FullPrecision they are good for f64: for where there is no libm.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_ELEMENTARYFUNCTIONS_H
#define LACUNA_LIB_LOWERING_ELEMENTARYFUNCTIONS_H

#include "Expression.h"
#include "lacuna/Lowering/Activation.h"

namespace lacuna {

/// While one lives, the formulas made on this thread take arguments of all of
/// f64 (sin, cos and tan: up to 2^50) and are within 4 ulp (powers and cbrt:
/// 2^-43).
class FullPrecision {
public:
  explicit FullPrecision(bool on);
  ~FullPrecision();
  FullPrecision(const FullPrecision &) = delete;
  static bool isOn();

private:
  bool before;
};

// Exponentials (ElementaryExponential.cpp). Arguments beyond +-700 count as
// +-700, whose exponential is zero or infinite in f32.
Real expOf(Real x);
Real exp2Of(Real x);
Real expm1Of(Real x);
Real sigmoidOf(Real x);
/// The exponential of an f32 number in f32 arithmetic alone.
Real expOfSingle(Real x);
Real exp2OfSingle(Real x);
/// exp(r) - 1 for |r| <= ln(2)/2.
Real expm1OfReducedSingle(Real r);
/// exp(x) for x <= 0, or NaN, at less cost: below 2^-126 it is 0.
Real expOfNonPositiveSingle(Real x);

// Activations of f32 numbers in f32 arithmetic alone, within 2 ulp
// (ActivationSingle.cpp).
Real geluOfSingle(Real x);
Real sigmoidOfSingle(Real x);
Real tanhOfSingle(Real x);
/// x sigmoid(factor x), for factors of 1/4 to 4.
Real timesSigmoidOfSingle(Real x, double factor);

/// `kind` of an f32 number good enough for 16-bit results, in few instructions
/// around exp2; none if it has no such form.
std::optional<Real> shortActivation(ActivationKind kind,
                                    ActivationParameters parameters, Real x);

// Logarithms (ElementaryLogarithm.cpp).
Real logOf(Real x);
Real log2Of(Real x);
Real log10Of(Real x);
Real log1pOf(Real x);
/// log(1 + x) for x in [0, 1] only, at a third of the price.
Real log1pOfUnit(Real x);

// Error functions (ElementaryError.cpp).
Real erfOf(Real x);
Real erfcOf(Real x);
/// erfc(x) for x in [0, 27) only.
Real erfcOfPositive(Real x);

// Hyperbolic functions and their inverses (ElementaryHyperbolic.cpp).
Real sinhOf(Real x);
Real coshOf(Real x);
Real tanhOf(Real x);
/// x - tanh(x) without cancellation.
Real tanhShrinkOf(Real x);
Real asinhOf(Real x);
Real acoshOf(Real x);
Real atanhOf(Real x);

// Trigonometric functions and their inverses (ElementaryTrigonometric.cpp).
Real sinOf(Real x);
Real cosOf(Real x);
Real tanOf(Real x);
Real asinOf(Real x);
Real acosOf(Real x);
Real atanOf(Real x);
Real atan2Of(Real y, Real x);

// Powers and roots (ElementaryPower.cpp).
Real powOf(Real base, Real exponent);
Real cbrtOf(Real x);
Real rsqrtOf(Real x);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_ELEMENTARYFUNCTIONS_H
