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
#include "HopperBuilder.h"

namespace lacuna {

class HopperAttentionBackward {
public:
  using Value = mlir::Value;
  using Range = llvm::ArrayRef<Value>;
  struct Memory {
    /// Of query, key, value, d_output; d_query, d_key, d_value.
    llvm::SmallVector<Value> maps;
    /// Pointers to output, d_output, log_sum_exp, d_query; the kernel's own.
    Value output, outputCotangent, logarithms, queryCotangent, own;
  };
  HopperAttentionBackward(HopperBuilder &builder,
                          const HopperAttentionBackwardShape &shape,
                          bool headsFirst, Memory memory)
      : b(builder), shape(shape), headsFirst(headsFirst),
        memory(std::move(memory)) {}
  /// Emits the body at the builder's insertion point.
  void emit();

private:
  /// One tile of keys and the tiles of queries that see it, [first, end); of
  /// those only [firstWhole, endWhole) see all of it.
  struct Tile {
    Value number, firstKey, keyHead, batch, first, end, count;
    Value firstWhole, endWhole, start, piece, pieceCount;
  };
  /// A tile of queries of one head; `step` counts them all.
  struct Step {
    Value number, head, step;
  };
  struct Barriers { int64_t full, empty; };
  enum Loaded { Queries, Outputs };

  void initBarriers();
  Tile tileAt(Value number);
  void startInPiece(Tile &tile, Value number, Value head);
  void seenTiles(Tile &tile);
  /// `body(step, masked, carried)` for each step, in order. With `split` loops
  /// are apart where something of it may be hidden and where not.
  Values forSteps(const Tile &tile, bool split, mlir::ValueRange initial,
                  llvm::function_ref<Values(Step, bool, mlir::ValueRange)> body,
                  bool skipFirst = false);
  Value globalHead(const Tile &tile, Value head);
  Value ownAddress(int64_t offset, Value index);

  void prepareRows();
  Value productOfRow(Value batch, Value head, Value row, Value part);
  void prepareRow(Value head, Value batch, Value row, Value part);
  Value rowOffset(Value batch, Value head, Value row, int64_t depth);
  void clearRows(Value batch, Value head, Value row, Value part);
  void clearRow(Value offset, Value part);

  void emitProducer(const Tile &tile);
  void loadPanels(int64_t map, Value address, int64_t panels, int64_t rows,
                  Value row, Value head, Value batch, Value barrier,
                  int64_t more);
  void loadRows(const Tile &tile, const Step &step, Loaded which);
  void loadAll(const Tile &tile);
  void waitForRows(const Tile &tile);
  void finishHead(Value globalHead);
  void addInTurn(const Tile &tile, Value buffer);
  void storeSums(const Tile &tile, const Step &step, Value buffer);
  Value turnOf(const Tile &tile, const Step &step, Value &last);

  void emitConsumer(const Tile &tile);
  Values nextStep(const Tile &tile, const Step &step, bool masked,
                  mlir::ValueRange carried);
  Values readLine(int64_t offset, Value stage);
  Values probabilities(const Tile &tile, const Step &step, bool masked,
                       Value scores, Values &slopes);
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
  Values half(const Tile &tile, const Step &step, bool isValue, bool masked,
              Value product);
  Value sumHalf(Value sums, Value words, bool isValue, Value step);
  void givePieces(const Step &step, Range pieces);
  Values takePieces(const Step &step);

  /// Split: blocks that keep queries.
  struct QueryTile {
    Value firstRow, head, batch, keyHead, globalHead;
    Value first, end, count, firstWhole, endWhole;
  };
  struct Rows { Values logarithms, products; Value queries, outputs; };
  QueryTile queryTileAt(Value number);
  void produceForQueries(const QueryTile &tile);
  void emitQueries(const QueryTile &tile);
  Rows readRows(const QueryTile &tile);
  std::pair<Value, Value> issueQueries(const Rows &rows, Value step);
  Values queryChanges(const QueryTile &tile, const Rows &rows, Value number,
                      bool masked, Value scores, Value cotangents);
  Value narrowAddress(Value step, bool isValue);
  void writeQueries(const QueryTile &tile, Range sums);
  Value packed(Range elements);
  void release(Loaded which, Value stage);

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
  const HopperAttentionBackwardShape &shape;
  bool headsFirst;
  Memory memory;
  // The thread: number, warpgroup, warp in it, lane; first of its warp.
  Value base, thread, block, group, warp, lane, isLeader, isFirst;
  // Its first row within the warpgroup and column; the warpgroup's first row.
  Value row, column, groupRow;
  Value keyMatrix, valueMatrix; // descriptors of the group's
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARD_H
