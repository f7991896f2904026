//===- HopperAttentionBackwardState.h - What its blocks do ------*- C++ -*-===//
// Which tiles a block computes and whom it waits for, and what the first ones
// do for the others.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARDSTATE_H
#define LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARDSTATE_H

#include "HopperAttentionBackwardShape.h"
#include "HopperAttentionBackwardTile.h"
#include "HopperIntervals.h"
#include "HopperSequences.h"

namespace lacuna {

class HopperAttentionBackwardState {
protected:
  using Value = mlir::Value;
  using Sequence = HopperAttentionBackwardSequence;
  using Tile = HopperAttentionBackwardTile;
  using Step = HopperAttentionBackwardStep;
  using QueryTile = HopperAttentionBackwardQueryTile;
  using Rows = HopperAttentionBackwardRows;
  HopperAttentionBackwardState(HopperBuilder &builder, AttentionBackwardOp op,
                               const HopperAttentionBackwardShape &shape,
                               HopperAttentionBackwardMemory memory)
      : b(builder), op(op), shape(shape), memory(std::move(memory)) {}

  Tile tileAt(Value number);
  void startInPiece(Tile &tile, Value number, Value head);
  void seenTiles(Tile &tile);
  Tile placeOf(Value number);
  Value turnOf(const Tile &tile, const Step &step, Value &last);
  void waitForRows(const Tile &tile);
  void forWaves(const Tile &tile, llvm::function_ref<void(Value)> body);
  void finishWave(Value wave);

  /// Of batch entry `batch`, or of the block's sequence, of whose tiles it has
  /// number `index`.
  Sequence sequenceOf(Value batch, Value &index);
  void findSequence(Value computing, Value onKeys);
  Value slotOf(Value computing, Value onKeys);
  Value tileFrom(Value computing, Value onKeys, Value queries, Value keys);
  /// What is kept of a sequence in shared memory.
  enum SequenceWord {
    Batch,
    QueryCount,
    KeyCount,
    QueryStart,
    KeyStart,
    Index,
    Broken
  };
  void storeWord(SequenceWord word, Value value);
  void tellSequence(Value sequence, Value isKey, const HopperBounds &queries,
                    const HopperBounds &keys);
  Values place(Value column, Value row, Value head, const Sequence &sequence,
               bool isKey);
  Value globalHead(const Sequence &sequence, Value head);
  Value lineOf(const Sequence &sequence, Value head, Value row);

  void prepareRows();
  Value productOfRow(const Sequence &sequence, Value head, Value row,
                     Value part);
  void prepareRow(const Sequence &sequence, Value head, Value row, Value part,
                  Value exists);
  Value rowOffset(const Sequence &sequence, Value head, Value row,
                  int64_t depth);
  void clearRows(const Sequence &sequence, Value head, Value row, Value part);
  void clearRow(Value offset, Value part);

  /// What the score region hides by place: a block finds it for all others.
  void findHidden();
  void findRanges(size_t table);
  HopperSight sightOf(Value keyTile, Value queryTile);
  void findHull(Value keyTile);
  void findTurns(Value queryTile);
  void clearBlind(Value queryTile);
  void readHull(Value onKeys);
  void hearHull(Tile &tile);
  Value foundTurn(const Tile &tile, const Step &step, Value &last);

  Value ownAddress(int64_t offset, Value index);
  /// The same in a whole warp.
  Value uniform(Value value);
  Value at(int64_t offset) { return b.add(base, offset); }
  Value slot(int64_t barrier, Value stage) {
    return b.add(at(barrier), b.mul(stage, 8));
  }
  Value stageOf(Value step) { return b.rem(step, shape.stages); }
  Value phaseOf(Value step) { return b.bitAnd(b.div(step, shape.stages), 1); }

  HopperBuilder &b;
  AttentionBackwardOp op;
  const HopperAttentionBackwardShape &shape;
  HopperAttentionBackwardMemory memory;
  // The thread: number, warpgroup, warp in it, lane; first of its warp.
  Value base, thread, block, group, warp, lane, isLeader, isFirst;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARDSTATE_H
