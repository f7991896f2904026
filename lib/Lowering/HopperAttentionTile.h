//===- HopperAttentionTile.h - What attention kernels know ------*- C++ -*-===//
#ifndef LACUNA_LIB_LOWERING_HOPPERATTENTIONTILE_H
#define LACUNA_LIB_LOWERING_HOPPERATTENTIONTILE_H

#include "mlir/IR/Value.h"

namespace lacuna {

/// Where things are in global memory.
struct HopperAttentionMemory {
  llvm::SmallVector<mlir::Value> buffers;
  /// Of query, key, value, result and mask.
  llvm::SmallVector<mlir::Value> maps;
  /// The next tile, if they are taken in turn; of tiles in parts, how many of
  /// each are done, and their results.
  mlir::Value counter, partials;
  /// Where a failure is told, and what is said of bad bounds.
  mlir::Value failure, message;
};

/// One tile of queries and the key blocks it sees, [firstBlock, lastBlock).
struct HopperAttentionTile {
  mlir::Value firstRow, head, batch, keyHead;
  mlir::Value firstBlock, lastBlock, count;
  /// Blocks in which the score region hides nothing.
  mlir::Value firstShown, lastShown;
  /// Of its sequence: how many queries and keys there are, where they begin,
  /// and how far behind its number a query stands.
  mlir::Value queries, keys, queryStart, keyStart, offset;
  /// Which part of the keys of which tile it is.
  mlir::Value number, part;
};

/// Registers carried over key blocks: sums of values, and for the two rows of a
/// thread their maxima and sums; probabilities.
struct HopperAttentionState {
  llvm::SmallVector<mlir::Value> sums, maxima, totals, probabilities;
};

/// What a run of blocks may hide: keys behind, keys before, and those that the
/// region does.
struct HopperAttentionHiding {
  bool right, left, region;
};

/// Where the barriers of a pipeline's stages are.
struct HopperAttentionBarriers {
  int64_t full, empty;
};

/// Where runs of blocks end that the right limit may cut, that nothing cuts,
/// that the left limit may cut.
struct HopperAttentionCuts {
  mlir::Value right, full, steps;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERATTENTIONTILE_H
