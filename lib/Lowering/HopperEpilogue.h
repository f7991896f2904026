//===- HopperEpilogue.h - What follows a product, in registers --*- C++ -*-===//
// Computes the ops behind a product from its accumulators. 16-bit numbers are
// computed in f32 and rounded once, where they are stored.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_HOPPEREPILOGUE_H
#define LACUNA_LIB_LOWERING_HOPPEREPILOGUE_H

#include "HopperSource.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

#include <map>

namespace lacuna {

/// A result of the kernel and the buffer it is written to.
struct HopperOutput {
  mlir::Value tensor;
  int64_t buffer;
  mlir::Type element;
};

/// The ops of a kernel behind its root.
struct HopperConsumers {
  mlir::Operation *root = nullptr;
  /// Halves of the root's columns: what they are called in the kernel.
  mlir::Value firstHalf, secondHalf;
  llvm::SmallVector<HopperOutput> outputs;

  /// Fails unless all of `kernel` but its root can be computed in registers.
  static mlir::FailureOr<HopperConsumers> of(mlir::func::FuncOp kernel,
                                             mlir::Operation *root);
  bool gated() const { return secondHalf != nullptr; }
  /// What `op` reads to compute its element at `map` of the result's place.
  static llvm::SmallVector<std::pair<mlir::Value, mlir::AffineMap>>
  reads(mlir::Operation *op, mlir::AffineMap map);
};

class HopperEpilogue {
public:
  using Value = mlir::Value;
  HopperEpilogue(HopperBuilder &builder, const HopperConsumers &consumers,
                 const HopperSource &source, const HopperTile &tile,
                 llvm::ArrayRef<Value> buffers)
      : b(builder), consumers(consumers), source(source), tile(tile),
        buffers(buffers) {}

  /// The thread's accumulators and the place of the first one.
  void start(const HopperPlace &place, llvm::ArrayRef<Value> sums);
  /// Reads what elements from `first` to `end` need from memory.
  void prefetch(int64_t first, int64_t end);
  /// Element `i` of an output, in f32 if it is a 16-bit number.
  Value element(Value tensor, int64_t i) {
    return element(tensor, identity(), i);
  }
  /// The address of element `i` in `buffer`, which is laid out as the result.
  Value resultAddress(int64_t buffer, mlir::Type type, int64_t i);
  /// Whether the row of element `i`, and its column, are in the result; null
  /// if all are.
  Value isInside(int64_t i);

private:
  Value element(Value tensor, mlir::AffineMap map, int64_t i);
  Value compute(Value tensor, mlir::AffineMap map, int64_t i);
  Value generic(mlir::linalg::GenericOp op, unsigned result,
                mlir::AffineMap map, int64_t i);
  Value read(Value tensor, mlir::AffineMap map, int64_t i);
  void prefetch(Value tensor, mlir::AffineMap map, int64_t first, int64_t end);
  mlir::AffineMap identity() const {
    return b.getMultiDimIdentityMap(source.result.shape.size());
  }
  /// The distance in elements of one index of each result dimension.
  llvm::SmallVector<int64_t> strides(Value tensor, mlir::AffineMap map) const;
  Value groupOffset(Value index, llvm::ArrayRef<int64_t> dims,
                    llvm::ArrayRef<int64_t> strides);
  Value rowOffset(llvm::ArrayRef<int64_t> strides, int64_t row);
  bool fullRows() const {
    return source.rows % (tile.rows() * tile.cluster) == 0;
  }
  bool fullColumns() const { return source.columns % tile.results() == 0; }

  HopperBuilder &b;
  const HopperConsumers &consumers;
  const HopperSource &source;
  const HopperTile &tile;
  llvm::ArrayRef<Value> buffers;

  HopperPlace place;
  Values sums, batchIndices;
  /// By tensor, map, and place in the tile.
  using Key = std::tuple<const void *, const void *, int64_t>;
  std::map<Key, Value> known, loaded, bases;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPEREPILOGUE_H
