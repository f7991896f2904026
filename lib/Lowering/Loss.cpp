//===- Loss.cpp - Loops of losses without reduction -----------------------===//
// One loss a label. Sums and means over them are ops of their own
// (LowerLosses).
//===----------------------------------------------------------------------===//
#include "LabelRange.h"
#include "LineSoftmax.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace lacuna;

namespace {
/// What both losses share: -weight[label] log-probability[label].
template <typename Op> class LabelLoss {
public:
  LabelLoss(KernelBuilder &kernel, Op op, Value scores, FloatType compute)
      : kernel(kernel), op(op), scores(scores), compute(compute) {}

  /// Writes the loss at `at`, a position of the labels, from what
  /// `logarithm` makes of the label's score.
  LogicalResult emit(const Position &at,
                     llvm::function_ref<Value(Value)> logarithm);

private:
  FailureOr<Value> weighted(Value loss, Value label);

  KernelBuilder &kernel;
  Op op;
  Value scores;
  FloatType compute;
};
} // namespace

template <typename Op>
FailureOr<Value> LabelLoss<Op>::weighted(Value loss, Value label) {
  if (!op.getWeight())
    return loss;
  FailureOr<Value> weight =
      loadAs(kernel, op.getWeight(), compute, Position(ValueRange(label)));
  if (failed(weight))
    return failure();
  return Value(
      arith::MulFOp::create(kernel.builder, kernel.loc, loss, *weight));
}

template <typename Op>
LogicalResult
LabelLoss<Op>::emit(const Position &at,
                    llvm::function_ref<Value(Value)> logarithm) {
  OpBuilder &b = kernel.builder;
  int64_t classes = shapeOf(scores)[1];
  FailureOr<Label> label =
      readLabel(kernel, op.getLabels(), at, classes, op.getIgnoreIndex(),
                "a label is not one of the classes");
  if (failed(label))
    return failure();
  Value loss = kernel.constant(compute, 0);
  if (classes > 0) { // else there is nothing to read
    Position own = at;
    own.indices.insert(own.indices.begin() + 1, label->index);
    FailureOr<Value> score = loadAs(kernel, scores, compute, own);
    if (failed(score))
      return failure();
    Value negated =
        arith::NegFOp::create(b, kernel.loc, logarithm(*score));
    FailureOr<Value> value = weighted(negated, label->index);
    if (failed(value))
      return failure();
    loss = arith::SelectOp::create(b, kernel.loc, label->counts, *value, loss);
  }
  return storeAs(kernel, op.getLoss(), loss, at);
}

static LogicalResult emitNllLoss(KernelBuilder &kernel, Operation *root) {
  auto op = cast<NllLossOp>(root);
  FloatType compute = LineLoops::computeTypeOf(op.getInput());
  LabelLoss<NllLossOp> loss(kernel, op, op.getInput(), compute);
  return kernel.parallelLoop(
      shapeOf(op.getLabels()), /*grain=*/4096, [&](ValueRange indices) {
        return loss.emit(indices, [](Value score) { return score; });
      });
}

namespace {
class CrossEntropyEmitter {
public:
  CrossEntropyEmitter(KernelBuilder &kernel, CrossEntropyOp op)
      : kernel(kernel), op(op),
        lines(kernel, op,
              linesAlong(shapeOf(op.getLogits()),
                         [](int64_t dim) { return dim == 1; }),
              llvm::to_vector(llvm::seq(rank())), /*registers=*/2,
              /*most=*/256),
        input(kernel, lines, op.getLogits()),
        loss(kernel, op, op.getLogits(), lines.computeType()) {}
  LogicalResult emit();

private:
  int64_t rank() { return shapeOf(op.getLogits()).size(); }
  LogicalResult emitLine();
  LogicalResult emitLanes(const Position &at, Value shift, Value logarithm);
  LogicalResult emitLoss(const Position &at, Value shift, Value logarithm);

  KernelBuilder &kernel;
  CrossEntropyOp op;
  LineLoops lines;
  LineInput input;
  LabelLoss<CrossEntropyOp> loss;
  /// Shift and logarithm of neighbouring lines, one a lane.
  Value shifts, logarithms;
};
} // namespace

LogicalResult CrossEntropyEmitter::emitLoss(const Position &at, Value shift,
                                            Value logarithm) {
  return loss.emit(at, [&](Value score) -> Value {
    Value distance =
        arith::SubFOp::create(kernel.builder, kernel.loc, score, shift);
    return arith::SubFOp::create(kernel.builder, kernel.loc, distance,
                                 logarithm);
  });
}

/// Labels of neighbouring lines pick scores from anywhere: lane by lane.
LogicalResult CrossEntropyEmitter::emitLanes(const Position &at, Value shift,
                                             Value logarithm) {
  storeMemory(kernel, shift, shifts, kernel.index(0));
  storeMemory(kernel, logarithm, logarithms, kernel.index(0));
  return kernel.forLoop(
      kernel.index(0), kernel.index(lines.width()), 1, [&](Value lane) {
        Position single(at.indices);
        single.indices[at.laneDim] =
            kernel.add(single.indices[at.laneDim], lane);
        return emitLoss(single, loadMemory(kernel, shifts, lane, 1),
                        loadMemory(kernel, logarithms, lane, 1));
      });
}

LogicalResult CrossEntropyEmitter::emitLine() {
  auto load = [&](const Position &at, bool first) {
    return first ? input.first(at) : input.again(at);
  };
  auto loadOnce = [&](const Position &at) {
    return loadAs(kernel, op.getLogits(), lines.computeType(), at);
  };
  auto softmax =
      isOnDevice(kernel)
          ? LineSoftmax::emitOnline(kernel, lines, loadOnce)
          : LineSoftmax::emit(kernel, lines, load, [](Value) {});
  if (failed(softmax))
    return failure();
  Value logarithm = softmax->logarithmOfTotal(kernel);
  SmallVector<int64_t> dims{0};
  for (int64_t dim = 2; dim < rank(); ++dim)
    dims.push_back(dim);
  Position at = lines.linePosition(dims);
  return at.lanes > 1 ? emitLanes(at, softmax->shift, logarithm)
                      : emitLoss(at, softmax->shift, logarithm);
}

LogicalResult CrossEntropyEmitter::emit() {
  if (lines.width() > 1) {
    shifts = kernel.scratch({lines.width()}, lines.computeType());
    logarithms = kernel.scratch({lines.width()}, lines.computeType());
  }
  return lines.forEach([&] { return emitLine(); });
}

static LogicalResult emitCrossEntropy(KernelBuilder &kernel, Operation *root) {
  return CrossEntropyEmitter(kernel, cast<CrossEntropyOp>(root)).emit();
}

void lacuna::registerLossEmitters(EmitterTable &table) {
  table.add<NllLossOp>(emitNllLoss);
  table.add<CrossEntropyOp>(emitCrossEntropy);
}
