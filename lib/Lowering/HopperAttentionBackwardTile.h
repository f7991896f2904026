//===- HopperAttentionBackwardTile.h - What its kernels know ----*- C++ -*-===//
#ifndef LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARDTILE_H
#define LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARDTILE_H

#include "mlir/IR/Value.h"

namespace lacuna {

/// Where things are in global memory.
struct HopperAttentionBackwardMemory {
  llvm::SmallVector<mlir::Value> buffers;
  /// Of query, key, value, d_output; d_query, d_key, d_value.
  llvm::SmallVector<mlir::Value> maps;
  /// The kernel's own; where a failure is told, and what is said of bad bounds.
  mlir::Value own, failure, message;
};

/// Rows and keys that belong together: of a batch entry, or of a packed
/// sequence, which begins at `queryStart` and `keyStart`. Query i stands at
/// i + offset; its lines begin at tile `firstSlot` of queries.
struct HopperAttentionBackwardSequence {
  mlir::Value batch, queries, keys, offset;
  mlir::Value queryStart, keyStart, firstSlot, queryTiles;
};

/// One tile of keys and the tiles of queries that see it, [first, end); of
/// those only [firstWhole, endWhole) see all of it.
struct HopperAttentionBackwardTile : HopperAttentionBackwardSequence {
  mlir::Value number, firstKey, keyHead, first, end, count;
  mlir::Value firstWhole, endWhole, start, piece, pieceCount;
};

/// A tile of queries of one head; `step` counts them all.
struct HopperAttentionBackwardStep {
  mlir::Value number, head, step;
};

/// Queries that a block keeps, and the tiles of keys that they see.
struct HopperAttentionBackwardQueryTile : HopperAttentionBackwardSequence {
  mlir::Value firstRow, head, keyHead;
  mlir::Value first, end, count, firstWhole, endWhole;
};

/// What a thread knows of the queries that it keeps.
struct HopperAttentionBackwardRows {
  llvm::SmallVector<mlir::Value> logarithms, products;
  mlir::Value queries, outputs;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARDTILE_H
