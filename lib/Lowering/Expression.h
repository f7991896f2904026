//===- Expression.h - Arithmetic on IR values, written as formulas ---------===//
// Lets an expansion read like its formula: operators on Real, Bits and Mask
// emit arith and math ops. All three are scalars or vectors alike; a bare
// number takes the type of the value that it meets.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_EXPRESSION_H
#define LACUNA_LIB_LOWERING_EXPRESSION_H

#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/Value.h"

#include <initializer_list>

namespace lacuna {

/// A truth value (i1), as comparisons give it.
struct Mask {
  mlir::ImplicitLocOpBuilder *builder;
  mlir::Value value;
};

/// An integer of the width of a floating-point value, or a constant.
struct Bits {
  Bits(int64_t constant) : constant(constant) {}
  Bits(mlir::ImplicitLocOpBuilder *builder, mlir::Value value)
      : builder(builder), value(value) {}

  mlir::ImplicitLocOpBuilder *builder = nullptr;
  mlir::Value value;
  int64_t constant = 0;
};

/// A floating-point number, or a constant.
struct Real {
  Real(double constant) : constant(constant) {}
  Real(mlir::ImplicitLocOpBuilder &builder, mlir::Value value)
      : builder(&builder), value(value) {}

  /// The element type; of a value, not of a constant.
  mlir::FloatType type() const;
  /// This number in the type of `other`.
  Real like(const Real &other) const;

  mlir::ImplicitLocOpBuilder *builder = nullptr;
  mlir::Value value;
  double constant = 0;
};

Real operator+(Real a, Real b);
Real operator-(Real a, Real b);
Real operator*(Real a, Real b);
Real operator/(Real a, Real b);
Real operator-(Real a);
/// a * b + c, rounded once.
Real fma(Real a, Real b, Real c);
Real abs(Real a);
Real copySign(Real magnitude, Real sign);
Real floor(Real a);
Real ceil(Real a);
Real sqrt(Real a);
/// To the nearest integer, ties to even.
Real roundEven(Real a);
/// The larger one; `b` when either is a NaN. One instruction on x86.
Real maxOrSecond(Real a, Real b);
Real minOrSecond(Real a, Real b);
/// c0 + c1 x + c2 x^2 + … by Horner's rule.
Real polynomial(Real x, std::initializer_list<double> coefficients);
/// The nearest value of another floating-point type.
Real convert(Real a, mlir::FloatType type);

/// Comparisons are false on a NaN, `!=` and `isNaN` excepted.
Mask operator<(Real a, Real b);
Mask operator<=(Real a, Real b);
Mask operator>(Real a, Real b);
Mask operator>=(Real a, Real b);
Mask operator==(Real a, Real b);
Mask isNaN(Real a);
Mask operator&(Mask a, Mask b);
Mask operator|(Mask a, Mask b);
Mask operator!(Mask a);
Real select(Mask mask, Real yes, Real no);
Bits select(Mask mask, Bits yes, Bits no);

/// The representation of `a`, and the number with that representation.
Bits bitsOf(Real a);
Real realOf(Bits a, mlir::FloatType type);
Bits operator+(Bits a, Bits b);
Bits operator-(Bits a, Bits b);
Bits operator&(Bits a, Bits b);
Bits operator|(Bits a, Bits b);
Bits operator<<(Bits a, Bits b);
/// Shifts in zeros; `shiftRightSigned` shifts in the sign.
Bits operator>>(Bits a, Bits b);
Bits shiftRightSigned(Bits a, Bits b);
Mask operator==(Bits a, Bits b);
Mask isNegative(Bits a);
/// The same number in an integer type of another width, zero-extended.
Bits resize(Bits a, unsigned width);

/// `type` with its element type exchanged; scalars and vectors alike.
mlir::Type withElement(mlir::Type type, mlir::Type element);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_EXPRESSION_H
