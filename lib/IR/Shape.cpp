//===- Shape.cpp - Sizes of results ---------------------------------------===//
#include "lacuna/IR/Shape.h"

#include <algorithm>

using namespace lacuna;

/// Far above every real size, so that sums and products of two cannot overflow.
static constexpr int64_t limit = int64_t(1) << 30;

static bool isSane(const Window &w) {
  auto within = [](int64_t value, int64_t low) {
    return value >= low && value <= limit;
  };
  return within(w.kernel, 1) && within(w.stride, 1) && within(w.dilation, 1) &&
         within(w.padBegin, -limit) && within(w.padEnd, -limit);
}

std::optional<int64_t> lacuna::windowOutputs(int64_t input, const Window &w,
                                             bool ceilMode) {
  if (!isSane(w) || input < 0 || input > (int64_t(1) << 40))
    return std::nullopt;
  int64_t span = input + w.padBegin + w.padEnd - w.dilation * (w.kernel - 1) - 1;
  if (span < 0)
    return 0;
  int64_t outputs = (span + (ceilMode ? w.stride - 1 : 0)) / w.stride + 1;
  if (ceilMode && (outputs - 1) * w.stride >= input + w.padBegin)
    --outputs;
  return outputs;
}

std::optional<int64_t> lacuna::transposedOutputs(int64_t input, const Window &w,
                                                 int64_t outputPadding) {
  if (!isSane(w) || input < 0 || input > limit || outputPadding < 0 ||
      outputPadding > limit)
    return std::nullopt;
  int64_t size = (input - 1) * w.stride - w.padBegin - w.padEnd +
                 w.dilation * (w.kernel - 1) + outputPadding + 1;
  return std::max<int64_t>(size, 0);
}
