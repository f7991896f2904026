//===- HopperSequences.h - Bounds of packed sequences -----------*- C++ -*-===//
#ifndef LACUNA_LIB_LOWERING_HOPPERSEQUENCES_H
#define LACUNA_LIB_LOWERING_HOPPERSEQUENCES_H

#include "HopperBuilder.h"

namespace lacuna {

/// Where a packed sequence lies, and whether that is what it may be.
struct HopperBounds {
  mlir::Value start, count, valid;
};

/// Where `sequence` of `sequences` lies among `total` rows, by the numbers
/// `lengths` at `pointer`; bounds that are none are moved inside. What lies
/// behind the last sequence counts as one more.
HopperBounds hopperBounds(HopperBuilder &b, mlir::Value pointer,
                          mlir::Value lengths, int64_t total, int64_t sequences,
                          mlir::Value sequence);

/// Unless `valid`, tells the call of it, at `failure`; the first failure is the
/// one that is told.
void checkHopperBounds(HopperBuilder &b, mlir::Value valid, mlir::Value failure,
                       mlir::Value message);

/// Where row `row` of a sequence of `count` rows from `start` on stands in a
/// map of packed rows, as (column, row, head, end, 2^30): that is where the
/// map's rows end, so that what leaves the sequence leaves the map; the last
/// two strides take the address back, modulo 2^64.
Values hopperPackedPlace(HopperBuilder &b, mlir::Value column, mlir::Value row,
                         mlir::Value head, mlir::Value start,
                         mlir::Value count);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERSEQUENCES_H
