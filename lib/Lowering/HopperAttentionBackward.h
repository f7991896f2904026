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

#include "HopperAttentionBackwardState.h"
#include "HopperRegion.h"

namespace lacuna {

class HopperAttentionBackward : HopperAttentionBackwardState {
public:
  using Memory = HopperAttentionBackwardMemory;
  HopperAttentionBackward(HopperBuilder &builder, AttentionBackwardOp op,
                          const HopperAttentionBackwardShape &shape,
                          Memory memory);
  /// Emits the body at the builder's insertion point.
  void emit();

private:
  using Range = llvm::ArrayRef<Value>;
  struct Barriers {
    int64_t full, empty;
  };
  /// What a thread knows of its scores before they are there.
  struct Spot {
    HopperRegion::Place place;
    Values mask;
    /// What the region may hide, it is known not to.
    bool keysAreRows, isShown;
  };
  enum Loaded { Queries, Outputs };

  void initBarriers();
  void emitRoles(Value computing, Value onKeys);
  /// `body(step, masked, carried)` for each step, in order. With `split` loops
  /// are apart where something of it may be hidden and where not.
  Values forSteps(const Tile &tile, bool split, mlir::ValueRange initial,
                  llvm::function_ref<Values(Step, bool, mlir::ValueRange)> body,
                  bool skipFirst = false);
  void emitProducer(const Tile &tile);
  void loadPanels(int64_t map, Value address, int64_t panels, int64_t rows,
                  Value barrier, int64_t more,
                  llvm::function_ref<Values(Value)> place);
  void loadRows(const Tile &tile, const Step &step, Loaded which);
  void loadAll(const Tile &tile);
  void addInTurn(const Tile &tile, Value buffer);
  void storeSums(const Tile &tile, const Step &step, Value buffer);

  void emitConsumer(const Tile &tile);
  Values nextStep(const Tile &tile, const Step &step, bool masked,
                  mlir::ValueRange carried);
  Values readLine(int64_t offset, Value stage);
  Values probabilities(const Tile &tile, const Step &step, const Spot &spot,
                       bool masked, Value scores, Values &slopes);
  Spot readSpot(const HopperRegion::Place &place, int64_t count,
                bool keysAreRows, bool isShown);
  Spot spotOf(const Tile &tile, const Step &step, bool masked);
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

  int64_t keyBarrier() const { return shape.barrierOffset(); }
  int64_t valueBarrier() const { return shape.barrierOffset() + 8; }
  Barriers rowBarriers(Loaded which) const;
  Barriers sumBarriers() const;

  HopperRegion region, regionBackward;
  // The thread's first row within the warpgroup and column; the warpgroup's
  // first row.
  Value row, column, groupRow;
  Value keyMatrix, valueMatrix; // descriptors of the group's
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARD_H
