//===- Normalization.cpp - Loops of layer, group and instance norm --------===//
// Mean and variance of a line in two walks (the second one over distances to
// the mean, so that nothing cancels), then the results. A line stays in the
// first cache from the first walk to the last.
//===----------------------------------------------------------------------===//
#include "Expression.h"
#include "LineLoops.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;
using Values = LineLoops::Values;

namespace {
/// Which elements make a line, and where scale and bias lie.
struct NormShape {
  SmallVector<LineDim> dims;
  /// The dimensions of scale and bias, consecutive ones of the input.
  int64_t parameterBegin, parameterEnd;

  static NormShape ofTrailing(Value input, int64_t axis);
  static NormShape ofGroups(Value input, int64_t groups, Layout layout);
};

/// What is known of a line: its mean is `mean` + `error`; `inverse` is
/// 1 / sqrt(variance + epsilon). When the mean counts as 0, both are null.
struct Moments {
  Value mean, error, variance, inverse;
};

/// Emits (x - mean) / sqrt(variance + epsilon) scale + bias; without `centred`
/// the mean counts as 0.
class NormEmitter {
public:
  NormEmitter(KernelBuilder &kernel, Operation *root, NormShape shape,
              double epsilon, bool centred)
      : kernel(kernel), root(root), shape(shape), epsilon(epsilon),
        centred(centred),
        lines(kernel, root, shape.dims,
              {shape.parameterBegin, shape.parameterEnd}, /*registers=*/4),
        input(kernel, lines, root->getOperand(0)) {}

  Value scale, bias;
  /// What else happens for a line once its moments are known.
  std::function<LogicalResult(const LineLoops &, const Moments &)> onMoments;

  LogicalResult emit() {
    return lines.forEach([&] { return emitLine(); });
  }

private:
  LogicalResult emitLine();
  FailureOr<Value> meanOfLine();
  LogicalResult measureSpread(Moments &moments);
  FailureOr<Value> parameter(Value tensor, const Position &at);
  Value distance(Value x, Value mean, int64_t lanes);

  KernelBuilder &kernel;
  Operation *root;
  NormShape shape;
  double epsilon;
  bool centred;
  LineLoops lines;
  LineInput input;
};
} // namespace

NormShape NormShape::ofTrailing(Value input, int64_t axis) {
  ArrayRef<int64_t> sizes = shapeOf(input);
  int64_t first = *axisFromFront(axis, sizes.size());
  return {linesAlong(sizes, [&](int64_t dim) { return dim >= first; }), first,
          int64_t(sizes.size())};
}

NormShape NormShape::ofGroups(Value input, int64_t groups, Layout layout) {
  ArrayRef<int64_t> sizes = shapeOf(input);
  int64_t channel = layout == Layout::ChannelsFirst ? 1 : sizes.size() - 1;
  auto dims = linesAlong(sizes, [&](int64_t dim) { return dim > 0; });
  dims[channel] = {groups, groups == 0 ? 0 : sizes[channel] / groups};
  return {dims, channel, channel + 1};
}

Value NormEmitter::distance(Value x, Value mean, int64_t lanes) {
  if (!mean)
    return x;
  return arith::SubFOp::create(kernel.builder, kernel.loc, x,
                               kernel.broadcast(mean, lanes));
}

FailureOr<Value> NormEmitter::meanOfLine() {
  if (!centred)
    return Value();
  FailureOr<Value> sum =
      lines.sum([&](const Position &at) { return input.first(at); });
  if (failed(sum))
    return failure();
  ImplicitLocOpBuilder b(kernel.loc, kernel.builder);
  return (Real(b, *sum) / double(lines.length())).value;
}

/// The variance from distances to `mean`, which is rounded: their sum says how
/// far it is off, and the results take that back.
LogicalResult NormEmitter::measureSpread(Moments &moments) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  auto add = [&](ValueRange left, ValueRange right) {
    Values sums;
    for (auto [x, y] : llvm::zip_equal(left, right))
      sums.push_back(arith::AddFOp::create(b, loc, x, y));
    return sums;
  };
  Values zeros(centred ? 2 : 1, kernel.constant(lines.computeType(), 0));
  FailureOr<Values> sums = lines.fold(
      zeros,
      [&](const Position &at, ValueRange carried) -> FailureOr<Values> {
        FailureOr<Value> x = centred ? input.again(at) : input.first(at);
        if (failed(x))
          return failure();
        Value d = distance(*x, moments.mean, at.lanes);
        Values next{math::FmaOp::create(b, loc, d, d, carried[0])};
        if (centred)
          next.push_back(arith::AddFOp::create(b, loc, d, carried[1]));
        return next;
      },
      add);
  if (failed(sums))
    return failure();
  ImplicitLocOpBuilder builder(loc, b);
  double count = lines.length();
  Real square = Real(builder, (*sums)[0]) / count;
  if (centred) {
    Real error = Real(builder, (*sums)[1]) / count;
    square = square - error * error;
    moments.error = error.value;
  }
  moments.variance = square.value;
  moments.inverse = (1.0 / sqrt(square + epsilon)).value;
  return success();
}

