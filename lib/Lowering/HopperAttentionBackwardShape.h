//===- HopperAttentionBackwardShape.h - Memory of a gradient ----*- C++ -*-===//
// The layout of shared memory and of the memory of the kernel's own.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARDSHAPE_H
#define LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARDSHAPE_H

#include "HopperAttentionBackwardSizes.h"

namespace lacuna {

struct HopperAttentionBackwardShape : HopperAttentionBackwardSizes {
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
  /// Of packed operands, what a block knows of its sequence; of what is hidden
  /// by place, of its tile.
  int64_t sequenceOffset() const {
    return barrierOffset() + 8 * (2 + 4 * stages + 4);
  }
  int64_t sharedBytes() const {
    return sequenceOffset() + (sequences || hidesByPlace ? 32 : 0);
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
  /// What is seen by place: of each tile of keys four words, and its turns at
  /// tiles of queries; of each of those the last turn.
  int64_t hullMemory() const {
    return turnMemory() + 4 * heads() * queryTiles();
  }
  int64_t orderMemory() const { return hullMemory() + 16 * keyTiles(); }
  int64_t lastMemory() const {
    return orderMemory() + 4 * keyTiles() * queryTiles();
  }
  int64_t memoryBytes() const {
    return hidesByPlace ? lastMemory() + 4 * queryTiles() : hullMemory();
  }
  /// In shared memory of the block that finds it: ranges of captured tensors,
  /// then the first and last tiles of queries that each tile of keys sees.
  int64_t rangeOffset(size_t table) const {
    return 8 * int64_t(table) * std::max(keyTiles(), queryTiles());
  }
  int64_t hullOffset() const { return rangeOffset(rangeTables.size()); }
  int64_t findingBytes() const { return hullOffset() + 8 * keyTiles(); }
};

/// The shape of `op`, or why Hopper's kernel cannot do it.
std::optional<HopperAttentionBackwardShape>
hopperAttentionBackwardShape(AttentionBackwardOp op, int64_t processors,
                             std::string &reason);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARDSHAPE_H
