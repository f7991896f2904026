//===- VectorBlocks.h - A dimension in vectors ------------------*- C++ -*-===//
#ifndef LACUNA_LIB_LOWERING_VECTORBLOCKS_H
#define LACUNA_LIB_LOWERING_VECTORBLOCKS_H

#include "lacuna/Lowering/KernelBuilder.h"

namespace lacuna {

/// `size` elements cut into blocks of `width`. The last block is moved back to
/// end with the data: what it shares with the one before is computed twice.
struct VectorBlocks {
  int64_t count = 1, width = 1, size = 1;

  /// Blocks of up to four vector registers of `element`, nearly equal.
  static VectorBlocks of(const CPUTarget &target, mlir::Type element,
                         int64_t size);
  /// One element at a time.
  static VectorBlocks single(int64_t size) { return {size, 1, size}; }

  /// Where block `block` starts.
  mlir::Value first(KernelBuilder &kernel, mlir::Value block) const;
  /// Calls `body` with the start of each block.
  mlir::LogicalResult
  forEach(KernelBuilder &kernel,
          llvm::function_ref<mlir::LogicalResult(mlir::Value)> body) const;
};

/// Reads `lanes` elements of `buffer`, of one dimension; a scalar if one.
mlir::Value loadLanes(KernelBuilder &kernel, mlir::Value buffer, mlir::Value at,
                      int64_t lanes);
/// Writes a vector or a scalar likewise.
void storeLanes(KernelBuilder &kernel, mlir::Value value, mlir::Value buffer,
                mlir::Value at);
/// Combines the `lanes` elements of each of `vectors` by halves into scalars;
/// `combine` takes two lists of vectors, or of scalars, of their length.
llvm::SmallVector<mlir::Value>
foldLanes(KernelBuilder &kernel, mlir::ValueRange vectors, int64_t lanes,
          llvm::function_ref<llvm::SmallVector<mlir::Value>(
              mlir::ValueRange, mlir::ValueRange)>
              combine);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_VECTORBLOCKS_H
