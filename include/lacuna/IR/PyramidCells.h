//===- PyramidCells.h - What the bins of a pyramid are made of --*- C++ -*-===//
// All borders of all bins along a dimension cut it into cells; each bin is a
// union of neighbouring cells.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_IR_PYRAMIDCELLS_H
#define LACUNA_IR_PYRAMIDCELLS_H

#include "lacuna/IR/Dialect.h"

namespace lacuna {

/// One dimension: the borders of its cells, ascending, and each level's bins as
/// ranges [first, stop) of cells, level after level.
struct PyramidCells {
  llvm::SmallVector<int64_t> borders;
  llvm::SmallVector<std::pair<int64_t, int64_t>> bins;

  static PyramidCells of(int64_t size, llvm::ArrayRef<int64_t> levels,
                         PyramidWindows windows);
  int64_t count() const { return borders.size() - 1; }
};

/// How a block of a GPU's threads reads one image's pixels, `vectors` of
/// `width` channels side by side, each cell by `parts` threads a vector.
struct PyramidBlocks {
  static constexpr int64_t threads = 512;
  int64_t width = 1, vectors = 1, parts = 1, cells = 1;

  int64_t channels() const { return width * vectors; }
  /// Threads that have the same vector of channels.
  int64_t lanes() const { return threads / vectors; }

  /// Of a map of `type`, channels last, so that blocks are many and busy and
  /// what they keep fits shared memory; nothing if there is no such way.
  static std::optional<PyramidBlocks> of(mlir::RankedTensorType type,
                                         llvm::ArrayRef<int64_t> levels,
                                         PyramidWindows windows);
};

} // namespace lacuna

#endif // LACUNA_IR_PYRAMIDCELLS_H
