//===- ElementaryTrigonometric.cpp - sin, cos, tan and their inverses -----===//
// x = (n + f) pi/2 with |f| <= 1/2 for every finite f32 number: 2/pi is cut in
// pieces of 29 bits, whose products with x are exact in f64 and lose their
// multiples of four without rounding (after M. Payne and R. Hanek, 1983).
//===----------------------------------------------------------------------===//
#include "ElementaryFunctions.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <limits>

namespace lacuna {

namespace {
struct Reduced {
  Bits quadrant;
  Real angle;
};
} // namespace

static constexpr double halfPi = 0x1.921fb54442d18p+0;
static constexpr double pi = 0x1.921fb54442d18p+1;

static constexpr double twoOverPiNearest = 0x1.45f306dc9c883p-1;
static constexpr double twoOverPi[] = {
    0x1.45f306dp-1,   0x1.9391054p-30,  0x1.4fe13abp-59, 0x1.d1f534dp-88,
    0x1.b81b6c5p-117, 0x1.5993c4p-148,  0x1.c820ff2p-175};

/// For f64 numbers up to 2^50: pi/2 in three pieces.
static Reduced reduceDouble(Real x) {
  constexpr double roundingShift = 0x1.8p52;
  Real rounder = fma(x, twoOverPiNearest, roundingShift);
  Real n = rounder - roundingShift;
  Real r = fma(n, -halfPi, x);
  r = fma(n, -0x1.1a62633145c07p-54, r);
  return {bitsOf(rounder), fma(n, 0x1.f1976b7ed8fbcp-110, r)};
}

static Reduced reduce(Real x) {
  if (FullPrecision::isOn())
    return reduceDouble(x);
  constexpr double roundingShift = 0x1.8p52;
  llvm::SmallVector<Real, 8> pieces;
  Real sum = 0.0;
  for (double piece : twoOverPi) {
    Real product = x * piece;
    Real turns = roundEven(product * 0.25);
    pieces.push_back(fma(turns, -4.0, product));
    sum = pieces.size() == 1 ? pieces.back() : sum + pieces.back();
  }
  Real rounder = sum + roundingShift;
  Real f = pieces.front() - (rounder - roundingShift);
  for (const Real &piece : llvm::drop_begin(pieces))
    f = f + piece;
  return {bitsOf(rounder), f * halfPi};
}

static Real sinOfReduced(Real r) {
  Real z = r * r;
  if (FullPrecision::isOn()) {
    Real series = polynomial(
        z, {-1.0 / 6, 1.0 / 120, -1.0 / 5040, 1.0 / 362880, -1.0 / 39916800,
            1.0 / 6227020800, -1.0 / 1307674368000, 1.0 / 355687428096000});
    return fma(r * z, series, r);
  }
  Real p = polynomial(z, {-0.16666666666631611, 8.3333333252746042e-3,
                          -1.9841263824419122e-4, 2.7555358047202236e-6,
                          -2.4761672646648228e-8});
  return fma(r * z, p, r);
}

static Real cosOfReduced(Real r) {
  Real z = r * r;
  if (FullPrecision::isOn()) {
    Real series = polynomial(
        z, {1.0 / 24, -1.0 / 720, 1.0 / 40320, -1.0 / 3628800, 1.0 / 479001600,
            -1.0 / 87178291200, 1.0 / 20922789888000});
    return fma(z * z, series, fma(z, -0.5, 1.0));
  }
  Real p = polynomial(z, {4.1666666666662223e-2, -1.3888888878270911e-3,
                          2.4801580970160833e-5, -2.7555566852219011e-7,
                          2.0647719670214194e-9});
  return fma(z * z, p, fma(z, -0.5, 1.0));
}

/// Whether the quadrant plus `shift` is odd, and whether it is 2 or 3.
static Mask isOdd(Bits quadrant) { return !((quadrant & 1) == 0); }
static Mask isLower(Bits quadrant) { return !((quadrant & 2) == 0); }

Real sinOf(Real x) {
  Reduced reduced = reduce(x);
  Real result = select(isOdd(reduced.quadrant), cosOfReduced(reduced.angle),
                       sinOfReduced(reduced.angle));
  result = select(isLower(reduced.quadrant), -result, result);
  return select(x == 0.0, x, result);
}

Real cosOf(Real x) {
  Reduced reduced = reduce(x);
  Real result = select(isOdd(reduced.quadrant), sinOfReduced(reduced.angle),
                       cosOfReduced(reduced.angle));
  return select(isLower(reduced.quadrant + 1), -result, result);
}

Real tanOf(Real x) {
  Reduced reduced = reduce(x);
  Real sine = sinOfReduced(reduced.angle);
  Real cosine = cosOfReduced(reduced.angle);
  Mask odd = isOdd(reduced.quadrant);
  Real result = select(odd, -cosine, sine) / select(odd, sine, cosine);
  return select(x == 0.0, x, result);
}

/// asin(x) for x in [0, 1/2], given x^2.
static Real asinOfReduced(Real x, Real square) {
  if (FullPrecision::isOn()) {
    Real q = polynomial(
        square,
        {0.16666666666666666, 0.075, 0.04464285714285733,
         0.030381944444416026, 0.02237215909317005, 0.017352764314166404,
         0.013964847201078209, 0.011551725096369309, 0.00976280315377276,
         0.008376574313807946, 0.007429967115634831, 0.005703985285885832,
         0.009199712622417993, -0.006444026904111232, 0.031498365755136454,
         -0.03514900475817646, 0.03368099542280555});
    return fma(x * square, q, x);
  }
  Real p = polynomial(square, {0.16666666626724322, 7.5000050420983645e-2,
                               4.4640687701422663e-2, 3.0426842763786394e-2,
                               2.1863001155432861e-2, 2.0659073981705754e-2,
                               1.9483756203327041e-3, 3.2941830601908529e-2});
  return fma(x * square, p, x);
}

Real asinOf(Real x) {
  // asin(a) = pi/2 - 2 asin(sqrt((1 - a) / 2)) beyond 1/2.
  Real a = abs(x);
  Mask far = a > 0.5;
  Real square = select(far, (1.0 - a) * 0.5, a * a);
  Real small = asinOfReduced(select(far, sqrt(square), a), square);
  return copySign(select(far, fma(small, -2.0, halfPi), small), x);
}

Real acosOf(Real x) {
  Real a = abs(x);
  Mask far = a > 0.5;
  Real square = select(far, (1.0 - a) * 0.5, a * a);
  Real small = asinOfReduced(select(far, sqrt(square), a), square);
  Real near = halfPi - copySign(small, x);
  Real twice = small + small;
  return select(far, select(x < 0.0, pi - twice, twice), near);
}

/// atan(q) for q in [0, 1]; beyond tan(pi/8) it is that of (q - 1) / (q + 1)
/// and pi/4.
static Real atanOfUnitDouble(Real q) {
  Mask far = q > 0.4142135623730950;
  Real s = select(far, (q - 1.0) / (q + 1.0), q), z = s * s;
  Real p = polynomial(
      z, {-0.3333333333333333, 0.19999999999999993, -0.14285714285711515,
          0.11111111110754406, -0.0909090906699066, 0.07692306735321475,
          -0.06666642004996545, 0.05881925033877732, -0.052580394289794816,
          0.04719381457895137, -0.04104381417807643, 0.03063443323901452,
          -0.013916943217800841});
  Real result = fma(s * z, p, s);
  return select(far, result + (0.5 * halfPi), result);
}

/// atan(y / x) for 0 <= y, 0 <= x, not both zero nor both infinite.
static Real atanOfQuotient(Real y, Real x) {
  Mask steep = y > x;
  Real q = select(steep, x, y) / select(steep, y, x);
  if (FullPrecision::isOn()) {
    Real unit = atanOfUnitDouble(q);
    return select(steep, halfPi - unit, unit);
  }
  Real z = q * q;
  Real p = polynomial(
      z, {-0.3333333329596258, 0.19999996880199128, -0.14285622911209722, 0.11109754738312232, -0.09078917269463255, 0.07623178107629137, -0.06391490409197309, 0.050952553976221754, -0.03593764200819225, 0.02054864455865349, -0.008602321923440456, 0.0022867566442911357, -0.00028548625458192016});
  Real result = fma(q * z, p, q);
  return select(steep, halfPi - result, result);
}

Real atanOf(Real x) { return copySign(atanOfQuotient(abs(x), 1.0), x); }

Real atan2Of(Real y, Real x) {
  // Both zero is atan(0 / 1), both infinite is atan(1 / 1).
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Real height = abs(y), width = abs(x);
  Mask bothInfinite = (height == infinity) & (width == infinity);
  Mask bothZero = (height == 0.0) & (width == 0.0);
  height = select(bothInfinite, 1.0, height);
  width = select(bothInfinite | bothZero, 1.0, width);
  Real angle = atanOfQuotient(height, width);
  angle = select(isNegative(bitsOf(x)), pi - angle, angle);
  angle = select(isNaN(x) | isNaN(y), x + y, angle);
  return copySign(angle, y);
}

} // namespace lacuna
