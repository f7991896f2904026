//===- ContractionShape.h - A contraction as a batch of matmuls -*- C++ -*-===//
#ifndef LACUNA_LIB_LOWERING_CONTRACTIONSHAPE_H
#define LACUNA_LIB_LOWERING_CONTRACTIONSHAPE_H

#include "lacuna/IR/Dialect.h"
#include "lacuna/Lowering/KernelBuilder.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace lacuna {

/// One merged loop of a matrix product, with its strides in elements.
struct ContractionDim {
  int64_t size = 1;
  int64_t left = 0, right = 0;
  /// The loops of the op merged here, outermost first.
  llvm::SmallVector<int64_t> loops;
};

/// result[batch, m, n] = sum over k of left[batch, m, k] right[batch, k, n],
/// with n the result's contiguous dimension. The operands of the op may have
/// changed sides for that.
struct ContractionShape {
  mlir::Value leftOperand, rightOperand;
  llvm::SmallVector<ContractionDim> batch;
  ContractionDim m, n, k;

  /// Fails silently on forms that are better served by plain loops, and where
  /// an operand is no buffer.
  static mlir::FailureOr<ContractionShape>
  of(mlir::linalg::LinalgOp op,
     llvm::function_ref<bool(mlir::Value)> isBuffer);

  /// Of a product with packed weights; `n.right` and `k.right` mean nothing.
  static ContractionShape of(PackedContractionOp op);

  int64_t batchCount() const;
  llvm::SmallVector<int64_t> batchSizes() const;
  mlir::Value batchOffset(KernelBuilder &kernel, mlir::ValueRange indices,
                          bool left) const;
  /// Where `width` results from (row, column) on lie.
  Position resultPosition(KernelBuilder &kernel, mlir::ValueRange batch,
                          mlir::Value row, mlir::Value column,
                          int64_t width) const;

  llvm::SmallVector<int64_t> loopSizes;
  /// The loop behind each dimension of the result.
  llvm::SmallVector<int64_t> resultLoops;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_CONTRACTIONSHAPE_H
