//===- Convolution.cpp - Convolution and its transpose --------------------===//
// Checks and shapes of the convolution family.
//===----------------------------------------------------------------------===//
#include "Verify.h"
#include "lacuna/IR/SlidingWindow.h"

using namespace mlir;
using namespace lacuna;
using verify::sizesOf;

/// What both convolutions ask of their operands, and their window.
template <typename OpT>
static FailureOr<SlidingWindow> verifyOperands(OpT op, bool mayCrop) {
  Value input = op.getInput(), filter = op.getFilter();
  int64_t rank = verify::typeOf(input).getRank();
  if (failed(verify::rank(op, "input", input, 3, 5)) || // C1
      failed(verify::rank(op, "filter", filter, rank, rank)))
    return failure();
  if (failed(verify::element(op, "filter", filter, input)) || // C2
      failed(verify::element(op, "bias", op.getBias(), input)))
    return failure();
  return SlidingWindow::from(op, sizesOf(filter).drop_front(2), // C3
                             mayCrop);
}

static LogicalResult verifyChannels(Operation *op, int64_t channels,
                                    std::optional<int64_t> expected) {
  if (expected && sizesAgree(channels, *expected))
    return success();
  auto error = op->emitOpError("`input` must have the channels that `filter` "
                               "and `groups` say");
  if (expected)
    error << " (" << *expected << ")";
  return error << ", got " << channels;
}

/// Appends the result's type, or reports sizes out of range.
static LogicalResult
appendType(Operation *op, Value input, Layout layout, int64_t batch,
           int64_t channels, std::optional<SmallVector<int64_t>> spatial,
           verify::Types &types) {
  if (!spatial)
    return op->emitOpError("the result must have sizes of at most 2^40");
  SpatialShape shape{batch, channels, *spatial};
  types.push_back(
      RankedTensorType::get(shape.shape(layout), verify::elementOf(input)));
  return success();
}

LogicalResult ConvolutionOp::inferResultTypes(verify::Types &types) {
  FailureOr<SlidingWindow> window =
      verifyOperands(*this, /*mayCrop=*/false); // C1, C2, C3
  if (failed(window))
    return failure();
  ArrayRef<int64_t> filter = sizesOf(getFilter());
  auto input = SpatialShape::of(sizesOf(getInput()), getLayout());
  int64_t groups = getGroups();
  if (failed(verify::divides(*this, "groups", groups, // C4
                             "the filters", filter[0])) ||
      failed(verifyChannels(*this, input.channels, // C5
                            sizeProduct(filter[1], groups))) ||
      failed(verify::shape(*this, "bias", getBias(), filter[0]))) // C6
    return failure();
  return appendType(*this, getInput(), getLayout(), input.batch, filter[0],
                    window->outputs(input.spatial, /*ceilMode=*/false), types);
}

LogicalResult TransposedConvolutionOp::inferResultTypes(verify::Types &types) {
  FailureOr<SlidingWindow> window =
      verifyOperands(*this, /*mayCrop=*/true); // C1, C2, C3
  if (failed(window) ||
      failed(verifyEntries(*this, "output_padding", getOutputPadding(),
                           window->rank(), 0)))
    return failure();
  ArrayRef<int64_t> filter = sizesOf(getFilter());
  auto input = SpatialShape::of(sizesOf(getInput()), getLayout());
  int64_t groups = getGroups();
  if (failed(verify::divides(*this, "groups", groups, // C4
                             "the filter's input channels", filter[0])) ||
      failed(verifyChannels(*this, input.channels, filter[0]))) // C5
    return failure();
  std::optional<int64_t> outputs = sizeProduct(filter[1], groups);
  if (!outputs)
    return emitOpError("the result must have at most 2^62 channels");
  if (failed(verify::shape(*this, "bias", getBias(), *outputs))) // C6
    return failure();
  return appendType(*this, getInput(), getLayout(), input.batch, *outputs,
                    window->transposedOutputs(input.spatial,
                                              getOutputPadding()),
                    types);
}

/// (panels, taps, inputs a group, lanes) of a filter with `outputs` filters of
/// `inputs` channels; nothing when that overflows.
static std::optional<SmallVector<int64_t>>
packedShape(int64_t outputs, int64_t inputs, ArrayRef<int64_t> kernel,
            int64_t groups, int64_t lanes) {
  std::optional<int64_t> taps = elementCount(kernel);
  bool depthwise = groups > 1 && groups == outputs && inputs == 1;
  int64_t blocks = depthwise ? 1 : groups;
  auto panels =
      sizeProduct(blocks, llvm::divideCeil(outputs / blocks, lanes));
  if (!taps || !panels)
    return std::nullopt;
  return SmallVector<int64_t>{*panels, *taps, inputs, lanes};
}

