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

/// What the region shows of `keys` to `queries`. `rangeOf`: of a captured
/// tensor, its elements there.
HopperSight
hopperSight(HopperBuilder &b, mlir::Block &score, HopperRange queries,
            HopperRange keys,
            llvm::function_ref<HopperRange(mlir::Operation *)> rangeOf);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERINTERVALS_H