/// The element of scale or bias that belongs to the input at `at`.
FailureOr<Value> NormEmitter::parameter(Value tensor, const Position &at) {
  Position own;
  for (int64_t dim = shape.parameterBegin; dim < shape.parameterEnd; ++dim)
    own.indices.push_back(at.indices[dim]);
  int64_t lane = at.laneDim - shape.parameterBegin;
  if (at.lanes > 1 && lane >= 0 && lane < int64_t(own.indices.size())) {
    own.lanes = at.lanes;
    own.laneDim = lane;
  }
  FailureOr<Value> element =
      loadAs(kernel, tensor, lines.computeType(), own);
  if (failed(element))
    return failure();
  return kernel.broadcast(*element, at.lanes);
}

LogicalResult NormEmitter::emitLine() {
  FailureOr<Value> mean = meanOfLine();
  if (failed(mean))
    return failure();
  Moments moments{*mean, {}, {}, {}};
  if (failed(measureSpread(moments)) ||
      (onMoments && failed(onMoments(lines, moments))))
    return failure();
  ImplicitLocOpBuilder builder(kernel.loc, kernel.builder);
  Value shift;
  if (centred)
    shift = (-(Real(builder, moments.error) * Real(builder, moments.inverse)))
                .value;
  return lines.walk([&](const Position &at) -> LogicalResult {
    FailureOr<Value> x = input.again(at);
    if (failed(x))
      return failure();
    ImplicitLocOpBuilder b(kernel.loc, kernel.builder);
    Real d(b, distance(*x, moments.mean, at.lanes));
    Real inverse(b, kernel.broadcast(moments.inverse, at.lanes));
    Real y = shift ? fma(d, inverse, {b, kernel.broadcast(shift, at.lanes)})
                   : d * inverse;
    FailureOr<Value> factor, offset;
    if (scale && failed(factor = parameter(scale, at)))
      return failure();
    if (bias && failed(offset = parameter(bias, at)))
      return failure();
    // The builder stands where the loads left it.
    ImplicitLocOpBuilder after(kernel.loc, kernel.builder);
    y.builder = &after;
    if (scale && bias)
      y = fma(y, {after, *factor}, {after, *offset});
    else if (scale)
      y = y * Real(after, *factor);
    else if (bias)
      y = y + Real(after, *offset);
    return storeAs(kernel, root->getResult(0), y.value, at);
  });
}

/// The whole mean of a line.
static Value exactMean(KernelBuilder &kernel, const Moments &moments) {
  return arith::AddFOp::create(kernel.builder, kernel.loc, moments.mean,
                               moments.error);
}

static LogicalResult storeStatistics(KernelBuilder &kernel, LayerNormOp op,
                                     const LineLoops &lines,
                                     const Moments &moments) {
  int64_t rank = shapeOf(op.getInput()).size();
  SmallVector<int64_t> dims =
      llvm::to_vector(llvm::seq(*axisFromFront(op.getAxis(), rank)));
  dims.resize(rank, -1);
  Position at = lines.linePosition(dims);
  if (op.getMean() && failed(storeAs(kernel, op.getMean(),
                                     exactMean(kernel, moments), at)))
    return failure();
  Value inverse = op.getInverseDeviation();
  return inverse ? storeAs(kernel, inverse, moments.inverse, at) : success();
}

static LogicalResult emitLayerNorm(KernelBuilder &kernel, Operation *root) {
  auto op = cast<LayerNormOp>(root);
  NormEmitter emitter(kernel, op,
                      NormShape::ofTrailing(op.getInput(), op.getAxis()),
                      op.getEpsilon().convertToDouble(), /*centred=*/true);
  emitter.scale = op.getScale();
  emitter.bias = op.getBias();
  emitter.onMoments = [&](const LineLoops &lines, const Moments &moments) {
    return storeStatistics(kernel, op, lines, moments);
  };
  return emitter.emit();
}

