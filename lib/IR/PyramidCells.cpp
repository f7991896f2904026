//===- PyramidCells.cpp - What the bins of a pyramid are made of ----------===//
#include "lacuna/IR/PyramidCells.h"

#include "lacuna/IR/Shape.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace lacuna;

static Bin binOf(PyramidWindows windows, int64_t index, int64_t count,
                 int64_t size) {
  return windows == PyramidWindows::SPP ? sppBin(index, count, size)
                                        : adaptiveBin(index, count, size);
}

PyramidCells PyramidCells::of(int64_t size, ArrayRef<int64_t> levels,
                              PyramidWindows windows) {
  PyramidCells result;
  for (int64_t count : levels)
    for (int64_t i = 0; i < count; ++i) {
      Bin bin = binOf(windows, i, count, size);
      result.borders.append({bin.begin, bin.end});
    }
  llvm::sort(result.borders);
  result.borders.erase(llvm::unique(result.borders), result.borders.end());
  auto cellFrom = [&](int64_t border) {
    return llvm::lower_bound(result.borders, border) - result.borders.begin();
  };
  for (int64_t count : levels)
    for (int64_t i = 0; i < count; ++i) {
      Bin bin = binOf(windows, i, count, size);
      result.bins.push_back({cellFrom(bin.begin), cellFrom(bin.end)});
    }
  return result;
}

std::optional<PyramidBlocks> PyramidBlocks::of(RankedTensorType type,
                                               ArrayRef<int64_t> levels,
                                               PyramidWindows windows) {
  constexpr int64_t fewestBlocks = 128, mostCells = 256, mostBins = 256;
  constexpr int64_t sharedBytes = 40 << 10;
  if (!type.hasStaticShape() || type.getNumElements() == 0 ||
      llvm::sum_of(levels, int64_t(0)) > mostBins)
    return std::nullopt;
  PyramidBlocks blocks;
  for (int64_t size : type.getShape().drop_front().drop_back()) {
    blocks.cells *= PyramidCells::of(size, levels, windows).count();
    if (blocks.cells > mostCells)
      return std::nullopt;
  }
  blocks.width = 128 / type.getElementTypeBitWidth();
  int64_t keptBytes = type.getElementType().isF64() ? 8 : 4;
  for (blocks.vectors = 8; blocks.vectors > 1; blocks.vectors /= 2) {
    int64_t channels = type.getShape().back(), lanes = blocks.lanes();
    blocks.parts = std::max<int64_t>(lanes / blocks.cells, 1);
    int64_t items = blocks.cells * blocks.parts;
    int64_t rounds = llvm::divideCeil(items, lanes);
    bool isBusy = 10 * items >= 7 * rounds * lanes;
    bool fits = items * blocks.channels() * keptBytes <= sharedBytes;
    if (channels % blocks.channels() == 0 && isBusy && fits &&
        type.getDimSize(0) * (channels / blocks.channels()) >= fewestBlocks)
      return blocks;
  }
  return std::nullopt;
}
