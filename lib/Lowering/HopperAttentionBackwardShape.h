//===- HopperAttentionBackwardShape.h - Tiles of a gradient -----*- C++ -*-===//
// Sizes, visibility, tile shape, schedule and the layout of shared memory and
// of the memory of the kernel's own.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARDSHAPE_H
#define LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARDSHAPE_H

#include "lacuna/IR/Dialect.h"

#include <optional>

namespace lacuna {

struct HopperAttentionBackwardShape {
  /// What is computed. Query i stands at i + offset; keys from `left` before
  /// to `right` behind it are visible.
  int64_t batches, queryHeads, keyHeads, queries, keys, depth, valueDepth;
  int64_t offset = 0;
  std::optional<int64_t> left, right;
  double scale;
  mlir::Type element;
  std::optional<double> softCap;

  /// How. A block has two warpgroups of 64 keys and walks over tiles of
  /// queries; heads are as many panels of 64 columns deep.
  int64_t panels, queryTile;
  static constexpr int64_t consumers = 2, keyTile = 128, stages = 2;
  /// Blocks in front that prepare so many rows each.
  int64_t preparedRows;
  /// Blocks of a head begin at queries of their own, so that each finds its
  /// turn to add when it comes: all of them must run at once. Otherwise blocks
  /// of the last keys come first, and wait only for earlier ones.
  bool cyclic;
  int64_t sectionHeads;

  int64_t group() const { return queryHeads / keyHeads; }
  bool masked() const { return left || right; }
  int64_t threads() const { return 128 * (consumers + 1); }
  int64_t heads() const { return batches * queryHeads; }
  int64_t queryTiles() const { return (queries + queryTile - 1) / queryTile; }
  int64_t keyTiles() const { return (keys + keyTile - 1) / keyTile; }
  int64_t paddedRows() const { return queryTiles() * queryTile; }
  int64_t preparedTiles() const {
    return (paddedRows() + preparedRows - 1) / preparedRows;
  }
  int64_t preparingBlocks() const { return heads() * preparedTiles(); }
  int64_t blocks() const {
    return preparingBlocks() + batches * keyHeads * keyTiles();
  }

  /// Tiles of keys that see tile `tile` of queries: [first, last], none if
  /// last < first.
  int64_t firstKeyTile(int64_t tile) const;
  int64_t lastKeyTile(int64_t tile) const;
  /// Some rows see no tile of keys at all.
  bool hasBlindTiles() const;

  /// Shared memory: keys, values, queries, cotangents of results, those of
  /// scores, sums for queries; logarithms and products; barriers.
  int64_t keyBytes() const { return panels * keyTile * 128; }
  int64_t queryBytes() const { return panels * queryTile * 128; }
  int64_t scoreBytes() const { return queryTile * keyTile * 2; }
  /// The part of the queries' sums that a warpgroup makes: 64 x 64.
  static constexpr int64_t partBytes = 64 * 64 * 4;
  int64_t lineBytes() const { return queryTile * 4; }
  int64_t valueOffset() const { return keyBytes(); }
  int64_t queryOffset() const { return 2 * keyBytes(); }
  int64_t outputOffset() const { return queryOffset() + stages * queryBytes(); }
  int64_t scoreOffset() const { return outputOffset() + stages * queryBytes(); }
  int64_t sumOffset() const { return scoreOffset() + 2 * scoreBytes(); }
  int64_t logarithmOffset() const { return sumOffset() + 4 * partBytes; }
  int64_t productOffset() const {
    return logarithmOffset() + stages * lineBytes();
  }
  int64_t barrierOffset() const {
    return productOffset() + stages * lineBytes();
  }
  int64_t sharedBytes() const { return barrierOffset() + 8 * (2 + 4 * stages); }

  /// Global memory: logarithms, products, then counters: rows prepared and
  /// blocks done of each head, turns of each tile of queries and half.
  int64_t productMemory() const { return 4 * heads() * paddedRows(); }
  int64_t preparedMemory() const { return 2 * productMemory(); }
  int64_t doneMemory() const { return preparedMemory() + 4 * heads(); }
  int64_t turnMemory() const { return doneMemory() + 4 * heads(); }
  int64_t memoryBytes() const {
    return turnMemory() + 8 * heads() * queryTiles();
  }
};

/// The shape of `op`, or why Hopper's kernel cannot do it.
std::optional<HopperAttentionBackwardShape>
hopperAttentionBackwardShape(AttentionBackwardOp op, int64_t processors,
                             std::string &reason);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARDSHAPE_H
