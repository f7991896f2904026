//===- HopperAttentionShape.h - Tiles of an attention on Hopper -*- C++ -*-===//
// Tile shape, schedule and the layout of shared memory.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_HOPPERATTENTIONSHAPE_H
#define LACUNA_LIB_LOWERING_HOPPERATTENTIONSHAPE_H

#include "HopperAttentionProblem.h"

namespace lacuna {

struct HopperAttentionShape : HopperAttentionProblem {
  /// The mask comes by TMA, a tile at a time, rather than from registers.
  bool maskTiles = false;

  /// How. A block has `consumers` warpgroups of 64 queries.
  int64_t consumers, keyTile, consumerRegisters, producerRegisters;
  int64_t stages = 2;
  bool pingPong, persistent;
  /// Blocks take tiles in turn, by a counter in global memory, rather than
  /// every n-th.
  bool inTurn = false;
  /// Blocks that share the keys of a tile and put their results together.
  int64_t parts = 1;
  /// Heads whose tiles run together, so that their keys stay in the L2.
  int64_t sectionHeads;
  /// The results have shared memory of their own.
  bool separateOutput;

  int64_t rows() const { return 64 * consumers; }
  int64_t threads() const { return 128 * (consumers + 1); }
  int64_t keyPanels() const { return (depth + 63) / 64; }
  int64_t valuePanels() const { return (valueDepth + 63) / 64; }
  int64_t queryBytes() const { return keyPanels() * rows() * 128; }
  int64_t outputBytes() const { return valuePanels() * rows() * 128; }
  int64_t keyBytes() const { return keyPanels() * keyTile * 128; }
  int64_t valueBytes() const { return valuePanels() * keyTile * 128; }
  int64_t tilesPerHead() const { return (queries + rows() - 1) / rows(); }
  /// At most so many, whatever the bounds of sequences are.
  int64_t mostTiles() const {
    return (sequences ? queries / rows() + *sequences + 1 : tilesPerHead()) *
           heads();
  }
  int64_t heads() const { return batches * queryHeads; }
  int64_t keyBlocks() const { return (keys + keyTile - 1) / keyTile; }
  bool masked() const { return left || right; }
  /// Whether each block computes several tiles.
  bool stays() const { return persistent || inTurn; }
  /// exp2 of this times a score, as it is when the softmax sees it.
  double exponentScale() const;
  /// A part of the keys may be none at all.
  bool mayBeEmpty() const { return parts > 1 && (masked() || hasLengths); }
  /// Keys may end within the last block of a tile.
  bool hasTail() const {
    return hasLengths || sequences || mayBeEmpty() || keys % keyTile != 0;
  }
  /// Rows of a tile whose results are kept for other parts, and their bytes:
  /// sums of values, then maximum and sum of exponentials.
  int64_t partRows() const { return std::min(rows(), queries); }
  int64_t partStates() const {
    return mostTiles() * parts * partRows() * valueDepth;
  }
  int64_t partBytes() const {
    return 4 * (partStates() + 2 * mostTiles() * parts * partRows());
  }
  /// A row may see no key of the first block it meets.
  bool needsGuard() const;

  /// Shared memory: queries, results, keys, values, barriers.
  int64_t outputOffset() const { return separateOutput ? queryRegion() : 0; }
  int64_t keyOffset() const {
    return queryRegion() + (separateOutput ? outputBytes() : 0);
  }
  int64_t valueOffset() const { return keyOffset() + stages * keyBytes(); }
  int64_t maskPanels() const { return (keyTile + 63) / 64; }
  int64_t maskBytes() const {
    return maskTiles ? maskPanels() * rows() * 128 : 0;
  }
  int64_t maskOffset() const { return valueOffset() + stages * valueBytes(); }
  int64_t barrierOffset() const { return maskOffset() + maskBytes(); }
  /// Where the producer writes the tile whose turn it is: behind barriers.
  int64_t turnOffset() const {
    return barrierOffset() + 8 * (2 + 4 * stages + (maskTiles ? 2 : 0));
  }
  /// Its barriers, then its words.
  int64_t turnBytes() const { return inTurn ? 16 + 64 : parts > 1 ? 16 : 0; }
  /// Then for each sequence, and what lies behind the last, its tiles and keys,
  /// and in the order they are computed in the tiles before and its number.
  int64_t sequenceOffset() const { return turnOffset() + turnBytes(); }
  int64_t sequenceBytes() const { return sequences ? *sequences * 16 + 24 : 0; }
  /// Then the key blocks each tile sees, some or all of, and least and largest
  /// elements of captured tensors by block, in pairs of words.
  int64_t rangeOffset() const { return sequenceOffset() + sequenceBytes(); }
  int64_t rangeTable(size_t table) const {
    return rangeOffset() +
           8 * (2 * tilesPerHead() +
                int64_t(table) * std::max(tilesPerHead(), keyBlocks()));
  }
  int64_t sharedBytes() const {
    return hidesByPlace ? rangeTable(rangeTables.size()) : rangeOffset();
  }

private:
  int64_t queryRegion() const { return std::max(queryBytes(), outputBytes()); }
};

/// The shape of `op`, or why Hopper's kernel cannot do it.
std::optional<HopperAttentionShape>
hopperAttentionShape(AttentionOp op, int64_t processors, std::string &reason);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERATTENTIONSHAPE_H
