//===- SpatialWindow.h - Window attributes of a node ------------*- C++ -*-===//
#ifndef LACUNA_LIB_IMPORT_SPATIALWINDOW_H
#define LACUNA_LIB_IMPORT_SPATIALWINDOW_H

#include "NodeImporter.h"
#include "lacuna/IR/Shape.h"

namespace lacuna {

/// kernel_shape, strides, dilations, pads and auto_pad of a node, resolved for
/// the spatial sizes of its input.
struct SpatialWindow {
  Ints kernel, strides, dilations, padsBegin, padsEnd;

  /// `kernel` empty: taken from the attribute.
  static mlir::FailureOr<SpatialWindow> of(NodeImporter &node,
                                           llvm::ArrayRef<int64_t> input,
                                           Ints kernel, bool ceilMode);
  Window dim(int64_t d) const {
    return {kernel[d], strides[d], dilations[d], padsBegin[d], padsEnd[d]};
  }
  /// Output sizes; fails with a diagnostic on impossible windows.
  mlir::FailureOr<Ints> outputs(NodeImporter &node,
                                llvm::ArrayRef<int64_t> input,
                                bool ceilMode) const;
};

} // namespace lacuna

#endif // LACUNA_LIB_IMPORT_SPATIALWINDOW_H
