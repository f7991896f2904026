//===- Normalization.cpp - Normalisation ----------------------------------===//
// Checks, shapes and simplifications of the normalisation family.
//===----------------------------------------------------------------------===//
#include "Verify.h"
#include "lacuna/IR/Interfaces.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace lacuna;
using verify::elementOf;
using verify::sizesOf;
using verify::typeOf;

static constexpr int64_t mostDims = 8;

static int64_t channelsOf(Value input, Layout layout) {
  ArrayRef<int64_t> sizes = sizesOf(input);
  return layout == Layout::ChannelsFirst ? sizes[1] : sizes.back();
}

/// Each of `vectors` that is there has one element a channel.
static LogicalResult
verifyVectors(Operation *op, int64_t channels,
              ArrayRef<std::pair<StringRef, Value>> vectors) {
  for (auto [name, vector] : vectors)
    if (failed(verify::shape(op, name, vector, channels)))
      return failure();
  return success();
}

static LogicalResult verifyEpsilon(Operation *op, const APFloat &epsilon) {
  return verify::positive(op, "epsilon", epsilon, /*zeroAllowed=*/true);
}

LogicalResult BatchNormOp::inferResultTypes(verify::Types &types) {
  Value x = getInput();
  if (failed(verify::rank(*this, "input", x, 2, mostDims)) || // C1
      failed(verify::element(*this, "scale", getScale(), x)) || // C2
      failed(verify::element(*this, "bias", getBias(), x)) ||
      failed(verify::element(*this, "mean", getMean(), x)) ||
      failed(verify::element(*this, "variance", getVariance(), x)) ||
      failed(verifyVectors(*this, channelsOf(x, getLayout()), // C3
                           {{"scale", getScale()},
                            {"bias", getBias()},
                            {"mean", getMean()},
                            {"variance", getVariance()}})) ||
      failed(verifyEpsilon(*this, getEpsilon()))) // C4
    return failure();
  types.push_back(typeOf(x));
  return success();
}

LogicalResult BatchNormTrainingOp::inferResultTypes(verify::Types &types) {
  Value x = getInput();
  if (failed(verify::rank(*this, "input", x, 2, mostDims)) || // C1
      failed(verify::element(*this, "scale", getScale(), x)) || // C2
      failed(verify::element(*this, "bias", getBias(), x)) ||
      failed(verifyVectors(*this, channelsOf(x, getLayout()), // C3
                           {{"scale", getScale()},
                            {"bias", getBias()},
                            {"running_mean", getRunningMean()},
                            {"running_variance", getRunningVariance()}})) ||
      failed(verifyEpsilon(*this, getEpsilon()))) // C4
    return failure();
  if (!getMomentum().isFinite()) // C5
    return emitOpError("`momentum` must be finite");
  types.append({typeOf(x), typeOf(getRunningMean()),
                typeOf(getRunningVariance())});
  return success();
}

/// What layer and RMS norm ask of axis, scale, bias and epsilon; the axis.
template <typename Op>
static FailureOr<int64_t> verifyTrailing(Op op, Value bias) {
  Value x = op.getInput();
  FailureOr<int64_t> axis = verify::axis(op, op.getAxis(), x); // C1
  if (failed(axis) ||
      failed(verify::element(op, "scale", op.getScale(), x)) || // C2
      failed(verify::element(op, "bias", bias, x)))
    return failure();
  ArrayRef<int64_t> sizes = sizesOf(x).drop_front(*axis);
  if (failed(verify::shape(op, "scale", op.getScale(), sizes)) || // C3
      failed(verify::shape(op, "bias", bias, sizes)) ||
      failed(verifyEpsilon(op, op.getEpsilon()))) // C4
    return failure();
  return axis;
}

LogicalResult LayerNormOp::inferResultTypes(verify::Types &types) {
  FailureOr<int64_t> axis = verifyTrailing(*this, getBias()); // C1 to C4
  if (failed(axis))
    return failure();
  types.push_back(typeOf(getInput()));
  SmallVector<int64_t> kept(sizesOf(getInput()));
  for (int64_t &size : MutableArrayRef(kept).drop_front(*axis))
    size = 1;
  bool wide = elementOf(getInput()).isF64();
  Builder builder(getContext());
  auto statistics = RankedTensorType::get(
      kept, wide ? Type(builder.getF64Type()) : Type(builder.getF32Type()));
  types.append((getMean() ? 1 : 0) + (getInverseDeviation() ? 1 : 0),
               statistics);
  return success();
}

