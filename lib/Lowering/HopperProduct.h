//===- HopperProduct.h - A product on tensor cores --------------*- C++ -*-===//
// One producer thread brings steps of both sides by TMA; each consumer
// warpgroup keeps 64 rows of sums in registers, computes what follows on them,
// and stores the results through shared memory. Two blocks of a cluster share
// the right side. Blocks go through a table of tiles (HopperSchedule.h).
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_HOPPERPRODUCT_H
#define LACUNA_LIB_LOWERING_HOPPERPRODUCT_H

#include "HopperEpilogue.h"
#include "HopperSchedule.h"

namespace lacuna {

/// The tile and the schedule that should take `source` the least time.
struct HopperPlan {
  HopperTile tile;
  HopperSchedule schedule;
  double cycles = 0;

  static HopperPlan of(const HopperSource &source, bool gated,
                       int64_t processors);
  /// Bytes of sums that pass through memory, and flags before them.
  int64_t flagBytes() const;
  int64_t partialBytes() const;
};

class HopperProduct {
public:
  using Value = mlir::Value;
  struct Memory {
    /// Left, right, then one for each output that TMA stores (null else).
    Values maps;
    Values buffers;
    /// The table of units, and partial sums if there are any.
    Value units, partials;
  };
  HopperProduct(HopperBuilder &builder, const HopperSource &source,
                const HopperConsumers &consumers, const HopperPlan &plan,
                Memory memory)
      : b(builder), source(source), consumers(consumers), plan(plan),
        tile(plan.tile), memory(std::move(memory)) {}
  /// Emits the body at the builder's insertion point.
  void emit();

private:
  /// A line of the table.
  struct Unit {
    Value row, column, batch, first, count, role, slot, slots;
  };

  void initBarriers();
  Unit readUnit(Value turn);
  void forUnits(llvm::function_ref<void(const Unit &, Value)> body);
  HopperPlace placeOf(const Unit &unit);

  void emitProducer();
  void loadStep(const Unit &unit, Value step, Value number);

  void emitConsumer();
  Value multiply(Value number, Value sums);
  Value accumulate(const Unit &unit, Value step);
  void release(Value step);
  Value wait(Value sums, int64_t pending);
  Value flag(Value slot);
  Value partial(Value slot, int64_t i);
  Value addPartials(const Unit &unit, Value sums);
  void givePartials(const Unit &unit, Value sums);

  void writeTile(const HopperPlace &place, Value sums);
  void storePanel(HopperEpilogue &epilogue, const HopperPlace &place,
                  size_t output, int64_t panel, int64_t turn);
  void storeDirect(HopperEpilogue &epilogue, size_t output, int64_t panel);

  Value at(int64_t offset) { return b.add(base, offset); }
  Value full(Value stage) {
    return b.add(at(tile.barrierOffset()), b.mul(stage, 8));
  }
  Value empty(Value stage) { return b.add(full(stage), 8 * tile.stages); }
  Value stageOf(Value step) { return b.rem(step, tile.stages); }
  Value phaseOf(Value step) { return b.bitAnd(b.div(step, tile.stages), 1); }

  HopperBuilder &b;
  const HopperSource &source;
  const HopperConsumers &consumers;
  const HopperPlan &plan;
  const HopperTile &tile;
  Memory memory;
  // The thread: number, block in the cluster, cluster, warpgroup; whether it
  // is the first of its warp, of its group.
  Value base, thread, rank, worker, group, isLeader, isFirst;
  // Its lane, its first row within the block's tile, its first column.
  Value lane, row, column;
  Value leftMatrix, rightMatrix;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERPRODUCT_H
