//===- SlidingWindow.h - Windows over spatial dimensions --------*- C++ -*-===//
// What convolutions and pools share: data as batch, channels and space
// whatever the layout, and the attributes of a window, checked.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_IR_SLIDINGWINDOW_H
#define LACUNA_IR_SLIDINGWINDOW_H

#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"

namespace lacuna {

/// Position of the channels, and of spatial dimension `index`, in a tensor.
int64_t channelDim(Layout layout, int64_t rank);
int64_t spatialDim(Layout layout, int64_t index);

/// The sizes of a tensor of data, each possibly `?`.
struct SpatialShape {
  int64_t batch = 1, channels = 1;
  llvm::SmallVector<int64_t> spatial;

  /// Of a shape of rank 2 or more.
  static SpatialShape of(llvm::ArrayRef<int64_t> shape, Layout layout);
  llvm::SmallVector<int64_t> shape(Layout layout) const;
};

/// The attributes of a window, one entry a spatial dimension. Kernel sizes may
/// be `?`.
struct SlidingWindow {
  llvm::SmallVector<int64_t> kernel, strides, dilations, padsBegin, padsEnd;

  /// The window of `op`, a convolution or pool with `kernel` as window. Reports
  /// at the op entries that are missing or out of range, and negative pads
  /// unless `mayCrop`.
  template <typename OpT>
  static mlir::FailureOr<SlidingWindow>
  from(OpT op, llvm::ArrayRef<int64_t> kernel, bool mayCrop = false) {
    SlidingWindow window{llvm::to_vector(kernel),
                         llvm::to_vector(op.getStrides()),
                         llvm::to_vector(op.getDilations()),
                         llvm::to_vector(op.getPadsBegin()),
                         llvm::to_vector(op.getPadsEnd())};
    if (failed(window.verify(op, kernel.size(), mayCrop)))
      return mlir::failure();
    return window;
  }

  int64_t rank() const { return kernel.size(); }
  Window dim(int64_t index) const {
    return {kernel[index], strides[index], dilations[index], padsBegin[index],
            padsEnd[index]};
  }
  /// The spatial sizes of the result over `input`; nothing out of range.
  std::optional<llvm::SmallVector<int64_t>>
  outputs(llvm::ArrayRef<int64_t> input, bool ceilMode) const;
  /// Likewise of a transposed convolution.
  std::optional<llvm::SmallVector<int64_t>>
  transposedOutputs(llvm::ArrayRef<int64_t> input,
                    llvm::ArrayRef<int64_t> outputPadding) const;
  /// Whether every window is the element it stands on.
  bool isIdentity() const;

private:
  llvm::LogicalResult verify(mlir::Operation *op, size_t rank,
                             bool mayCrop) const;
};

/// Checks that `values` has `count` entries of `low` to `high`; reports at
/// `op`.
llvm::LogicalResult verifyEntries(mlir::Operation *op, llvm::StringRef name,
                                  llvm::ArrayRef<int64_t> values, size_t count,
                                  int64_t low, int64_t high = maxWindowValue);

} // namespace lacuna

#endif // LACUNA_IR_SLIDINGWINDOW_H
