//===- HopperPixels.h - The pixels windows see, through TMA -----*- C++ -*-===//
// What a convolution and the gradient by its filter read of the input: for
// pixels of the result in their order in memory, those that a tap of the
// kernel sees, zeros where that is padding (im2col).
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_HOPPERPIXELS_H
#define LACUNA_LIB_LOWERING_HOPPERPIXELS_H

#include "HopperBuilder.h"
#include "HopperKernel.h"

namespace lacuna {

struct HopperPixels {
  using Value = mlir::Value;
  Value tensor;
  llvm::ArrayRef<int64_t> kernel, strides, dilations, padsBegin, padsEnd;
  /// Of the input: images, height, width, channels.
  llvm::SmallVector<int64_t> input;
  int64_t height = 0, width = 0; // of the result

  /// `op` has an input of images, channels last, and a window; `result` is
  /// what the convolution gives.
  template <typename OpT>
  HopperPixels(OpT op, mlir::RankedTensorType result)
      : tensor(op.getInput()), kernel(op.getKernel()),
        strides(op.getStrides()), dilations(op.getDilations()),
        padsBegin(op.getPadsBegin()), padsEnd(op.getPadsEnd()),
        input(op.getInput().getType().getShape()),
        height(result.getDimSize(1)), width(result.getDimSize(2)) {}

  int64_t reach(int64_t dim) const {
    return (kernel[dim] - 1) * dilations[dim];
  }
  /// Offsets within a window are bytes.
  bool fits() const { return reach(0) <= 255 && reach(1) <= 255; }
  /// Whether row `tap` of the kernel meets the image from `line` of the result.
  bool sees(int64_t line, int64_t tap) const;
  /// Boxes of 64 channels and `count` pixels.
  HopperMap map(int64_t count) const;
  /// Where a box begins, and what a tap adds to that.
  Values indices(HopperBuilder &b, Value channel, Value pixel) const;
  Values offsets(HopperBuilder &b, Value tap) const;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERPIXELS_H
