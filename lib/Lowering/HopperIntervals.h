//===- HopperIntervals.h - What a score region hides by place ---*- C++ -*-===//
#ifndef LACUNA_LIB_LOWERING_HOPPERINTERVALS_H
#define LACUNA_LIB_LOWERING_HOPPERINTERVALS_H

#include "HopperBuilder.h"

namespace lacuna {

/// Numbers from `low` to `high`.
struct HopperRange {
  mlir::Value low, high;
};

/// Whether some query of a tile sees some key of a block, and each query all.
struct HopperSight {
  mlir::Value some, all;
};

/// Whether a captured tensor of `hidesByPlace` is read at the key, rather than
/// at the query.
bool isReadByKey(mlir::Operation *table);

/// Least and largest of the `width` elements of `table` from number * width on,
/// found by the warp of `lane`; there are `places` queries or keys.
HopperRange rangeInWarp(HopperBuilder &b, mlir::Operation *table,
                        mlir::Value pointer, mlir::Value lane,
                        mlir::Value number, int64_t width, int64_t places);

/// One tile of so many queries or keys.
struct HopperTileRange {
  mlir::Value number;
  int64_t width;
};

/// Reads two words at `address`.
HopperRange loadRange(HopperBuilder &b, mlir::Value address);
void storeRange(HopperBuilder &b, HopperRange range, mlir::Value address);

/// What the region shows of `keys` to `queries`. The ranges of captured tensor
/// i of `tables`, one behind the other, begin at `addressOf` it.
HopperSight hopperSight(HopperBuilder &b, mlir::Block &score,
                        HopperTileRange queries, HopperTileRange keys,
                        llvm::ArrayRef<mlir::Operation *> tables,
                        llvm::function_ref<mlir::Value(size_t)> addressOf);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERINTERVALS_H
