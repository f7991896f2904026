//===- Activation.h - Formulas of the activation functions ------*- C++ -*-===//
#ifndef LACUNA_LOWERING_ACTIVATION_H
#define LACUNA_LOWERING_ACTIVATION_H

#include "lacuna/IR/Dialect.h"

#include <optional>

namespace lacuna {

/// The parameters of an activation; absent ones have the kind's default.
struct ActivationParameters {
  std::optional<double> alpha, beta;
  /// 16-bit numbers by short formulas around exp2, which GPUs have.
  bool shortForms = false;
};

/// Emits the function `kind` of `x`, a scalar or vector of any float type,
/// as arith and math ops. What is narrower than f64 is computed exactly or
/// in wider arithmetic: the result is within 2 ulp in f32 for every input.
/// `shortForms` are within 2^-13 of the result, but sigmoid(x) vanishes where x
/// is below -87.
/// Limits stand for indeterminate forms: silu(-inf) = -0, softsign(inf) = 1.
mlir::Value emitActivation(mlir::OpBuilder &builder, mlir::Location loc,
                           ActivationKind kind, ActivationParameters parameters,
                           mlir::Value x);

} // namespace lacuna

#endif // LACUNA_LOWERING_ACTIVATION_H
