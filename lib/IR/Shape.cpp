//===- Shape.cpp - Sizes of results ---------------------------------------===//
// Arithmetic on sizes that survives hostile values.
//===----------------------------------------------------------------------===//
#include "lacuna/IR/Shape.h"

#include "mlir/IR/BuiltinTypes.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cmath>

using namespace lacuna;
using mlir::ShapedType;

static constexpr int64_t maxInput = int64_t(1) << 40;
static constexpr int64_t maxSize = int64_t(1) << 62;

static bool isSane(const Window &w) {
  auto within = [](int64_t value, int64_t low) {
    return value >= low && value <= maxWindowValue;
  };
  return within(w.kernel, 1) && within(w.stride, 1) && within(w.dilation, 1) &&
         within(w.padBegin, -maxWindowValue) &&
         within(w.padEnd, -maxWindowValue);
}

std::optional<int64_t> lacuna::windowOutputs(int64_t input, const Window &w,
                                             bool ceilMode) {
  if (!isSane(w) || input < 0 || input > maxInput)
    return std::nullopt;
  int64_t reach = w.dilation * (w.kernel - 1) + 1;
  int64_t span = input + w.padBegin + w.padEnd - reach;
  if (span < 0)
    return 0;
  int64_t outputs = (span + (ceilMode ? w.stride - 1 : 0)) / w.stride + 1;
  if (ceilMode && (outputs - 1) * w.stride >= input + w.padBegin)
    --outputs;
  return outputs;
}

std::optional<int64_t> lacuna::transposedOutputs(int64_t input, const Window &w,
                                                 int64_t outputPadding) {
  if (!isSane(w) || input < 0 || input > maxWindowValue || outputPadding < 0 ||
      outputPadding > maxWindowValue)
    return std::nullopt;
  int64_t size = (input - 1) * w.stride - w.padBegin - w.padEnd +
                 w.dilation * (w.kernel - 1) + outputPadding + 1;
  return std::max<int64_t>(size, 0);
}

std::optional<int64_t> lacuna::resizedSize(int64_t input, double scale) {
  if (!(scale > 0) || !std::isfinite(scale) || input < 0)
    return std::nullopt;
  double size = std::floor(double(input) * scale);
  if (size > double(maxInput))
    return std::nullopt;
  return int64_t(size);
}

Bin lacuna::adaptiveBin(int64_t index, int64_t count, int64_t size) {
  return {index * size / count, llvm::divideCeilSigned((index + 1) * size, count)};
}

Bin lacuna::sppBin(int64_t index, int64_t count, int64_t size) {
  int64_t begin = index * (size / count);
  int64_t width = llvm::divideCeilSigned(size, count);
  return {begin, std::min(begin + width, size)};
}

std::optional<int64_t> lacuna::axisFromFront(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    return std::nullopt;
  return axis < 0 ? axis + rank : axis;
}

bool lacuna::sizesAgree(int64_t left, int64_t right) {
  return left == right || ShapedType::isDynamic(left) ||
         ShapedType::isDynamic(right);
}

bool lacuna::shapesAgree(llvm::ArrayRef<int64_t> left,
                         llvm::ArrayRef<int64_t> right) {
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(), sizesAgree);
}

int64_t lacuna::mergedSize(int64_t left, int64_t right) {
  return ShapedType::isDynamic(left) ? right : left;
}

/// The size two dimensions have together: 1 gives way, `?` to a size above 1.
static std::optional<int64_t> broadcastSize(int64_t left, int64_t right) {
  if (left == 1)
    return right;
  if (right == 1)
    return left;
  if (!sizesAgree(left, right))
    return std::nullopt;
  return mergedSize(left, right);
}

std::optional<llvm::SmallVector<int64_t>>
lacuna::broadcastShapes(llvm::ArrayRef<int64_t> left,
                        llvm::ArrayRef<int64_t> right) {
  if (left.size() < right.size())
    std::swap(left, right);
  llvm::SmallVector<int64_t> shape(left);
  size_t offset = left.size() - right.size();
  for (size_t d = 0; d < right.size(); ++d) {
    std::optional<int64_t> size = broadcastSize(left[offset + d], right[d]);
    if (!size)
      return std::nullopt;
    shape[offset + d] = *size;
  }
  return shape;
}

bool lacuna::broadcastsTo(llvm::ArrayRef<int64_t> from,
                          llvm::ArrayRef<int64_t> to) {
  if (from.size() > to.size())
    return false;
  llvm::ArrayRef<int64_t> tail = to.take_back(from.size());
  for (auto [size, target] : llvm::zip_equal(from, tail))
    if (size != 1 && !sizesAgree(size, target))
      return false;
  return true;
}

static std::optional<int64_t> checked(bool overflow, int64_t value) {
  if (overflow || value < 0 || value > maxSize)
    return std::nullopt;
  return value;
}

std::optional<int64_t> lacuna::sizeProduct(int64_t left, int64_t right) {
  if (ShapedType::isDynamic(left) || ShapedType::isDynamic(right))
    return ShapedType::kDynamic;
  int64_t value = 0;
  bool overflow = llvm::MulOverflow(left, right, value);
  return checked(overflow, value);
}

std::optional<int64_t> lacuna::sizeSum(int64_t left, int64_t right) {
  if (ShapedType::isDynamic(left) || ShapedType::isDynamic(right))
    return ShapedType::kDynamic;
  int64_t value = 0;
  bool overflow = llvm::AddOverflow(left, right, value);
  return checked(overflow, value);
}

std::optional<int64_t> lacuna::elementCount(llvm::ArrayRef<int64_t> shape) {
  std::optional<int64_t> count = 1;
  for (int64_t size : shape)
    if (!(count = sizeProduct(*count, size)))
      return std::nullopt;
  return count;
}
