//===- TensorOps.h - Tensor ops that rules are made of ----------*- C++ -*-===//
#ifndef LACUNA_AUTODIFF_TENSOROPS_H
#define LACUNA_AUTODIFF_TENSOROPS_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace lacuna {
using ScalarBody = llvm::function_ref<mlir::Value(
    mlir::OpBuilder &, mlir::Location, mlir::ValueRange)>;

/// A tensor of zeros.
mlir::Value zeros(mlir::OpBuilder &builder, mlir::Location loc,
                  mlir::RankedTensorType type);
/// A constant of float type `type`.
mlir::Value scalar(mlir::OpBuilder &builder, mlir::Location loc,
                   mlir::Type type, double value);
/// `body` of each element of `inputs`, which have the shape of `type`.
mlir::Value mapElements(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::RankedTensorType type, mlir::ValueRange inputs,
                        ScalarBody body);
/// The sums of `value` over `dims` (ascending), which are dropped.
mlir::Value sumOver(mlir::OpBuilder &builder, mlir::Location loc,
                    mlir::Value value, llvm::ArrayRef<int64_t> dims);
/// linalg.transpose: dimension i of the result is `permutation[i]` of `value`.
mlir::Value permute(mlir::OpBuilder &builder, mlir::Location loc,
                    mlir::Value value, llvm::ArrayRef<int64_t> permutation);
/// linalg.broadcast to `type`, whose dimensions `dims` are new.
mlir::Value broadcastAlong(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::Value value, mlir::RankedTensorType type,
                           llvm::ArrayRef<int64_t> dims);
} // namespace lacuna

#endif // LACUNA_AUTODIFF_TENSOROPS_H
