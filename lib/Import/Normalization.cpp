//===- Normalization.cpp - Normalisation ----------------------------------===//
#include "NodeImporter.h"
#include "lacuna/IR/Dialect.h"

using namespace mlir;
using namespace lacuna;

static APFloat epsilonOf(NodeImporter &node, double fallback = 1e-5) {
  return APFloat(node.number("epsilon", fallback));
}

static Value optional(NodeImporter &node, size_t index) {
  return node.has(index) ? node.operand(index).value : Value();
}

/// Whether operands `first` … `last` are vectors of the channels of `x`.
static bool areChannelVectors(NodeImporter &node, Value x, size_t first,
                              size_t last) {
  if (shapeOf(x).size() < 2)
    return false;
  for (size_t i = first; i <= last; ++i)
    if (!node.has(i) ||
        shapeOf(node.operand(i).value) != ArrayRef<int64_t>(shapeOf(x)[1]))
      return false;
  return true;
}

static ImportResult importBatchNorm(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  if (!areChannelVectors(node, *x, 1, 4))
    return node.error() << "scale, bias, mean and variance must have one "
                           "element a channel";
  OpBuilder &b = node.build.builder;
  Location loc = node.build.loc;
  // Statistics may be wider than the input.
  auto asInput = [&](size_t i) {
    return node.build.cast(node.operand(i).value, elementOf(*x), false, false);
  };
  if (!node.integer("training_mode", 0))
    return SmallVector<Imported>{
        BatchNormOp::create(b, loc, x->getType(), *x, asInput(1), asInput(2),
                            asInput(3), asInput(4), epsilonOf(node),
                            Layout::ChannelsFirst)
            .getResult()};
  // ONNX: running = momentum running + (1 - momentum) batch, biased variance.
  Value mean = node.operand(3).value, variance = node.operand(4).value;
  auto op = BatchNormTrainingOp::create(
      b, loc, x->getType(), mean.getType(), variance.getType(), *x, asInput(1),
      asInput(2), mean, variance, epsilonOf(node),
      APFloat(1 - node.number("momentum", 0.9)), Variance::Biased,
      Layout::ChannelsFirst);
  return SmallVector<Imported>{op.getResult(), op.getNewMean(),
                               op.getNewVariance()};
}

static ImportResult importInstanceNorm(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  if (!areChannelVectors(node, *x, 1, 2))
    return node.error() << "scale and bias must have one element a channel";
  return SmallVector<Imported>{
      InstanceNormOp::create(node.build.builder, node.build.loc, x->getType(),
                             *x, node.operand(1).value, node.operand(2).value,
                             epsilonOf(node), Layout::ChannelsFirst)
          .getResult()};
}

/// Scale and bias of layer norm broadcast; the op wants the full shape.
static FailureOr<Value> fullParameter(NodeImporter &node, size_t index,
                                      ArrayRef<int64_t> shape) {
  if (!node.has(index))
    return Value();
  Value value = node.operand(index).value;
  Value target = node.build.empty(shape, elementOf(value));
  FailureOr<Ints> together = TensorBuilder::broadcastShape({value, target});
  if (failed(together) || ArrayRef(*together) != shape)
    return node.error() << "operand " << index
                        << " must broadcast to the normalised dimensions";
  return node.build.broadcast(value, shape);
}

static ImportResult importLayerNorm(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  ArrayRef<int64_t> shape = shapeOf(*x);
  FailureOr<int64_t> axis = node.axis(node.integer("axis", -1), shape.size());
  if (failed(axis))
    return failure();
  FailureOr<Value> scale = fullParameter(node, 1, shape.drop_front(*axis));
  FailureOr<Value> bias = fullParameter(node, 2, shape.drop_front(*axis));
  if (failed(scale) || failed(bias))
    return failure();
  Ints kept(shape);
  for (size_t d = *axis; d < kept.size(); ++d)
    kept[d] = 1;
  OpBuilder &b = node.build.builder;
  Type statistics = RankedTensorType::get(
      kept, elementOf(*x).isF64() ? elementOf(*x) : Type(b.getF32Type()));
  auto op = LayerNormOp::create(
      b, node.build.loc, x->getType(), node.wants(1) ? statistics : Type(),
      node.wants(2) ? statistics : Type(), *x, *scale, *bias, *axis,
      epsilonOf(node));
  return SmallVector<Imported>{op.getResult(), op.getMean(),
                               op.getInverseDeviation()};
}

