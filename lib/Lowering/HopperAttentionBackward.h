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
  struct Memory {
    /// Of query, key, value, d_output; d_query, d_key, d_value.
    llvm::SmallVector<Value> maps;
    /// Pointers to output, d_output, log_sum_exp and d_query.
    Value output, outputCotangent, logarithms, queryCotangent;
    /// The kernel's own.
    Value own;
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
    Value firstWhole, endWhole, start;
  };
  /// A tile of queries of one head; `step` counts them all.
  struct Step {
    Value number, head, step;
  };
  struct Barriers {
    int64_t full, empty;
  };
  enum Loaded { Queries, Outputs };

  void initBarriers();
  Tile tileAt(Value number);
  void seenTiles(Tile &tile);
  /// `body(step, carried)` for each step, in order; `masked` says whether
  /// something of it may be hidden.
  /// With `split` loops are apart where it is so and where not.
  Values forSteps(const Tile &tile, bool split, mlir::ValueRange initial,
                  llvm::function_ref<Values(Step, bool, mlir::ValueRange)> body);
  Value globalHead(const Tile &tile, Value head);
  Value ownAddress(int64_t offset, Value index);

  void prepareRows();
  Value productOfRow(Value batch, Value head, Value row, Value part);
  void prepareRow(Value head, Value batch, Value row, Value part);
  Value rowOffset(Value batch, Value head, Value row, int64_t depth);
  void clearBlindRow(Value batch, Value head, Value row, Value part);

  void emitProducer(const Tile &tile);
  void loadPanels(int64_t map, Value address, int64_t rows, Value row,
                  Value head, Value batch, Value barrier, int64_t more);
  void loadRows(const Tile &tile, const Step &step, Loaded which);
  void loadAll(const Tile &tile);
  void waitForRows(const Tile &tile);
  void finishHeads(const Tile &tile);
  void addInTurn(const Tile &tile, Value part);
  void storePart(const Tile &tile, const Step &step, Value part, Value source);
  Value turnOf(const Tile &tile, const Step &step, Value &last);

  void emitConsumer(const Tile &tile);
  Values nextStep(const Tile &tile, const Step &step, bool masked,
                  mlir::ValueRange carried);
  Values readLine(int64_t offset, Value stage);
  Values probabilities(const Tile &tile, const Step &step, bool masked,
                       Value scores, Values &slopes);
  void mask(const Tile &tile, const Step &step, Values &elements);
  Value multiplyRows(Value left, int64_t offset, Value stage);
  Value multiplyQueries(Value stage);
  Value addProduct(Value sums, Value words, int64_t offset, Value stage);
  void storeScores(Value words, Value stage);
  void giveSums(const Step &step, Value sums);
  void writePanels(const Tile &tile, llvm::ArrayRef<Value> sums,
                   int64_t offset, int64_t map);
  Value packed(llvm::ArrayRef<Value> elements);
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

  HopperBuilder &b;
  const HopperAttentionBackwardShape &shape;
  bool headsFirst;
  Memory memory;
  // The thread: number, warpgroup, warp in it, lane; first of its warp.
  Value base, thread, block, group, warp, lane, isLeader, isFirst;
  // Its first row within the warpgroup, its first column.
  Value row, column;
  // Descriptors of the group's keys and values.
  Value keyMatrix, valueMatrix;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERATTENTIONBACKWARD_H
