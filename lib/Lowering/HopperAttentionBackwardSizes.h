//===- HopperAttentionBackwardSizes.h - Tiles of a gradient -----*- C++ -*-===//
// Tile shape and schedule: how many tiles and blocks.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARDSIZES_H
#define LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARDSIZES_H

#include "HopperAttentionProblem.h"

namespace lacuna {

struct HopperAttentionBackwardSizes : HopperAttentionProblem {
  /// Sums for queries there is room for; all go to the first.
  int64_t splits;

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
    return !masked() && !split && !hasLengths && !sequences && !hidesByPlace;
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
  /// One more, before them, finds what the score region hides.
  int64_t findingBlocks() const { return hidesByPlace ? 1 : 0; }
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
    return findingBlocks() + preparingBlocks() + heads() * queryBlocks() +
           batches * keyHeads * keyTiles();
  }

  /// Tiles of keys that see tile `tile` of queries: [first, last], none if
  /// last < first.
  int64_t firstKeyTile(int64_t tile) const;
  int64_t lastKeyTile(int64_t tile) const;
  /// Some rows see no tile of keys at all.
  bool hasBlindTiles() const;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARDSIZES_H