LogicalResult PackFilterOp::inferResultTypes(verify::Types &types) {
  ArrayRef<int64_t> filter = sizesOf(getFilter());
  if (failed(verify::rank(*this, "filter", getFilter(), 3, 5))) // C1
    return failure();
  if (ShapedType::isDynamicShape(filter)) // C1
    return emitOpError("`filter` must have static sizes");
  if (failed(verify::divides(*this, "groups", getGroups(), // C2
                             "the filters", filter[0])) ||
      failed(verify::range(*this, "lanes", getLanes(), 1, 1024))) // C3
    return failure();
  auto shape = packedShape(filter[0], filter[1], filter.drop_front(2),
                           getGroups(), getLanes());
  if (!shape)
    return emitOpError("the result must have sizes of at most 2^62");
  types.push_back(
      RankedTensorType::get(*shape, verify::elementOf(getFilter())));
  return success();
}

LogicalResult PackedConvolutionOp::verify() {
  Value x = getInput(), panels = getPanels();
  ArrayRef<int64_t> in = sizesOf(x), out = sizesOf(getResult());
  int64_t rank = in.size();
  if (failed(verify::rank(*this, "input", x, 3, 5)) || // C1
      failed(verify::rank(*this, "result", getResult(), rank, rank)) ||
      failed(verify::rank(*this, "panels", panels, 4, 4)))
    return failure();
  if (ShapedType::isDynamicShape(in) || ShapedType::isDynamicShape(out) ||
      ShapedType::isDynamicShape(sizesOf(panels))) // C1
    return emitOpError("all sizes must be static");
  if (failed(verify::element(*this, "panels", panels, x)) || // C2
      failed(verify::element(*this, "result", getResult(), x)) ||
      failed(verifyEntries(*this, "kernel", getKernel(), rank - 2, 1))) // C3
    return failure();
  FailureOr<SlidingWindow> window = SlidingWindow::from(*this, getKernel());
  int64_t groups = getGroups();
  if (failed(window) ||
      failed(verify::divides(*this, "groups", groups, // C4
                             "the channels of the input", in.back())) ||
      failed(verify::divides(*this, "groups", groups,
                             "the channels of the result", out.back())))
    return failure();
  int64_t lanes = sizesOf(panels).back();
  if (failed(verify::range(*this, "lanes", lanes, 1, 1024))) // C5
    return failure();
  auto packed = packedShape(out.back(), in.back() / groups, getKernel(),
                            groups, lanes);
  if (!packed || failed(verify::shape(*this, "panels", panels, *packed)))
    return packed ? failure() : emitOpError("the window must not overflow");
  auto outputs = window->outputs(in.drop_front().drop_back(), false);
  if (!outputs || *outputs != out.drop_front().drop_back() || // C6
      out.front() != in.front())
    return emitOpError("the result must have the size of the convolution, got ")
           << verify::text(out);
  return success();
}

LogicalResult InterleaveOp::inferResultTypes(verify::Types &types) {
  int64_t rank = getStrides().size(), phases = 1;
  if (getPhases().empty())
    return emitOpError("must have phases, got none"); // C2
  Value model = getPhases().front();
  if (failed(verify::rank(*this, "phase", model, 3, 5)) || // C1
      failed(verifyEntries(*this, "strides", getStrides(),
                           sizesOf(model).size() - 2, 1)) ||
      failed(verifyEntries(*this, "size", getSize(), rank, 0)))
    return failure();
  auto shape = SpatialShape::of(sizesOf(model), Layout::ChannelsLast);
  for (auto [d, stride] : llvm::enumerate(getStrides())) {
    auto product = sizeProduct(phases, stride);
    if (!product)
      return emitOpError("`strides` must have a product of at most 2^62");
    phases = *product;
    shape.spatial[d] = llvm::divideCeil(getSize()[d], stride);
  }
  int64_t count = getPhases().size();
  if (count != 1 && count != phases) // C2
    return emitOpError("must have ") << phases << " phases, got " << count;
  for (Value phase : getPhases()) // C3
    if (failed(verify::element(*this, "phase", phase, model)) ||
        failed(verify::shape(*this, "phase", phase,
                             shape.shape(Layout::ChannelsLast))))
      return failure();
  if (count == 1 &&
      failed(verify::divides(*this, "phases", phases, // C3
                             "the channels", shape.channels)))
    return failure();
  if (count == 1 && !ShapedType::isDynamic(shape.channels))
    shape.channels /= phases;
  shape.spatial.assign(getSize().begin(), getSize().end());
  types.push_back(RankedTensorType::get(shape.shape(Layout::ChannelsLast),
                                        verify::elementOf(model)));
  return success();
}
