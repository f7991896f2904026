//===- SlidingWindow.cpp - Windows over spatial dimensions ----------------===//
// Checks window attributes and computes the sizes they give.
//===----------------------------------------------------------------------===//
#include "lacuna/IR/SlidingWindow.h"

using namespace mlir;
using namespace lacuna;

int64_t lacuna::channelDim(Layout layout, int64_t rank) {
  return layout == Layout::ChannelsFirst ? 1 : rank - 1;
}

int64_t lacuna::spatialDim(Layout layout, int64_t index) {
  return index + (layout == Layout::ChannelsFirst ? 2 : 1);
}

SpatialShape SpatialShape::of(ArrayRef<int64_t> shape, Layout layout) {
  SpatialShape result;
  result.batch = shape.front();
  result.channels = shape[channelDim(layout, shape.size())];
  ArrayRef<int64_t> spatial = shape.drop_front();
  spatial = layout == Layout::ChannelsFirst ? spatial.drop_front()
                                            : spatial.drop_back();
  result.spatial.assign(spatial.begin(), spatial.end());
  return result;
}

SmallVector<int64_t> SpatialShape::shape(Layout layout) const {
  SmallVector<int64_t> result{batch};
  if (layout == Layout::ChannelsFirst)
    result.push_back(channels);
  llvm::append_range(result, spatial);
  if (layout == Layout::ChannelsLast)
    result.push_back(channels);
  return result;
}

LogicalResult lacuna::verifyEntries(Operation *op, StringRef name,
                                    ArrayRef<int64_t> values, size_t count,
                                    int64_t low, int64_t high) {
  if (values.size() != count)
    return op->emitOpError("`") << name << "` must have " << count
                                << " entries, got " << values.size();
  for (int64_t value : values)
    if (value < low || value > high)
      return op->emitOpError("`") << name << "` must have entries of " << low
                                  << " to " << high << ", got " << value;
  return success();
}

LogicalResult SlidingWindow::verify(Operation *op, size_t rank,
                                    bool mayCrop) const {
  for (int64_t size : kernel)
    if (!ShapedType::isDynamic(size) && (size < 1 || size > maxWindowValue))
      return op->emitOpError("the window must have sizes of 1 to ")
             << maxWindowValue << ", got " << size;
  int64_t lowestPad = mayCrop ? -maxWindowValue : 0;
  if (failed(verifyEntries(op, "strides", strides, rank, 1)) ||
      failed(verifyEntries(op, "dilations", dilations, rank, 1)) ||
      failed(verifyEntries(op, "pads_begin", padsBegin, rank, lowestPad)) ||
      failed(verifyEntries(op, "pads_end", padsEnd, rank, lowestPad)))
    return failure();
  return success();
}

/// Applies `outputs` to each dimension; `?` where input or kernel is.
static std::optional<SmallVector<int64_t>>
eachDim(const SlidingWindow &window, ArrayRef<int64_t> input,
        llvm::function_ref<std::optional<int64_t>(int64_t)> outputs) {
  SmallVector<int64_t> sizes;
  for (int64_t d = 0; d < window.rank(); ++d) {
    std::optional<int64_t> size = ShapedType::kDynamic;
    if (!ShapedType::isDynamic(input[d]) &&
        !ShapedType::isDynamic(window.kernel[d]))
      size = outputs(d);
    if (!size)
      return std::nullopt;
    sizes.push_back(*size);
  }
  return sizes;
}

std::optional<SmallVector<int64_t>>
SlidingWindow::outputs(ArrayRef<int64_t> input, bool ceilMode) const {
  return eachDim(*this, input, [&](int64_t d) {
    return windowOutputs(input[d], dim(d), ceilMode);
  });
}

std::optional<SmallVector<int64_t>>
SlidingWindow::transposedOutputs(ArrayRef<int64_t> input,
                                 ArrayRef<int64_t> outputPadding) const {
  return eachDim(*this, input, [&](int64_t d) {
    return lacuna::transposedOutputs(input[d], dim(d), outputPadding[d]);
  });
}

bool SlidingWindow::isIdentity() const {
  auto all = [](ArrayRef<int64_t> values, int64_t wanted) {
    return llvm::all_of(values, [&](int64_t v) { return v == wanted; });
  };
  return all(kernel, 1) && all(strides, 1) && all(padsBegin, 0) &&
         all(padsEnd, 0);
}
