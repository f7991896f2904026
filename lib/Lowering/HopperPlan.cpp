//===- HopperPlan.cpp - Tile shapes and schedules of products -------------===//
// A model of the time a step takes on an H200: that of its tensor cores, of
// shared memory, or of the L2, whichever is longest.
//===----------------------------------------------------------------------===//
#include "HopperProduct.h"

using namespace mlir;
using namespace lacuna;

/// Cycles of one step of a block's tile.
static double stepCycles(const HopperTile &tile) {
  double multiply = 1.1 * tile.rows() * tile.columns / 32;
  double read = tile.consumers * (8192 + tile.columns * 128);
  double shared = (read + tile.stageBytes()) / 128;
  double traffic = tile.leftBytes() + double(tile.rightBytes()) / tile.cluster;
  return std::max({multiply, shared, traffic / 40});
}

/// All tiles, in squares of `square` rows that move along the columns, so that
/// those computed together share what they read.
static std::vector<HopperUnit> tilesOf(const HopperSource &source,
                                       const HopperTile &tile) {
  int64_t height = tile.rows() * tile.cluster, width = tile.results();
  int64_t square = std::max<int64_t>(2048 / height, 1);
  int64_t down = llvm::divideCeil(source.rows, height);
  int64_t across = llvm::divideCeil(source.columns, width);
  std::vector<HopperUnit> tiles;
  for (int64_t batch = 0; batch < source.batches; ++batch)
    for (int64_t top = 0; top < down; top += square)
      for (int64_t column = 0; column < across; ++column)
        for (int64_t line = top; line < std::min(down, top + square); ++line) {
          HopperUnit unit;
          unit.row = line * height;
          unit.column = column * width;
          unit.batch = batch;
          int64_t rows = std::min(height, source.rows - unit.row);
          auto [first, end] = source.liveSteps(unit.row, rows, batch);
          unit.first = first;
          unit.count = end - first;
          tiles.push_back(unit);
        }
  // Long ones first; equal ones stay in their order.
  llvm::stable_sort(tiles, [](const HopperUnit &a, const HopperUnit &b) {
    return a.count > b.count;
  });
  return tiles;
}

static HopperPlan planOf(const HopperSource &source, HopperTile tile,
                         int64_t processors) {
  HopperPlan plan;
  while (tile.sharedBytes() <= hopper::sharedLimit && tile.stages <= 8)
    ++tile.stages;
  --tile.stages;
  double step = stepCycles(tile);
  double tileCycles = 800 + 10 * tile.columns;
  double partCycles = 1000 + tile.rows() * tile.columns * 4 / 40.0;
  plan.tile = tile;
  plan.schedule = HopperSchedule::of(
      tilesOf(source, tile), processors / tile.cluster, tileCycles / step,
      partCycles / step);
  plan.cycles = plan.schedule.time * step;
  return plan;
}

HopperPlan HopperPlan::of(const HopperSource &source, bool gated,
                          int64_t processors) {
  static constexpr HopperTile shapes[] = {
      {2, 256, 2}, {2, 256, 1}, {2, 128, 2}, {2, 128, 1},
      {2, 64, 1},  {1, 256, 1}, {1, 128, 1}, {1, 64, 1}};
  HopperPlan best;
  for (HopperTile tile : shapes) {
    tile.gated = gated;
    if ((gated && tile.parts() == 1) ||
        (tile.cluster > 1 && source.rows <= tile.rows()))
      continue;
    HopperPlan plan = planOf(source, tile, processors);
    if (!best.tile.stages || plan.cycles < best.cycles)
      best = std::move(plan);
  }
  return best;
}

int64_t HopperPlan::flagBytes() const {
  int64_t flags = schedule.slots * tile.consumers * tile.cluster;
  return llvm::alignTo(4 * flags, 1024);
}

int64_t HopperPlan::partialBytes() const {
  return flagBytes() +
         schedule.slots * tile.cluster * tile.rows() * tile.columns * 4;
}
