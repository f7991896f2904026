//===- DeviceProduct.h - Matrix products by blocks of threads ---*- C++ -*-===//
// A block of threads owns a tile of the result. Steps of the inner dimension
// bring tiles of both operands to shared memory, while the one before is
// multiplied; each thread keeps the sums of a few rows and columns.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_DEVICEPRODUCT_H
#define LACUNA_LIB_LOWERING_DEVICEPRODUCT_H

#include "DeviceGroup.h"

#include <functional>

namespace lacuna {

/// How one operand is read: `lines` are rows of the left, columns of the right
/// one.
struct DeviceOperand {
  using Values = llvm::SmallVector<mlir::Value>;
  int64_t lines = 0;
  /// Elements read at once: along the inner dimension, or along lines.
  int64_t width = 1;
  bool alongDepth = true;
  /// What is known of a line, an index that may lie past the last one, before
  /// the loop over steps.
  std::function<Values(mlir::Value line)> prepare;
  /// `width` elements of a prepared line (and the next ones, unless along the
  /// inner dimension), from number `depth` of step `step` on; zeros outside.
  std::function<mlir::Value(const Values &line, mlir::Value step,
                            mlir::Value depth)>
      load;
};

class DeviceProduct {
public:
  using Values = llvm::SmallVector<mlir::Value>;
  /// Writes neighbouring columns of one row, scalars or vectors.
  using Store = std::function<llvm::LogicalResult(
      mlir::Value row, mlir::Value column, mlir::Value sums, int64_t width)>;

  /// Sums are of `type`: f32 or f64. `products`: how many tiles of as many
  /// rows and columns there will be; it decides their size.
  DeviceProduct(KernelBuilder &kernel, mlir::FloatType type, int64_t rows,
                int64_t columns, int64_t products);

  int64_t rowTiles() const { return llvm::divideCeil(rows, tile); }
  int64_t columnTiles() const { return llvm::divideCeil(columns, tile); }
  /// Elements of the inner dimension that a step has.
  int64_t depth() const { return stepDepth; }
  /// Emits one tile: sum over `steps` of left times right.
  llvm::LogicalResult emit(mlir::Value rowTile, mlir::Value columnTile,
                           int64_t steps, const DeviceOperand &left,
                           const DeviceOperand &right, Store store);

private:
  /// A tile of one operand on its way: where this thread's vectors go.
  struct Transfer {
    const DeviceOperand *operand = nullptr;
    mlir::Value memory;
    llvm::SmallVector<Values> lines;
    Values lineNumbers, depths;
  };
  Transfer begin(const DeviceOperand &operand, mlir::Value first,
                 mlir::Value memory);
  Values load(const Transfer &transfer, mlir::Value step);
  void put(const Transfer &transfer, mlir::ValueRange vectors);
  Values multiply(mlir::ValueRange sums);
  llvm::LogicalResult storeTile(mlir::Value firstRow, mlir::Value firstColumn,
                                mlir::ValueRange sums, const Store &store);
  llvm::LogicalResult storeVector(mlir::Value row, mlir::Value column,
                                  mlir::Value sums, const Store &store);
  mlir::VectorType vector(int64_t width) const {
    return mlir::VectorType::get({width}, type);
  }

  static constexpr int64_t threads = 256, lanes = 4;
  KernelBuilder &kernel;
  mlir::FloatType type;
  int64_t rows, columns, tile, stepDepth, each;
  DeviceGroup group;
  mlir::Value leftMemory, rightMemory;
  /// The thread's place in the tile: its first row and its first column.
  mlir::Value ownRow, ownColumn;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_DEVICEPRODUCT_H