static LogicalResult emitRmsNorm(KernelBuilder &kernel, Operation *root) {
  auto op = cast<RmsNormOp>(root);
  NormEmitter emitter(kernel, op,
                      NormShape::ofTrailing(op.getInput(), op.getAxis()),
                      op.getEpsilon().convertToDouble(), /*centred=*/false);
  emitter.scale = op.getScale();
  return emitter.emit();
}

/// Group norm, and instance norm as groups of one channel.
template <typename Op>
static LogicalResult emitChannelNorm(KernelBuilder &kernel, Op op,
                                     int64_t groups) {
  NormEmitter emitter(
      kernel, op, NormShape::ofGroups(op.getInput(), groups, op.getLayout()),
      op.getEpsilon().convertToDouble(), /*centred=*/true);
  emitter.scale = op.getScale();
  emitter.bias = op.getBias();
  return emitter.emit();
}

static LogicalResult emitGroupNorm(KernelBuilder &kernel, Operation *root) {
  auto op = cast<GroupNormOp>(root);
  return emitChannelNorm(kernel, op, op.getGroups());
}

static LogicalResult emitInstanceNorm(KernelBuilder &kernel, Operation *root) {
  auto op = cast<InstanceNormOp>(root);
  ArrayRef<int64_t> sizes = shapeOf(op.getInput());
  bool first = op.getLayout() == Layout::ChannelsFirst;
  return emitChannelNorm(kernel, op, first ? sizes[1] : sizes.back());
}

/// Stores (1 - momentum) old + momentum now.
static LogicalResult storeRunning(KernelBuilder &kernel, Value result,
                                  Value old, Value now, double momentum,
                                  const Position &at) {
  auto type = cast<FloatType>(getElementTypeOrSelf(now.getType()));
  FailureOr<Value> before = loadAs(kernel, old, type, at);
  if (failed(before))
    return failure();
  ImplicitLocOpBuilder b(kernel.loc, kernel.builder);
  Real next = Real(b, *before) * (1 - momentum) + Real(b, now) * momentum;
  return storeAs(kernel, result, next.value, at);
}

static LogicalResult updateStatistics(KernelBuilder &kernel,
                                      BatchNormTrainingOp op, int64_t channel,
                                      const LineLoops &lines,
                                      const Moments &moments) {
  ImplicitLocOpBuilder b(kernel.loc, kernel.builder);
  Position at = lines.linePosition(channel);
  double momentum = op.getMomentum().convertToDouble();
  Value mean = exactMean(kernel, moments);
  Real variance(b, moments.variance);
  double n = lines.length();
  if (op.getRunning() == Variance::Unbiased)
    variance = variance * (n / (n - 1));
  if (failed(storeRunning(kernel, op.getNewMean(), op.getRunningMean(), mean,
                          momentum, at)))
    return failure();
  return storeRunning(kernel, op.getNewVariance(), op.getRunningVariance(),
                      variance.value, momentum, at);
}

static LogicalResult emitBatchNormTraining(KernelBuilder &kernel,
                                           Operation *root) {
  auto op = cast<BatchNormTrainingOp>(root);
  ArrayRef<int64_t> sizes = shapeOf(op.getInput());
  bool first = op.getLayout() == Layout::ChannelsFirst;
  int64_t channel = first ? 1 : sizes.size() - 1;
  NormShape shape{linesAlong(sizes, [&](int64_t d) { return d != channel; }),
                  channel, channel + 1};
  NormEmitter emitter(kernel, op, shape, op.getEpsilon().convertToDouble(),
                      /*centred=*/true);
  emitter.scale = op.getScale();
  emitter.bias = op.getBias();
  emitter.onMoments = [&](const LineLoops &lines, const Moments &moments) {
    return updateStatistics(kernel, op, channel, lines, moments);
  };
  return emitter.emit();
}

void lacuna::registerNormalizationEmitters(EmitterTable &table) {
  table.add<LayerNormOp>(emitLayerNorm);
  table.add<RmsNormOp>(emitRmsNorm);
  table.add<GroupNormOp>(emitGroupNorm);
  table.add<InstanceNormOp>(emitInstanceNorm);
  table.add<BatchNormTrainingOp>(emitBatchNormTraining);
}
