//===- Metrics.cpp - Loops of confusion matrices and their scores ---------===//
// Counts are integers, so that no order of counting changes them.
//===----------------------------------------------------------------------===//
#include "DeviceGroup.h"
#include "Expression.h"
#include "LabelRange.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

#include <limits>

using namespace mlir;
using namespace lacuna;
using Values = SmallVector<Value>;

/// Loops over all elements of `shape`.
static LogicalResult
forAll(KernelBuilder &kernel, ArrayRef<int64_t> shape,
       llvm::function_ref<LogicalResult(ValueRange)> body) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return kernel.forLoop(kernel.index(0), kernel.index(count), 1, [&](Value i) {
    return body(kernel.delinearize(i, shape));
  });
}

/// The place of a pair of labels in the matrix, and whether it counts.
static FailureOr<Values> placeOfPair(KernelBuilder &kernel,
                                     ConfusionMatrixOp op, ValueRange at) {
  int64_t classes = op.getClasses();
  FailureOr<Label> label =
      readLabel(kernel, op.getLabel(), at, classes, op.getIgnoreIndex(),
                "a label is not one of the classes");
  FailureOr<Label> prediction =
      readLabel(kernel, op.getPrediction(), at, classes, std::nullopt,
                "a prediction is not one of the classes");
  if (failed(label) || failed(prediction))
    return failure();
  return Values{label->index, prediction->index, label->counts};
}

static LogicalResult countPair(KernelBuilder &kernel, ConfusionMatrixOp op,
                               Value matrix, ValueRange at) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  FailureOr<Values> pair = placeOfPair(kernel, op, at);
  if (failed(pair))
    return failure();
  ValueRange place = ValueRange(*pair).take_front(2);
  Value before = memref::LoadOp::create(b, loc, matrix, place);
  Value one = arith::ExtUIOp::create(b, loc, b.getI64Type(), pair->back());
  Value after = arith::AddIOp::create(b, loc, before, one);
  memref::StoreOp::create(b, loc, after, matrix, place);
  return success();
}

/// A block of a GPU's threads counts in shared memory where the matrix fits
/// there, else in its place.
static LogicalResult countByBlock(KernelBuilder &kernel, ConfusionMatrixOp op,
                                  Value matrix) {
  constexpr int64_t sharedBytes = 40 << 10;
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  DeviceGroup group(kernel, DeviceGroup::most);
  ArrayRef<int64_t> shape = shapeOf(op.getMatrix());
  ArrayRef<int64_t> labels = shapeOf(op.getLabel());
  int64_t cells = llvm::product_of(shape), count = llvm::product_of(labels);
  Value counts = matrix;
  if (8 * cells <= sharedBytes)
    counts = group.shared(shape, b.getI64Type());
  auto forCells = [&](llvm::function_ref<void(Values)> body) {
    return kernel.forLoop(group.thread(), kernel.index(cells), group.size(),
                          [&](Value i) {
                            body(kernel.delinearize(i, shape));
                            return success();
                          });
  };
  auto countOne = [&](Value i) -> LogicalResult {
    FailureOr<Values> pair =
        placeOfPair(kernel, op, kernel.delinearize(i, labels));
    if (failed(pair))
      return failure();
    Value one = arith::ExtUIOp::create(b, loc, b.getI64Type(), pair->back());
    memref::AtomicRMWOp::create(b, loc, arith::AtomicRMWKind::addi, one, counts,
                                ValueRange(*pair).take_front(2));
    return success();
  };
  return kernel.parallelLoop({}, 1, [&](ValueRange) -> LogicalResult {
    Value zero = kernel.constant(b.getI64Type(), 0);
    if (failed(forCells([&](Values at) {
          memref::StoreOp::create(b, loc, zero, counts, at);
        })))
      return failure();
    group.barrier();
    if (failed(kernel.forLoop(group.thread(), kernel.index(count), group.size(),
                              countOne)))
      return failure();
    if (counts == matrix)
      return success();
    group.barrier();
    return forCells([&](Values at) {
      Value sum = memref::LoadOp::create(b, loc, counts, at);
      memref::StoreOp::create(b, loc, sum, matrix, at);
    });
  });
}

static LogicalResult emitConfusionMatrix(KernelBuilder &kernel,
                                         Operation *root) {
  auto op = cast<ConfusionMatrixOp>(root);
  Value matrix = kernel.outputBuffer(op.getMatrix());
  if (!matrix)
    return op.emitOpError("must be the only result of its kernel");
  if (isOnDevice(kernel))
    return countByBlock(kernel, op, matrix);
  return kernel.parallelLoop({}, 1, [&](ValueRange) -> LogicalResult {
    LogicalResult cleared = forAll(
        kernel, shapeOf(op.getMatrix()), [&](ValueRange at) {
          Value zero = kernel.constant(kernel.builder.getI64Type(), 0);
          memref::StoreOp::create(kernel.builder, kernel.loc, zero, matrix, at);
          return success();
        });
    if (failed(cleared))
      return failure();
    return forAll(kernel, shapeOf(op.getLabel()), [&](ValueRange at) {
      return countPair(kernel, op, matrix, at);
    });
  });
}

