//===- Shape.h - Sizes of results -------------------------------*- C++ -*-===//
#ifndef LACUNA_IR_SHAPE_H
#define LACUNA_IR_SHAPE_H

#include <cstdint>
#include <optional>

namespace lacuna {

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

} // namespace lacuna

#endif // LACUNA_IR_SHAPE_H