static ImportResult importRmsNorm(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  ArrayRef<int64_t> shape = shapeOf(*x);
  FailureOr<int64_t> axis = node.axis(node.integer("axis", -1), shape.size());
  if (failed(axis))
    return failure();
  FailureOr<Value> scale = fullParameter(node, 1, shape.drop_front(*axis));
  if (failed(scale))
    return failure();
  return SmallVector<Imported>{
      RmsNormOp::create(node.build.builder, node.build.loc, x->getType(), *x,
                        *scale, *axis, epsilonOf(node))
          .getResult()};
}

static ImportResult importGroupNorm(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  int64_t groups = node.integer("num_groups", 0);
  if (shapeOf(*x).size() < 2 || groups <= 0 || shapeOf(*x)[1] % groups != 0)
    return node.error() << "`num_groups` must divide the channels";
  Value scale = optional(node, 1), bias = optional(node, 2);
  int64_t channels = shapeOf(*x)[1];
  auto perChannel = [&](Value value) -> Value {
    // Up to opset 20 there was one element a group.
    if (!value || shapeOf(value) != ArrayRef<int64_t>(groups) ||
        groups == channels)
      return value;
    Value column = node.build.reshape(value, {groups, 1});
    Value wide = node.build.broadcast(column, {groups, channels / groups});
    return node.build.reshape(wide, {channels});
  };
  scale = perChannel(scale);
  bias = perChannel(bias);
  if (!scale || !bias || shapeOf(scale) != ArrayRef<int64_t>(channels) ||
      shapeOf(bias) != ArrayRef<int64_t>(channels))
    return node.error() << "scale and bias must have one element a channel";
  return SmallVector<Imported>{
      GroupNormOp::create(node.build.builder, node.build.loc, x->getType(), *x,
                          scale, bias, groups, epsilonOf(node),
                          Layout::ChannelsFirst)
          .getResult()};
}

static ImportResult importLrn(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  int64_t size = node.integer("size", 0);
  if (size <= 0 || shapeOf(*x).size() < 2)
    return node.error() << "`size` must be positive";
  return SmallVector<Imported>{
      LocalResponseNormOp::create(
          node.build.builder, node.build.loc, x->getType(), *x, size,
          APFloat(node.number("alpha", 1e-4)),
          APFloat(node.number("beta", 0.75)), APFloat(node.number("bias", 1)),
          Layout::ChannelsFirst)
          .getResult()};
}

static ImportResult importLpNorm(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  FailureOr<int64_t> axis =
      node.axis(node.integer("axis", -1), shapeOf(*x).size());
  int64_t p = node.integer("p", 2);
  if (failed(axis))
    return failure();
  if (p != 1 && p != 2)
    return node.error() << "`p` must be 1 or 2, got " << p;
  return SmallVector<Imported>{
      LpNormalizeOp::create(node.build.builder, node.build.loc, x->getType(),
                            *x, *axis, p)
          .getResult()};
}

/// (x - mean) / (sqrt(mean((x - mean)^2)) + 1e-9) over `axes`.
static ImportResult importMvn(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  Ints axes = node.list("axes");
  if (axes.empty())
    axes = {0, 2, 3};
  int64_t count = 1;
  for (int64_t &axis : axes) {
    FailureOr<int64_t> counted = node.axis(axis, shapeOf(*x).size());
    if (failed(counted))
      return failure();
    axis = *counted;
    count *= shapeOf(*x)[axis];
  }
  TensorBuilder &build = node.build;
  Type element = elementOf(*x);
  Value n = build.scalar(element, count);
  auto mean = [&](Value v) {
    return build.binary<arith::DivFOp>(build.sum(v, axes, true), n);
  };
  Value centred = build.binary<arith::SubFOp>(*x, mean(*x));
  Value variance = mean(build.binary<arith::MulFOp>(centred, centred));
  Value deviation = build.binary<arith::AddFOp>(
      build.unary<math::SqrtOp>(variance), build.scalar(element, 1e-9));
  return SmallVector<Imported>{build.binary<arith::DivFOp>(centred, deviation)};
}

void lacuna::registerNormalizations(ImportTable &table) {
  table.add("BatchNormalization", importBatchNorm);
  table.add("InstanceNormalization", importInstanceNorm);
  table.add("LayerNormalization", importLayerNorm);
  table.add("RMSNormalization", importRmsNorm);
  table.add("GroupNormalization", importGroupNorm);
  table.add("LRN", importLrn);
  table.add("LpNormalization", importLpNorm);
  table.add("MeanVarianceNormalization", importMvn);
}
