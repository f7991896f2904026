//===- ConvolutionGradient.cpp - The gradient by a filter -----------------===//
#include "Verify.h"
#include "lacuna/IR/SlidingWindow.h"

using namespace mlir;
using namespace lacuna;
using verify::sizesOf;

/// C4: the cotangent is as large as the result of the convolution.
static LogicalResult verifySpatial(ConvolutionFilterGradientOp op,
                                   const SlidingWindow &window,
                                   const SpatialShape &input,
                                   const SpatialShape &cotangent) {
  auto outputs = window.outputs(input.spatial, /*ceilMode=*/false);
  if (outputs && shapesAgree(*outputs, cotangent.spatial))
    return success();
  auto error = op.emitOpError("`cotangent` must have the spatial sizes of the "
                              "convolution's result");
  if (outputs)
    error << " (" << verify::text(*outputs) << ")";
  return error << ", got " << verify::text(cotangent.spatial);
}

LogicalResult
ConvolutionFilterGradientOp::inferResultTypes(verify::Types &types) {
  Value x = getInput(), d = getCotangent();
  int64_t rank = sizesOf(x).size();
  if (failed(verify::rank(*this, "input", x, 3, 5)) || // C1
      failed(verify::rank(*this, "cotangent", d, rank, rank)) ||
      failed(verify::element(*this, "cotangent", d, x)) ||
      failed(verifyEntries(*this, "kernel", getKernel(), rank - 2, 1))) // C2
    return failure();
  FailureOr<SlidingWindow> window =
      SlidingWindow::from(*this, getKernel(), /*mayCrop=*/true); // C2
  auto input = SpatialShape::of(sizesOf(x), getLayout());
  auto cotangent = SpatialShape::of(sizesOf(d), getLayout());
  int64_t groups = getGroups();
  if (failed(window))
    return failure();
  if (!sizesAgree(input.batch, cotangent.batch)) // C1
    return emitOpError("`cotangent` must have the batch of `input`, got ")
           << cotangent.batch;
  if (failed(verify::divides(*this, "groups", groups, // C3
                             "the channels of the input", input.channels)) ||
      failed(verify::divides(*this, "groups", groups,
                             "the channels of the cotangent",
                             cotangent.channels)) ||
      failed(verifySpatial(*this, *window, input, cotangent))) // C4
    return failure();
  int64_t channels = ShapedType::isDynamic(input.channels)
                         ? ShapedType::kDynamic
                         : input.channels / groups;
  bool last = getResultLayout() == Layout::ChannelsLast;
  SmallVector<int64_t> shape(getKernel());
  shape.insert(last ? shape.end() : shape.begin(), channels);
  shape.insert(shape.begin(), cotangent.channels);
  types.push_back(RankedTensorType::get(shape, verify::elementOf(x)));
  return success();
}
