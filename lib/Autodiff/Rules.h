//===- Rules.h - The rules, family by family --------------------*- C++ -*-===//
// Each function attaches the rules of one family of ops to their dialects.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_AUTODIFF_RULES_H
#define LACUNA_AUTODIFF_RULES_H

#include "lacuna/IR/Differentiation.h"

namespace lacuna {
/// Attaches the rule `adjoint` to an op with one result: cotangent, wanted
/// operands, their cotangents, as in DifferentiableOpInterface::buildAdjoint.
template <typename OpT>
using Adjoint = mlir::LogicalResult (*)(OpT, mlir::OpBuilder &, mlir::Value,
                                        const llvm::BitVector &,
                                        llvm::MutableArrayRef<mlir::Value>);
template <typename OpT, Adjoint<OpT> adjoint>
struct AdjointRule
    : DifferentiableOpInterface::ExternalModel<AdjointRule<OpT, adjoint>, OpT> {
  mlir::LogicalResult
  buildAdjoint(mlir::Operation *op, mlir::OpBuilder &builder,
               llvm::ArrayRef<mlir::Value> cotangents,
               const llvm::BitVector &wanted,
               llvm::MutableArrayRef<mlir::Value> operandCotangents) const {
    return adjoint(mlir::cast<OpT>(op), builder, cotangents[0], wanted,
                   operandCotangents);
  }
};
template <typename OpT, Adjoint<OpT> adjoint>
void attachRule(mlir::MLIRContext *context) {
  OpT::template attachInterface<AdjointRule<OpT, adjoint>>(*context);
}

class ActivationOp;
/// The cotangent of the activation's input; null if it is zero.
mlir::Value activationCotangent(mlir::OpBuilder &builder, ActivationOp op,
                                mlir::Value cotangent);

void attachActivationRules(mlir::MLIRContext *context);
void attachBatchNormalizationRules(mlir::MLIRContext *context);
void attachContractionRules(mlir::MLIRContext *context);
void attachConvolutionRules(mlir::MLIRContext *context);
void attachPoolingRules(mlir::MLIRContext *context);
void attachLocalResponseNormRules(mlir::MLIRContext *context);
void attachResamplingRules(mlir::MLIRContext *context);
void attachSamplingRules(mlir::MLIRContext *context);
void attachElementWiseRules(mlir::MLIRContext *context);
void attachLinalgMovementRules(mlir::MLIRContext *context);
void attachTensorMovementRules(mlir::MLIRContext *context);
void attachAttentionRules(mlir::MLIRContext *context);
void attachGatedRules(mlir::MLIRContext *context);
void attachIndexingRules(mlir::MLIRContext *context);
void attachLossRules(mlir::MLIRContext *context);
void attachNormalizationRules(mlir::MLIRContext *context);
void attachOrderingRules(mlir::MLIRContext *context);
void attachScatterRules(mlir::MLIRContext *context);
void attachSoftmaxRules(mlir::MLIRContext *context);
void attachRandomRules(mlir::MLIRContext *context);
void attachRecomputeRules(mlir::MLIRContext *context);
void attachReductionRules(mlir::MLIRContext *context);

/// Makes ops in `function` give what their rules read, as further results.
void giveStatistics(mlir::Operation *function);

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
