//===- HopperAttention.h - Attention on tensor cores ------------*- C++ -*-===//
// One producer thread brings tiles by TMA; each consumer warpgroup keeps 64
// queries, their scores and their sums in registers (FlashAttention-3,
// arXiv 2407.08608): the scores of the next keys are multiplied while the
// softmax of these ones is computed.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_HOPPERATTENTION_H
#define LACUNA_LIB_LOWERING_HOPPERATTENTION_H

#include "HopperAttentionShape.h"
#include "HopperAttentionTile.h"
#include "HopperBuilder.h"
#include "HopperIntervals.h"
#include "HopperRegion.h"
#include "HopperSequences.h"

namespace lacuna {

class HopperAttention {
public:
  using Value = mlir::Value;
  using Memory = HopperAttentionMemory;
  HopperAttention(HopperBuilder &builder, AttentionOp op,
                  const HopperAttentionShape &shape, Memory memory)
      : b(builder), op(op), shape(shape), memory(std::move(memory)),
        region(b, AttentionParts::of(op), op.getScore(),
               this->memory.buffers) {}
  /// Emits the body at the builder's insertion point.
  void emit();

private:
  using Tile = HopperAttentionTile;
  using State = HopperAttentionState;
  using Hiding = HopperAttentionHiding;
  using Barriers = HopperAttentionBarriers;

  void initBarriers();
  Tile tileAt(Value number);
  void placeInSection(Tile &tile, Value number, Value tiles, Value section);
  void seenBlocks(Tile &tile);
  Value keyLength(Value batch);
  void narrow(Tile &tile);
  /// Which key blocks each tile sees, by intervals of the score region.
  void findSeenBlocks();
  void findRanges(size_t table);
  HopperSight sightOf(Value tile, Value block);
  using TileBody = llvm::function_ref<void(Tile, Value, Value)>;
  void forTiles(TileBody body);

  // Tiles in turn: the producer takes numbers and tells the consumers.
  Barriers turnBarriers() const;
  llvm::SmallVector<Value Tile::*> toldWords() const;
  Value tileTotal();
  Value takeNumber(Value total);
  void tell(const Tile &tile, Value tileCount);
  Tile hear(Value tileCount);
  void giveTurns(TileBody body);
  void followTurns(TileBody body);

  // Packed sequences.
  using Bounds = HopperBounds;
  Bounds boundsOf(Value lengths, int64_t total, Value sequence);
  void findSequences();
  void orderSequences();
  Tile packedTileAt(Value number);
  Value sequenceWord(int64_t table, Value index);
  Values place(int64_t panel, Value row, Value head, const Tile &tile,
               bool isKey);

  // Keys in parts.
  Tile partAt(Value number);
  Value partial(Value index);
  void writePart(const Tile &tile, const State &state);
  void mergeParts(const Tile &tile);
  Value countPart(const Tile &tile);
  void mergeElements(const Tile &tile, Value line, Value column,
                     int64_t width);
  llvm::SmallVector<Values> readParts(Value firstSlot, Value line,
                                      int64_t count, int64_t stride,
                                      Value offset, int64_t width);
  void writeElements(const Tile &tile, Value line, Value column, Values sums);

  void emitProducer();
  void loadPanels(Value map, Value address, int64_t rows, int64_t panels,
                  Value barrier, llvm::function_ref<Values(int64_t)> place);
  void loadBlock(const Tile &tile, Value block, Value step, bool isValue);
  void emitConsumer();
  void emitTile(const Tile &tile, Value step, Value tileCount);
  using Cuts = HopperAttentionCuts;
  Cuts cutsOf(const Tile &tile);
  State firstBlock(const Tile &tile, Value step);
  State blocks(const Tile &tile, Value step, State state);
  State nextBlock(const Tile &tile, Value step, Value from, State state,
                  Hiding hiding);
  Value multiplyKeys(Value stage);
  Value multiplyValues(Value sums, Value probabilities, Value stage);
  /// Hides what is beyond the limits of the thread's rows.
  void mask(Values &scores, const Tile &tile, Value block, Hiding hiding);
  /// Score region, soft cap and mask.
  void adjust(Values &scores, const Tile &tile, Value block,
              llvm::ArrayRef<Value> mask, bool shown);
  /// Before the scores are there, and once they are.
  Values readMask(const Tile &tile, Value block);
  HopperRegion::Place regionPlace(const Tile &tile, Value block);
  void readRegion(const Tile &tile, Value block);
  void addMask(Values &scores, llvm::ArrayRef<Value> mask, double scale);
  Value firstQuery(const Tile &tile);
  Values softmax(Values &scores, State &state, bool first);
  Value logarithm(Value maximum, Value total);
  void writeLogarithms(const Tile &tile, const State &state);
  Value packed(llvm::ArrayRef<Value> probabilities);
  void rescale(Values &sums, llvm::ArrayRef<Value> factors);
  void writeTile(const Tile &tile, State state);
  void storeFragments(llvm::ArrayRef<Value> sums);
  void storeTile(const Tile &tile);
  void release(Barriers barriers, Value stage);
  void takeTurn(bool arrive);

  Value at(int64_t offset) { return b.add(base, offset); }
  Value slot(int64_t barrier, Value stage) {
    return b.add(at(barrier), b.mul(stage, 8));
  }
  Value stageOf(Value step) { return b.rem(step, shape.stages); }
  Value phaseOf(Value step) { return b.bitAnd(b.div(step, shape.stages), 1); }
  Barriers queryBarriers() const;
  Barriers keyBarriers() const;
  Barriers valueBarriers() const;
  Barriers maskBarriers() const;
  void loadMask(const Tile &tile, Value block, Value step);
  Values readMaskTile(Value step);

  HopperBuilder &b;
  AttentionOp op;
  const HopperAttentionShape &shape;
  Memory memory;
  HopperRegion region;
  /// The producer is a single thread.
  bool isAlone = false;
  // The thread: number, block, warpgroup; first of its warp, of its group.
  Value base, thread, block, gridSize, group, isLeader, isFirst;
  // Its first row within the warpgroup, its first column, its lane.
  Value row, column, lane;
  // Descriptors of the group's queries and of the first stage.
  Value queryMatrix, keyMatrix, valueMatrix;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERATTENTION_H
