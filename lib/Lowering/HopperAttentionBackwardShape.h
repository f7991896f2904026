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
  /// Sums for queries there is room for; all go to the first.
  int64_t splits;
  double scale;
  mlir::Type element;
  std::optional<double> softCap;
  bool hasScore = false, hasMask = false, hasLengths = false;
  /// Sequences one behind the other, by cu_seqlens; `queries` and `keys` are
  /// their totals, causality is aligned to their ends if `toEnd`.
  std::optional<int64_t> sequences;
  bool toEnd = false;

  /// How. Two warpgroups of a block keep 128 keys, and walk over tiles of
  /// queries. `split`: registers do not hold so many sums; one warpgroup sums
  /// for 64 values, the other for their keys, and other blocks keep 128 queries
  /// and walk over tiles of `narrowKeys` keys. Panels have 64 columns.
  bool split;
  int64_t keyPanels, valuePanels, keyTile, queryTile, narrowKeys;
  static constexpr int64_t consumers = 2, stages = 2, queryRows = 128;
  /// Blocks in front that prepare so many rows each.
  int64_t preparedRows;
  /// Where all see all, blocks of a head that run at once begin at queries of
  /// their own, so that each finds its turn to add when it comes. With them
  /// blocks of the last keys come first, in sections of heads, and wait only
  /// for earlier ones.
  int64_t processors, sectionHeads;

  bool cyclic() const {
    return !masked() && !split && !hasLengths && !sequences;
  }
  int64_t group() const { return queryHeads / keyHeads; }
  bool masked() const { return left || right; }
  int64_t threads() const { return 128 * (consumers + 1); }
  int64_t heads() const { return batches * queryHeads; }
  /// Tiles of `size` that `rows` take; of packed sequences at most, each and
  /// what is behind the last begin with one of their own.
  int64_t tilesOf(int64_t rows, int64_t size) const {
    return sequences ? rows / size + *sequences + 1 : (rows + size - 1) / size;
  }
  int64_t queryTiles() const { return tilesOf(queries, queryTile); }
  int64_t keyTiles() const { return tilesOf(keys, keyTile); }
  int64_t paddedRows() const { return queryTiles() * queryTile; }
  /// Blocks that others wait for together, and how many of them there are: a
  /// head's, or all.
  int64_t waves() const { return sequences ? 1 : heads(); }
  int64_t preparedTiles() const {
    return (paddedRows() + preparedRows - 1) / preparedRows;
  }
  int64_t preparingBlocks() const { return waves() * preparedTiles(); }
  /// Blocks that keep queries, of a head.
  int64_t queryBlocks() const {
    return split ? tilesOf(queries, queryRows) : 0;
  }
  int64_t narrowTiles() const { return (keys + narrowKeys - 1) / narrowKeys; }
  /// Keys may end within a tile.
  bool hasTail(int64_t tile) const {
    return hasLengths || sequences || keys % tile != 0;
  }
  /// Blocks that wait for the rows of a wave.
  int64_t waiting() const {
    return sequences ? heads() * queryBlocks() + keyHeads * keyTiles()
                     : keyTiles() + queryBlocks();
  }
  int64_t blocks() const {
    return preparingBlocks() + heads() * queryBlocks() +
           batches * keyHeads * keyTiles();
  }

  /// Tiles of keys that see tile `tile` of queries: [first, last], none if
  /// last < first.
  int64_t firstKeyTile(int64_t tile) const;
  int64_t lastKeyTile(int64_t tile) const;
  /// Some rows see no tile of keys at all.
  bool hasBlindTiles() const;

  /// Shared memory: keys, values, queries, cotangents of results, those of
  /// scores, sums for queries; logarithms and products; barriers. Split:
  /// probabilities for the other warpgroup in place of scores and sums.
  int64_t keyBytes() const { return keyPanels * keyTile * 128; }
  int64_t valueBytes() const { return valuePanels * keyTile * 128; }
  int64_t queryBytes() const { return keyPanels * queryTile * 128; }
  int64_t outputBytes() const { return valuePanels * queryTile * 128; }
  int64_t scoreBytes() const { return queryTile * keyTile * (split ? 4 : 2); }
  /// The part of the queries' sums that a warpgroup makes: 64 x 64.
  static constexpr int64_t partBytes = 64 * 64 * 4;
  int64_t lineBytes() const { return queryTile * 4; }
  int64_t valueOffset() const { return keyBytes(); }
  int64_t queryOffset() const { return keyBytes() + valueBytes(); }
  int64_t outputOffset() const { return queryOffset() + stages * queryBytes(); }
  int64_t scoreOffset() const {
    return outputOffset() + stages * outputBytes();
  }
  int64_t sumOffset() const { return scoreOffset() + 2 * scoreBytes(); }
  int64_t logarithmOffset() const {
    return sumOffset() + (split ? 0 : 4 * partBytes);
  }
  int64_t productOffset() const {
    return logarithmOffset() + stages * lineBytes();
  }
  int64_t barrierOffset() const {
    return std::max(productOffset() + stages * lineBytes(),
                    narrowOffset() + stages * narrowBytes());
  }
  /// Of packed operands, what a block knows of its sequence.
  int64_t sequenceOffset() const {
    return barrierOffset() + 8 * (2 + 4 * stages + 4);
  }
  int64_t sharedBytes() const {
    return sequenceOffset() + (sequences ? 32 : 0);
  }
  /// Of blocks that keep queries: those, cotangents of results, then stages of
  /// keys and values.
  int64_t keptOutputs() const { return keyPanels * queryRows * 128; }
  int64_t narrowOffset() const {
    return split ? (keyPanels + valuePanels) * queryRows * 128 : 0;
  }
  int64_t narrowBytes() const {
    return split ? (keyPanels + valuePanels) * narrowKeys * 128 : 0;
  }
  int64_t narrowValues() const { return keyPanels * narrowKeys * 128; }

  /// Global memory: logarithms, products, then counters: rows prepared and
  /// blocks done of each head, turns of each tile of queries.
  int64_t productMemory() const { return 4 * heads() * paddedRows(); }
  int64_t preparedMemory() const { return 2 * productMemory(); }
  int64_t doneMemory() const { return preparedMemory() + 4 * waves(); }
  int64_t turnMemory() const { return doneMemory() + 4 * waves(); }
  int64_t memoryBytes() const {
    return turnMemory() + 4 * heads() * queryTiles();
  }
};

/// The shape of `op`, or why Hopper's kernel cannot do it.
std::optional<HopperAttentionBackwardShape>
hopperAttentionBackwardShape(AttentionBackwardOp op, int64_t processors,
                             std::string &reason);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARDSHAPE_H