namespace {
/// Scores of all classes from their rows and columns.
class ScoresEmitter {
public:
  ScoresEmitter(KernelBuilder &kernel, SegmentationScoresOp op)
      : kernel(kernel), op(op), classes(shapeOf(op.getMatrix())[0]) {}
  LogicalResult emit();

private:
  /// What is added up over classes, in this order.
  enum Sum { Diagonal, Total, Accuracy, Labelled, Iou, Counted, Weighted };

  FailureOr<Value> sumOf(Value index, bool row);
  FailureOr<Value> count(Value row, Value column);
  FailureOr<Values> addClass(Value index, ValueRange sums);
  LogicalResult storeScores(ValueRange sums);
  Real real(ImplicitLocOpBuilder &b, Value integer) {
    return {b, arith::SIToFPOp::create(b, b.getF64Type(), integer)};
  }

  KernelBuilder &kernel;
  SegmentationScoresOp op;
  int64_t classes;
};
} // namespace

FailureOr<Value> ScoresEmitter::count(Value row, Value column) {
  return kernel.load(op.getMatrix(), Values{row, column});
}

FailureOr<Value> ScoresEmitter::sumOf(Value index, bool row) {
  Value zero = kernel.constant(kernel.builder.getI64Type(), 0);
  auto sum = kernel.forLoop(
      kernel.index(0), kernel.index(classes), 1, zero,
      [&](Value j, ValueRange carried) -> FailureOr<Values> {
        FailureOr<Value> next = row ? count(index, j) : count(j, index);
        if (failed(next))
          return failure();
        return Values{kernel.add(carried[0], *next)};
      });
  if (failed(sum))
    return failure();
  return sum->front();
}

FailureOr<Values> ScoresEmitter::addClass(Value index, ValueRange sums) {
  FailureOr<Value> hits = count(index, index), row = sumOf(index, true),
                   column = sumOf(index, false);
  if (failed(hits) || failed(row) || failed(column))
    return failure();
  ImplicitLocOpBuilder b(kernel.loc, kernel.builder);
  Real d = real(b, *hits), t = real(b, *row), s = real(b, *column);
  Real united = t + s - d;
  double absence = op.getAbsent() == AbsentClass::Zero  ? 0.0
                   : op.getAbsent() == AbsentClass::One ? 1.0
                                 : std::numeric_limits<double>::quiet_NaN();
  Mask absent = united == 0.0, labelled = t > 0.0;
  Real iou = select(absent, absence, d / united);
  if (failed(kernel.store(op.getClassIou(), iou.value, Values{index})))
    return failure();
  bool skips = op.getAbsent() == AbsentClass::Skip;
  Real zero = Real(0.0).like(d), one = Real(1.0).like(d);
  auto sum = [&](Sum which, Real term) {
    return (Real(b, sums[which]) + term).value;
  };
  return Values{kernel.add(sums[Diagonal], *hits),
                kernel.add(sums[Total], *row),
                sum(Accuracy, select(labelled, d / t, 0.0)),
                sum(Labelled, select(labelled, one, zero)),
                sum(Iou, skips ? select(absent, zero, iou) : iou),
                sum(Counted, skips ? select(absent, zero, one) : one),
                sum(Weighted, select(labelled, t * iou, 0.0))};
}

LogicalResult ScoresEmitter::storeScores(ValueRange sums) {
  ImplicitLocOpBuilder b(kernel.loc, kernel.builder);
  auto number = [&](Sum which) { return Real(b, sums[which]); };
  Real total = real(b, sums[Total]);
  std::pair<Value, Value> scores[] = {
      {op.getPixelAccuracy(), (real(b, sums[Diagonal]) / total).value},
      {op.getMeanPixelAccuracy(), (number(Accuracy) / number(Labelled)).value},
      {op.getMeanIou(), (number(Iou) / number(Counted)).value},
      {op.getFrequencyWeightedIou(), (number(Weighted) / total).value}};
  for (auto [result, score] : scores)
    if (failed(kernel.store(result, score, Values{})))
      return failure();
  return success();
}

LogicalResult ScoresEmitter::emit() {
  return kernel.parallelLoop({}, 1, [&](ValueRange) -> LogicalResult {
    Values initial(2, kernel.constant(kernel.builder.getI64Type(), 0));
    initial.append(5, kernel.constant(kernel.builder.getF64Type(), 0));
    auto sums = kernel.forLoop(
        kernel.index(0), kernel.index(classes), 1, initial,
        [&](Value i, ValueRange carried) { return addClass(i, carried); });
    if (failed(sums))
      return failure();
    return storeScores(*sums);
  });
}

static LogicalResult emitSegmentationScores(KernelBuilder &kernel,
                                            Operation *root) {
  return ScoresEmitter(kernel, cast<SegmentationScoresOp>(root)).emit();
}

void lacuna::registerMetricsEmitters(EmitterTable &table) {
  table.add<ConfusionMatrixOp>(emitConfusionMatrix);
  table.add<SegmentationScoresOp>(emitSegmentationScores);
}
