//===- HopperAttentionBackward.h - Its gradient on tensor cores -*- C++ -*-===//
// The first blocks of the grid multiply results with their cotangents, row by
// row. Each of the others keeps 128 keys and values, and their cotangents in
// registers, and walks over the queries (FlashAttention-3, arXiv 2407.08608):
// scores and their cotangents are computed with keys as rows, so that both are
// the left sides of the next products as they are. The cotangents of queries
// are added up in global memory, in turns: the order of blocks is fixed.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARD_H
#define LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARD_H

#include "HopperAttentionBackwardShape.h"
#include "HopperAttentionBackwardTile.h"
#include "HopperRegion.h"

namespace lacuna {

class HopperAttentionBackward {
public:
  using Value = mlir::Value;
  using Range = llvm::ArrayRef<Value>;
  using Memory = HopperAttentionBackwardMemory;
  HopperAttentionBackward(HopperBuilder &builder, AttentionBackwardOp op,
                          const HopperAttentionBackwardShape &shape,
                          Memory memory);
  /// Emits the body at the builder's insertion point.
  void emit();

private:
  using Sequence = HopperAttentionBackwardSequence;
  using Tile = HopperAttentionBackwardTile;
  using Step = HopperAttentionBackwardStep;
  using QueryTile = HopperAttentionBackwardQueryTile;
  using Rows = HopperAttentionBackwardRows;
  struct Barriers { int64_t full, empty; };
  /// What a thread knows of its scores before they are there.
  struct Spot {
    HopperRegion::Place place;
    Values mask;
    bool keysAreRows;
  };
  enum Loaded { Queries, Outputs };

  void initBarriers();
  void emitRoles(Value computing, Value onKeys);
  Tile tileAt(Value number);
  void startInPiece(Tile &tile, Value number, Value head);
  void seenTiles(Tile &tile);
  /// `body(step, masked, carried)` for each step, in order. With `split` loops
  /// are apart where something of it may be hidden and where not.
  Values forSteps(const Tile &tile, bool split, mlir::ValueRange initial,
                  llvm::function_ref<Values(Step, bool, mlir::ValueRange)> body,
                  bool skipFirst = false);
  Value ownAddress(int64_t offset, Value index);

  /// Of batch entry `batch`, or of the block's sequence, of whose tiles it has
  /// number `index`.
  Sequence sequenceOf(Value batch, Value &index);
  void findSequence(Value computing, Value onKeys);
  Value slotOf(Value computing, Value onKeys, Value queries, Value keys);
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

  void emitProducer(const Tile &tile);
  void loadPanels(int64_t map, Value address, int64_t panels, int64_t rows,
                  Value barrier, int64_t more,
                  llvm::function_ref<Values(Value)> place);
  void loadRows(const Tile &tile, const Step &step, Loaded which);
  void loadAll(const Tile &tile);
  void waitForRows(const Tile &tile);
  void forWaves(const Tile &tile, llvm::function_ref<void(Value)> body);
  void finishWave(Value wave);
  void addInTurn(const Tile &tile, Value buffer);
  void storeSums(const Tile &tile, const Step &step, Value buffer);
  Value turnOf(const Tile &tile, const Step &step, Value &last);

  void emitConsumer(const Tile &tile);
  Values nextStep(const Tile &tile, const Step &step, bool masked,
                  mlir::ValueRange carried);
  Values readLine(int64_t offset, Value stage);
  Values probabilities(const Tile &tile, const Step &step, const Spot &spot,
                       bool masked, Value scores, Values &slopes);
  Spot readSpot(const HopperRegion::Place &place, int64_t count,
                bool keysAreRows);
  Spot spotOf(const Tile &tile, const Step &step);
  void readMask(Spot &spot, int64_t count);
  Value chance(const Spot &spot, int64_t i, Value score, Value logarithm,
               Value &slope);
  Values sloped(Range chances, Range slopes);
  void mask(const Tile &tile, const Step &step, Values &elements);
  Value multiplyRows(Value left, int64_t leftRows, Value right,
                     int64_t rightRows, int64_t panels);
  Value multiplyQueries(Value stage);
  Value addProduct(Value sums, Value words, Value right, int64_t rows);
  void storeScores(Value words, Value stage);
  void giveSums(const Step &step, Value sums);
  void writePanels(const Tile &tile, Range sums, int64_t offset, int64_t map);
  void startThread(bool split);
  Values changes(Range chances, Value cotangents, const Step &step);

  /// Split: one warpgroup computes probabilities and sums for values, the
  /// other for keys.
  void emitHalves(const Tile &tile);
  void emitHalf(const Tile &tile, bool isValue);
  Value issue(bool isValue, const Step &step);
  Values half(const Tile &tile, const Step &step, const Spot &spot,
              bool isValue, bool masked, Value product);
  Value sumHalf(Value sums, Value words, bool isValue, Value step);
  void givePieces(const Step &step, Range pieces);
  Values takePieces(const Step &step);

  /// Split: blocks that keep queries.
  QueryTile queryTileAt(Value number);
  void seenKeys(QueryTile &tile);
  void produceForQueries(const QueryTile &tile);
  void emitQueries(const QueryTile &tile);
  Rows readRows(const QueryTile &tile);
  std::pair<Value, Value> issueQueries(const Rows &rows, Value step);
  Spot spotOf(const QueryTile &tile, Value number);
  Values queryChanges(const QueryTile &tile, const Rows &rows, Value number,
                      bool masked, Value scores, Value cotangents);
  Value narrowAddress(Value step, bool isValue);
  void writeQueries(const QueryTile &tile, Range sums);
  Value packed(Range elements);
  void release(Loaded which, Value stage);

  /// The same in a whole warp.
  Value uniform(Value value);
  Value at(int64_t offset) { return b.add(base, offset); }
  Value slot(int64_t barrier, Value stage) {
    return b.add(at(barrier), b.mul(stage, 8));
  }
  Value stageOf(Value step) { return b.rem(step, shape.stages); }
  Value phaseOf(Value step) { return b.bitAnd(b.div(step, shape.stages), 1); }
  int64_t keyBarrier() const { return shape.barrierOffset(); }
  int64_t valueBarrier() const { return shape.barrierOffset() + 8; }
  Barriers rowBarriers(Loaded which) const;
  Barriers sumBarriers() const;

  HopperBuilder &b;
  AttentionBackwardOp op;
  const HopperAttentionBackwardShape &shape;
  Memory memory;
  HopperRegion region, regionBackward;
  // The thread: number, warpgroup, warp in it, lane; first of its warp.
  Value base, thread, block, group, warp, lane, isLeader, isFirst;
  // Its first row within the warpgroup and column; the warpgroup's first row.
  Value row, column, groupRow;
  Value keyMatrix, valueMatrix; // descriptors of the group's
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARD_H
