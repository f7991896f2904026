//===- HopperSchedule.h - Which block computes which tile -------*- C++ -*-===//
// A table made at compile time. Tiles are dealt out in an order that suits the
// L2; where whole tiles would leave blocks idle, the last ones are cut along
// their depth, and the block with the last part adds up the others' sums
// (Stream-K, arXiv 2301.03598). The order of sums is fixed.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_HOPPERSCHEDULE_H
#define LACUNA_LIB_LOWERING_HOPPERSCHEDULE_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace lacuna {

/// Steps [first, first + count) of the tile at (row, column, batch).
struct HopperUnit {
  enum Role : int32_t { Whole, Contribute, Finish };
  int32_t row = 0, column = 0, batch = 0;
  int32_t first = 0, count = 0;
  int32_t role = Whole;
  /// Contribute: where its sums go. Finish: the first of `slots` to add.
  int32_t slot = 0, slots = 0;
};
static_assert(sizeof(HopperUnit) == 32, "the device reads eight words");

struct HopperSchedule {
  int64_t workers = 0;
  /// Units each worker has; idle ones have count 0.
  int64_t turns = 0;
  /// Sums of parts of tiles in memory.
  int64_t slots = 0;
  /// The time of the worker that takes longest, in steps.
  double time = 0;
  /// turn * workers + worker; one more turn of idle units, to read ahead.
  std::vector<HopperUnit> units;

  /// Deals `tiles` out to at most `workers`. `tileCost`, `partCost`: what a
  /// tile's results, and the exchange of a part, take in steps.
  static HopperSchedule of(llvm::ArrayRef<HopperUnit> tiles, int64_t workers,
                           double tileCost, double partCost);
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERSCHEDULE_H
