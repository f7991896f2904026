//===- ResampleAxes.h - Weighted sums along axes ----------------*- C++ -*-===//
#ifndef LACUNA_AUTODIFF_RESAMPLEAXES_H
#define LACUNA_AUTODIFF_RESAMPLEAXES_H

#include "lacuna/IR/ResizeTable.h"

namespace lacuna {

/// A dimension and what its elements become.
struct TabledAxis {
  int64_t dim;
  ResizeTable table;
};

/// The cotangent of a tensor that `axes` have read: `value` with each of these
/// dimensions multiplied by the transpose of its table. `type` is that of the
/// tensor.
mlir::Value transposeTables(mlir::OpBuilder &builder, mlir::Location loc,
                            mlir::Value value, mlir::RankedTensorType type,
                            llvm::ArrayRef<TabledAxis> axes);

} // namespace lacuna

#endif // LACUNA_AUTODIFF_RESAMPLEAXES_H