LogicalResult LayerNormOp::canonicalize(LayerNormOp op,
                                        PatternRewriter &rewriter) {
  auto needed = [](Value result) { return result && !result.use_empty(); };
  bool mean = needed(op.getMean()), inverse = needed(op.getInverseDeviation());
  if (mean == bool(op.getMean()) &&
      inverse == bool(op.getInverseDeviation()))
    return rewriter.notifyMatchFailure(op, "all results are used");
  auto slim = LayerNormOp::create(
      rewriter, op.getLoc(), op.getResult().getType(),
      mean ? op.getMean().getType() : Type(),
      inverse ? op.getInverseDeviation().getType() : Type(), op.getInput(),
      op.getScale(), op.getBias(), op.getAxis(), op.getEpsilon());
  rewriter.replaceAllUsesWith(op.getResult(), slim.getResult());
  if (mean)
    rewriter.replaceAllUsesWith(op.getMean(), slim.getMean());
  if (inverse)
    rewriter.replaceAllUsesWith(op.getInverseDeviation(),
                                slim.getInverseDeviation());
  rewriter.eraseOp(op);
  return success();
}

LogicalResult RmsNormOp::inferResultTypes(verify::Types &types) {
  if (failed(verifyTrailing(*this, Value()))) // C1 to C4
    return failure();
  types.push_back(typeOf(getInput()));
  return success();
}

LogicalResult GroupNormOp::inferResultTypes(verify::Types &types) {
  Value x = getInput();
  if (failed(verify::rank(*this, "input", x, 2, mostDims))) // C1
    return failure();
  int64_t channels = channelsOf(x, getLayout());
  if (failed(verify::divides(*this, "groups", getGroups(), // C2
                             "the channels", channels)) ||
      failed(verify::element(*this, "scale", getScale(), x)) || // C3
      failed(verify::element(*this, "bias", getBias(), x)) ||
      failed(verifyVectors(*this, channels, // C4
                           {{"scale", getScale()}, {"bias", getBias()}})) ||
      failed(verifyEpsilon(*this, getEpsilon()))) // C5
    return failure();
  types.push_back(typeOf(x));
  return success();
}

LogicalResult GroupNormOp::canonicalize(GroupNormOp op,
                                        PatternRewriter &rewriter) {
  if (int64_t(op.getGroups()) != channelsOf(op.getInput(), op.getLayout()))
    return rewriter.notifyMatchFailure(op, "groups of several channels");
  rewriter.replaceOpWithNewOp<InstanceNormOp>(
      op, op.getType(), op.getInput(), op.getScale(), op.getBias(),
      op.getEpsilon(), op.getLayout());
  return success();
}

LogicalResult InstanceNormOp::inferResultTypes(verify::Types &types) {
  Value x = getInput();
  if (failed(verify::rank(*this, "input", x, 2, mostDims)) || // C1
      failed(verify::element(*this, "scale", getScale(), x)) || // C2
      failed(verify::element(*this, "bias", getBias(), x)) ||
      failed(verifyVectors(*this, channelsOf(x, getLayout()), // C3
                           {{"scale", getScale()}, {"bias", getBias()}})) ||
      failed(verifyEpsilon(*this, getEpsilon()))) // C4
    return failure();
  types.push_back(typeOf(x));
  return success();
}

LogicalResult LocalResponseNormOp::inferResultTypes(verify::Types &types) {
  if (failed(verify::rank(*this, "input", getInput(), 2, mostDims)) || // C1
      failed(verify::range(*this, "size", getSize(), 1, 1 << 20))) // C2
    return failure();
  if (!getAlpha().isFinite() || !getBeta().isFinite() ||
      !getBias().isFinite()) // C3
    return emitOpError("`alpha`, `beta` and `bias` must be finite");
  types.push_back(typeOf(getInput()));
  return success();
}

LogicalResult LpNormalizeOp::inferResultTypes(verify::Types &types) {
  if (failed(verify::axis(*this, getAxis(), getInput())) || // C1
      failed(verify::range(*this, "p", getP(), 1, 2)))      // C2
    return failure();
  types.push_back(typeOf(getInput()));
  return success();
}
