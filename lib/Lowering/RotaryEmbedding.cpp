//===- RotaryEmbedding.cpp - Loops of rotary position embedding -----------===//
// A step is one row of features; each pair is read, turned and written once.
//===----------------------------------------------------------------------===//
#include "IndexCheck.h"
#include "AxisLines.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace lacuna;

namespace {
/// Emits one rotary embedding.
class RotaryEmitter {
public:
  RotaryEmitter(KernelBuilder &kernel, RotaryEmbeddingOp op)
      : kernel(kernel), op(op) {}
  LogicalResult emit();

private:
  using Values = SmallVector<Value>;
  FailureOr<Values> angleRow(ValueRange row);
  LogicalResult turnPair(ValueRange row, ArrayRef<Value> angle, Value pair);
  FailureOr<Value> load(Value tensor, ArrayRef<Value> row, Value last);
  LogicalResult store(ValueRange row, Value last, Value element);

  KernelBuilder &kernel;
  RotaryEmbeddingOp op;
  int64_t half = 0;
};
} // namespace

FailureOr<Value> RotaryEmitter::load(Value tensor, ArrayRef<Value> row,
                                     Value last) {
  Values at(row);
  at.push_back(last);
  FailureOr<Value> element = kernel.load(tensor, at);
  if (failed(element))
    return failure();
  return widenElement(kernel, *element);
}

LogicalResult RotaryEmitter::store(ValueRange row, Value last, Value element) {
  Values at(row);
  at.push_back(last);
  Type type = elementTypeOf(op.getResult());
  return kernel.store(op.getResult(), narrowElement(kernel, element, type), at);
}

/// The leading indices of the angles that belong to a row of the input.
FailureOr<RotaryEmitter::Values> RotaryEmitter::angleRow(ValueRange row) {
  bool bshd = op.getLayout() == AttentionLayout::BSHD;
  Value batch = row[0], sequence = row[bshd ? 1 : 2];
  auto within = [&](Value index, int64_t size) {
    return size == 1 ? kernel.index(0) : index;
  };
  ArrayRef<int64_t> angles = shapeOf(op.getCosine());
  if (!op.getPositionIds())
    return Values{within(batch, angles[0]), sequence};
  int64_t batches = shapeOf(op.getPositionIds())[0];
  FailureOr<Value> position = loadIndex(
      kernel, op.getPositionIds(), Values{within(batch, batches), sequence});
  if (failed(position))
    return failure();
  return Values{checkRange(kernel, *position, 0, angles[0] - 1,
                           "position out of range")};
}

/// (x1, x2) -> (x1 cos - x2 sin, x1 sin + x2 cos).
LogicalResult RotaryEmitter::turnPair(ValueRange row, ArrayRef<Value> angle,
                                      Value pair) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  bool neighbours = op.getInterleaved();
  Value first = neighbours ? kernel.mul(pair, 2) : pair;
  Value second = kernel.add(first, neighbours ? 1 : half);
  Values leading(row);
  FailureOr<Value> x = load(op.getInput(), leading, first);
  FailureOr<Value> y = load(op.getInput(), leading, second);
  FailureOr<Value> cosine = load(op.getCosine(), angle, pair);
  FailureOr<Value> sine = load(op.getSine(), angle, pair);
  if (failed(x) || failed(y) || failed(cosine) || failed(sine))
    return failure();
  auto times = [&](Value l, Value r) -> Value {
    return arith::MulFOp::create(b, loc, l, r);
  };
  Value turnedX =
      arith::SubFOp::create(b, loc, times(*x, *cosine), times(*y, *sine));
  Value turnedY =
      arith::AddFOp::create(b, loc, times(*x, *sine), times(*y, *cosine));
  return success(succeeded(store(row, first, turnedX)) &&
                 succeeded(store(row, second, turnedY)));
}

LogicalResult RotaryEmitter::emit() {
  ArrayRef<int64_t> shape = shapeOf(op.getInput());
  int64_t depth = shape.back();
  int64_t rotary = op.getRotaryDims() ? op.getRotaryDims() : depth;
  half = rotary / 2;
  int64_t grain = 16384 / std::max<int64_t>(2 * depth, 1);
  return kernel.parallelLoop(
      shape.drop_back(), grain, [&](ValueRange row) -> LogicalResult {
        FailureOr<Values> angle = angleRow(row);
        if (failed(angle) ||
            failed(kernel.forLoop(
                kernel.index(0), kernel.index(half), 1,
                [&](Value pair) { return turnPair(row, *angle, pair); })))
          return failure();
        // Features that take no part.
        return kernel.forLoop(
            kernel.index(rotary), kernel.index(depth), 1,
            [&](Value feature) -> LogicalResult {
              FailureOr<Value> x = load(op.getInput(), Values(row), feature);
              return failed(x) ? failure() : store(row, feature, *x);
            });
      });
}

static LogicalResult emitRotary(KernelBuilder &kernel, Operation *root) {
  return RotaryEmitter(kernel, cast<RotaryEmbeddingOp>(root)).emit();
}

void lacuna::registerRotaryEmbeddingEmitters(EmitterTable &table) {
  table.add<RotaryEmbeddingOp>(emitRotary);
}
