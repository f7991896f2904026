//===- Rules.h - The rules, family by family --------------------*- C++ -*-===//
// Each function attaches the rules of one family of ops to their dialects.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_AUTODIFF_RULES_H
#define LACUNA_AUTODIFF_RULES_H

#include "lacuna/IR/Differentiation.h"

namespace lacuna {
void attachActivationRules(mlir::MLIRContext *context);
void attachContractionRules(mlir::MLIRContext *context);
void attachElementWiseRules(mlir::MLIRContext *context);
void attachLinalgMovementRules(mlir::MLIRContext *context);
void attachTensorMovementRules(mlir::MLIRContext *context);
void attachReductionRules(mlir::MLIRContext *context);

/// The cotangent of `by` in a straight line of scalar arith and math ops, from
/// those of `values`; null if it is zero. Reads what the ops compute. Fails
/// with an error at the first op on the way that has no rule.
mlir::FailureOr<mlir::Value>
differentiateScalars(mlir::OpBuilder &builder,
                     llvm::ArrayRef<mlir::Operation *> ops, mlir::Value by,
                     mlir::ValueRange values,
                     llvm::ArrayRef<mlir::Value> cotangents);
} // namespace lacuna

#endif // LACUNA_AUTODIFF_RULES_H
