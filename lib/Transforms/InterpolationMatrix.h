//===- InterpolationMatrix.h - A resize and windows on it -------*- C++ -*-===//
#ifndef LACUNA_LIB_TRANSFORMS_INTERPOLATIONMATRIX_H
#define LACUNA_LIB_TRANSFORMS_INTERPOLATIONMATRIX_H

#include "lacuna/IR/SlidingWindow.h"

namespace lacuna {

/// What each window on a resized map, padded with zeros, reads of the map
/// before: one row for each window, one column for each element of that map
/// and each tap, taps varying fastest.
struct InterpolationMatrix {
  int64_t rows = 1, columns = 1;
  std::vector<double> numbers;

  /// `op` resizes spatial dimensions only and extrapolates nothing.
  static InterpolationMatrix of(ResizeOp op, Layout layout,
                                const SlidingWindow &window,
                                llvm::ArrayRef<int64_t> outputs);
};

} // namespace lacuna

#endif // LACUNA_LIB_TRANSFORMS_INTERPOLATIONMATRIX_H
