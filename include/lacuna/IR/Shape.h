//===- Shape.h - Sizes of results -------------------------------*- C++ -*-===//
// Pure arithmetic on sizes, shared by importers, verifiers and lowerings. A
// size may be `?` (mlir::ShapedType::kDynamic) where said. Nothing here
// overflows or divides by zero, whatever comes in.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_IR_SHAPE_H
#define LACUNA_IR_SHAPE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>

namespace lacuna {

/// The largest value of a window's attributes: sums and products of two such
/// values do not overflow.
inline constexpr int64_t maxWindowValue = int64_t(1) << 30;

/// One spatial dimension of a sliding window.
struct Window {
  int64_t kernel = 1, stride = 1, dilation = 1, padBegin = 0, padEnd = 0;
};

/// Outputs of a window over `input` elements: floor((input + pads - dilation
/// (kernel - 1) - 1) / stride) + 1, at least 0; with `ceilMode` rounded up,
/// without a last window that starts in the right padding. Nothing on values
/// that make no window or overflow.
std::optional<int64_t> windowOutputs(int64_t input, const Window &window,
                                     bool ceilMode);

/// Outputs of a transposed convolution: (input - 1) stride - pads + dilation
/// (kernel - 1) + outputPadding + 1.
std::optional<int64_t> transposedOutputs(int64_t input, const Window &window,
                                         int64_t outputPadding);

/// floor(input * scale), the size a resize by `scale` gives. Nothing on scales
/// that are not positive, or sizes out of range.
std::optional<int64_t> resizedSize(int64_t input, double scale);

/// The elements [begin, end) of a bin.
struct Bin {
  int64_t begin, end;
};
/// Bin `index` of `count` over `size` elements: [floor(index size / count),
/// ceil((index + 1) size / count)). For 0 <= index < count of verified ops.
Bin adaptiveBin(int64_t index, int64_t count, int64_t size);
/// SPP-net's: ceil(size / count) wide, every floor(size / count), cut at the
/// end.
Bin sppBin(int64_t index, int64_t count, int64_t size);

/// `axis` counted from the front, if it is one of `rank` dimensions; -1 is the
/// last one.
std::optional<int64_t> axisFromFront(int64_t axis, int64_t rank);

/// Whether two sizes, each possibly `?`, can be the same.
bool sizesAgree(int64_t left, int64_t right);
bool shapesAgree(llvm::ArrayRef<int64_t> left, llvm::ArrayRef<int64_t> right);
/// Of two sizes that agree, the known one.
int64_t mergedSize(int64_t left, int64_t right);

/// NumPy's broadcast of two shapes with `?`; nothing if they do not fit.
std::optional<llvm::SmallVector<int64_t>>
broadcastShapes(llvm::ArrayRef<int64_t> left, llvm::ArrayRef<int64_t> right);
/// Whether a tensor of shape `from` can be broadcast to the shape `to`.
bool broadcastsTo(llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> to);

/// a * b and a + b, `?` if one is. Nothing when negative or above 2^62.
std::optional<int64_t> sizeProduct(int64_t left, int64_t right);
std::optional<int64_t> sizeSum(int64_t left, int64_t right);
/// The number of elements of `shape`, `?` if a size is.
std::optional<int64_t> elementCount(llvm::ArrayRef<int64_t> shape);

} // namespace lacuna

#endif // LACUNA_IR_SHAPE_H
