//===- Resampling.cpp - Resizing and shuffles -----------------------------===//
// Checks, shapes and simplifications of resizes and pixel shuffles.
//===----------------------------------------------------------------------===//
#include "Verify.h"
#include "lacuna/IR/SlidingWindow.h"

using namespace mlir;
using namespace lacuna;
using verify::sizesOf;

/// One finite number a dimension, or `each` of them.
static LogicalResult verifyNumbers(Operation *op, StringRef name,
                                   ArrayRef<double> values, size_t count) {
  if (values.size() != count)
    return op->emitOpError("`") << name << "` must have " << count
                                << " entries, got " << values.size();
  for (double value : values)
    if (!std::isfinite(value))
      return op->emitOpError("`") << name << "` must be finite, got " << value;
  return success();
}

LogicalResult ResizeOp::inferResultTypes(verify::Types &types) {
  Value input = getInput();
  int64_t rank = sizesOf(input).size();
  if (failed(verify::rank(*this, "input", input, 1, 6)) || // C1
      failed(verify::rank(*this, "result", getResult(), rank, rank)) ||
      failed(verifyNumbers(*this, "scales", getScales(), rank))) // C2
    return failure();
  for (double scale : getScales()) // C2
    if (scale <= 0)
      return emitOpError("`scales` must be positive, got ") << scale;
  bool crops = getCoordinates() == Coordinates::TfCropAndResize;
  if (crops != getRegion().has_value()) // C3
    return emitOpError("`region` must be there just with "
                       "`tf_crop_and_resize`");
  if (crops && failed(verifyNumbers(*this, "region", *getRegion(), 2 * rank)))
    return failure();
  if (getMode() != ResizeMode::Nearest &&
      !isa<FloatType>(verify::elementOf(input))) // C4
    return emitOpError("`input` must have floating-point elements unless the "
                       "mode is nearest, got ")
           << verify::elementOf(input);
  for (auto [from, to] : llvm::zip(sizesOf(input), sizesOf(getResult())))
    if (from == 0 && !sizesAgree(to, 0)) // C5
      return emitOpError("a dimension without elements must keep its size, got ")
             << to;
  types.push_back(RankedTensorType::get(sizesOf(getResult()),
                                        verify::elementOf(input)));
  return success();
}

OpFoldResult ResizeOp::fold(FoldAdaptor) {
  bool same = llvm::all_of(getScales(), [](double s) { return s == 1; });
  bool isStatic = verify::typeOf(getInput()).hasStaticShape();
  if (!same || !isStatic || getRegion() ||
      getInput().getType() != getResult().getType())
    return {};
  return getInput();
}

LogicalResult ResampleOp::inferResultTypes(verify::Types &types) {
  Value input = getInput();
  ArrayRef<int64_t> axes = getAxes();
  int64_t last = -1;
  for (int64_t axis : axes) { // C1
    if (axis <= last || axis >= int64_t(sizesOf(input).size()))
      return emitOpError("`axes` must be dimensions of `input`, ascending, "
                         "got ")
             << axis;
    last = axis;
  }
  size_t tables = getWeights().size();
  if (getPositions().size() != axes.size() || // C2
      (tables != 0 && tables != axes.size()))
    return emitOpError("must have ")
           << axes.size() << " tables of positions, and as many of weights or "
           << "none, got " << getPositions().size() << " and " << tables;
  if (tables != 0 && !isa<FloatType>(verify::elementOf(input))) // C3
    return emitOpError("`input` must have floating-point elements, got ")
           << verify::elementOf(input);
  SmallVector<int64_t> shape(sizesOf(input));
  for (auto [index, axis] : llvm::enumerate(axes)) {
    Value positions = getPositions()[index];
    if (failed(verify::rank(*this, "positions", positions, 2, 2))) // C2
      return failure();
    SmallVector<int64_t> expected(sizesOf(positions));
    if (tables == 0)
      expected[0] = 1;
    Value checked = tables == 0 ? positions : getWeights()[index];
    if (failed(verify::shape(*this, tables == 0 ? "positions" : "weights",
                             checked, expected))) // C3
      return failure();
    shape[axis] = expected[1];
  }
  types.push_back(RankedTensorType::get(shape, verify::elementOf(input)));
  return success();
}

/// What both shuffles ask: a rank 4 input and a block that fits.
template <typename OpT> static LogicalResult verifyShuffle(OpT op) {
  return success(
      succeeded(verify::rank(op, "input", op.getInput(), 4, 4)) && // C1
      succeeded(verify::range(op, "block", op.getBlock(), 1, 4096))); // C2
}

LogicalResult PixelShuffleOp::inferResultTypes(verify::Types &types) {
  if (failed(verifyShuffle(*this))) // C1, C2
    return failure();
  auto shape = SpatialShape::of(sizesOf(getInput()), getLayout());
  int64_t block = getBlock();
  if (!ShapedType::isDynamic(shape.channels)) { // C3
    if (shape.channels % (block * block) != 0)
      return emitOpError("the channels must be a multiple of ")
             << block * block << ", got " << shape.channels;
    shape.channels /= block * block;
  }
  for (int64_t &size : shape.spatial) {
    std::optional<int64_t> larger = sizeProduct(size, block);
    if (!larger)
      return emitOpError("the result must have sizes of at most 2^62");
    size = *larger;
  }
  types.push_back(RankedTensorType::get(shape.shape(getLayout()),
                                        verify::elementOf(getInput())));
  return success();
}

OpFoldResult PixelShuffleOp::fold(FoldAdaptor) {
  bool same = getBlock() == 1 && getInput().getType() == getResult().getType();
  return same ? getInput() : OpFoldResult();
}

LogicalResult PixelUnshuffleOp::inferResultTypes(verify::Types &types) {
  if (failed(verifyShuffle(*this))) // C1, C2
    return failure();
  auto shape = SpatialShape::of(sizesOf(getInput()), getLayout());
  int64_t block = getBlock();
  for (int64_t &size : shape.spatial) {
    if (ShapedType::isDynamic(size))
      continue;
    if (size % block != 0) // C3
      return emitOpError("the spatial sizes must be multiples of ")
             << block << ", got " << size;
    size /= block;
  }
  std::optional<int64_t> channels = sizeProduct(shape.channels, block * block);
  if (!channels)
    return emitOpError("the result must have at most 2^62 channels");
  shape.channels = *channels;
  types.push_back(RankedTensorType::get(shape.shape(getLayout()),
                                        verify::elementOf(getInput())));
  return success();
}

OpFoldResult PixelUnshuffleOp::fold(FoldAdaptor) {
  bool same = getBlock() == 1 && getInput().getType() == getResult().getType();
  return same ? getInput() : OpFoldResult();
}
