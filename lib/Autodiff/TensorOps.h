//===- TensorOps.h - Tensor ops that rules are made of ----------*- C++ -*-===//
#ifndef LACUNA_AUTODIFF_TENSOROPS_H
#define LACUNA_AUTODIFF_TENSOROPS_H

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace lacuna {
using ScalarBody = llvm::function_ref<mlir::Value(
    mlir::OpBuilder &, mlir::Location, mlir::ValueRange)>;

/// The type of a ranked tensor.
inline mlir::RankedTensorType typeOf(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType());
}

/// A tensor and the loops that its elements are read at.
struct Operand {
  mlir::Value value;
  mlir::AffineMap map;
};

/// f32 for f16 and bf16, which are computed in it; else `element` itself.
mlir::Type wideType(mlir::Type element);
/// `value`, a scalar, extended or rounded to the float type `type`.
mlir::Value convert(mlir::OpBuilder &builder, mlir::Location loc,
                    mlir::Value value, mlir::Type type);

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
/// The same of operands that are broadcast or permuted. Narrow floats are given
/// to `body` as f32, and what it returns is rounded to the elements of `type`.
mlir::Value mapElements(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::RankedTensorType type,
                        llvm::ArrayRef<Operand> operands, ScalarBody body);
/// `value` with all its loops in order.
Operand whole(mlir::Value value);
/// `value`, whose dimensions are those of `rank` loops without `dims`.
Operand without(mlir::Value value, int64_t rank, llvm::ArrayRef<int64_t> dims);
/// `value` broadcast from the right to `shape`, as NumPy does.
Operand spread(mlir::Value value, llvm::ArrayRef<int64_t> shape);
/// From the shape of the loops to `type`, that of an operand read through
/// `map`: sums over loops it is not read by.
mlir::Value sumToOperand(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::Value value, mlir::AffineMap map,
                         mlir::RankedTensorType type);
/// `value` in another shape of as many elements.
mlir::Value withShape(mlir::OpBuilder &builder, mlir::Location loc,
                    mlir::Value value, llvm::ArrayRef<int64_t> shape);
/// `value` in the elements of `type`.
mlir::Value convertElements(mlir::OpBuilder &builder, mlir::Location loc,
                            mlir::Value value, mlir::Type element);
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
