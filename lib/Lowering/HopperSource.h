//===- HopperSource.h - What a product on tensor cores reads ----*- C++ -*-===//
// result[batch, row, column] = sum over steps of left[row] right[column], a
// step being 64 elements deep: a matrix product, or a convolution whose rows
// are pixels and whose steps are taps and channels, or the gradient of its filter.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_HOPPERSOURCE_H
#define LACUNA_LIB_LOWERING_HOPPERSOURCE_H

#include "HopperBuilder.h"
#include "HopperKernel.h"

#include <memory>

namespace lacuna {

/// The shape of a block's tile: 64 rows for each consumer warpgroup.
struct HopperTile {
  int64_t consumers, columns;
  /// Blocks below each other, which share the right side.
  int64_t cluster = 1;
  /// The two halves of the columns are those of the right side's two halves.
  bool gated = false;
  int64_t stages = 0;

  int64_t rows() const { return 64 * consumers; }
  int64_t results() const { return gated ? columns / 2 : columns; }
  int64_t threads() const { return 128 * (consumers + 1); }
  /// The right side comes in parts, which blocks of a cluster share.
  int64_t parts() const { return columns >= 128 ? 2 : 1; }
  int64_t partColumns() const { return columns / parts(); }
  int64_t leftBytes() const { return rows() * 128; }
  int64_t rightBytes() const { return columns * 128; }
  int64_t stageBytes() const { return leftBytes() + rightBytes(); }
  /// Two panels of 64 columns, to store one while the next is computed.
  int64_t panelBytes() const { return rows() * 128; }
  int64_t panelOffset() const { return stages * stageBytes(); }
  int64_t barrierOffset() const { return panelOffset() + 2 * panelBytes(); }
  int64_t sharedBytes() const { return barrierOffset() + 16 * stages; }
};

/// Where a tile stands, as values of the device.
struct HopperPlace {
  using Value = mlir::Value;
  /// The block's first row and first result column.
  Value row, column, batch;
};

/// What of the result's dimensions is row, column and batch.
struct HopperResult {
  llvm::SmallVector<int64_t> shape;
  /// Dimensions walked as one, outermost first. The column is the last one.
  llvm::SmallVector<llvm::SmallVector<int64_t>> batch;
  llvm::SmallVector<int64_t> row;

  int64_t size(llvm::ArrayRef<int64_t> dims) const;
};

class HopperSource {
public:
  using Value = mlir::Value;
  virtual ~HopperSource() = default;

  mlir::Operation *root = nullptr;
  mlir::Type element;
  int64_t rows = 1, columns = 1, batches = 1, steps = 1;
  /// Rows of the left side, columns of the right one, lie together.
  bool leftTransposed = false, rightTransposed = false;
  HopperResult result;

  /// The steps that add something to `count` rows from `first` on.
  virtual std::pair<int64_t, int64_t>
  liveSteps(int64_t first, int64_t count, int64_t batch) const {
    return {0, steps};
  }
  virtual HopperMap leftMap(const HopperTile &tile) const = 0;
  virtual HopperMap rightMap(const HopperTile &tile) const = 0;
  /// Loads the block's rows, or a part of the tile's columns, of one step.
  virtual void loadLeft(HopperBuilder &b, const HopperTile &tile,
                        const HopperPlace &place, Value step, Value map,
                        Value address, Value barrier) const = 0;
  virtual void loadRight(HopperBuilder &b, const HopperTile &tile,
                         const HopperPlace &place, Value step, Value map,
                         Value part, Value address, Value barrier) const = 0;

  /// The index of each batch group.
  Values batchIndices(HopperBuilder &b, Value batch) const;
};

/// The product that is the root of `kernel`, null if there is none that the
/// tensor cores can do.
std::unique_ptr<HopperSource> hopperContraction(mlir::func::FuncOp kernel);
std::unique_ptr<HopperSource> hopperConvolution(mlir::func::FuncOp kernel);
std::unique_ptr<HopperSource> hopperFilterGradient(mlir::func::FuncOp kernel);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERSOURCE_H
