//===- Softmax.cpp - Loops of softmax and hardmax -------------------------===//
// Three walks over each line, which stays in the first cache: its maximum, the
// sum of exponentials of the distances to it, the results.
//===----------------------------------------------------------------------===//
#include "Expression.h"
#include "LineLoops.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <limits>

using namespace mlir;
using namespace lacuna;
using Values = LineLoops::Values;

static constexpr double infinity = std::numeric_limits<double>::infinity();

/// The lines of `root`'s operand along one axis.
static LineLoops linesOf(KernelBuilder &kernel, Operation *root, int64_t axis,
                         int64_t registers) {
  ArrayRef<int64_t> shape = shapeOf(root->getOperand(0));
  axis = *axisFromFront(axis, shape.size());
  auto dims = linesAlong(shape, [&](int64_t dim) { return dim == axis; });
  return LineLoops(kernel, root, dims, {axis, axis + 1}, registers);
}

namespace {
class SoftmaxEmitter {
public:
  SoftmaxEmitter(KernelBuilder &kernel, SoftmaxOp op)
      : kernel(kernel), op(op),
        lines(linesOf(kernel, op, op.getAxis(), /*registers=*/2)),
        input(kernel, lines, op.getInput()) {
    if (!op.getLog())
      exponentials = lines.lineMemory();
  }
  LogicalResult emit() {
    return lines.forEach([&] { return emitLine(); });
  }

private:
  LogicalResult emitLine();
  LogicalResult emitQuotients(Value shift, Value total);
  LogicalResult emitLogarithms(Value shift, Value total);
  FailureOr<Value> maximum();
  Value exponential(Value element, Value shift, int64_t lanes);
  FailureOr<Value> loadSigned(const Position &at, bool first);

  KernelBuilder &kernel;
  SoftmaxOp op;
  LineLoops lines;
  LineInput input;
  /// exp(x - maximum) of the current line, where it is kept.
  Value exponentials;
};
} // namespace

FailureOr<Value> SoftmaxEmitter::loadSigned(const Position &at, bool first) {
  FailureOr<Value> x = first ? input.first(at) : input.again(at);
  if (failed(x) || !op.getNegate())
    return x;
  return Value(arith::NegFOp::create(kernel.builder, kernel.loc, *x));
}

/// The maximum of a line, or 0 where that is -inf: a line of -inf alone gives
/// exponentials of 0. NaN is not seen here; it comes out of the exponentials.
FailureOr<Value> SoftmaxEmitter::maximum() {
  auto larger = [&](Value a, Value b) -> Value {
    ImplicitLocOpBuilder builder(kernel.loc, kernel.builder);
    return maxOrSecond({builder, a}, {builder, b}).value;
  };
  Value lowest = kernel.constant(lines.computeType(), -infinity);
  FailureOr<Values> folded = lines.fold(
      lowest,
      [&](const Position &at, ValueRange carried) -> FailureOr<Values> {
        FailureOr<Value> x = loadSigned(at, /*first=*/true);
        if (failed(x))
          return failure();
        return Values{larger(*x, carried[0])};
      },
      [&](ValueRange a, ValueRange b) { return Values{larger(a[0], b[0])}; });
  if (failed(folded))
    return failure();
  ImplicitLocOpBuilder builder(kernel.loc, kernel.builder);
  Real top(builder, folded->front());
  return select(top == -infinity, 0.0, top).value;
}

Value SoftmaxEmitter::exponential(Value element, Value shift, int64_t lanes) {
  Value distance =
      arith::SubFOp::create(kernel.builder, kernel.loc, element,
                            kernel.broadcast(shift, lanes));
  return math::ExpOp::create(kernel.builder, kernel.loc, distance);
}

LogicalResult SoftmaxEmitter::emitLine() {
  FailureOr<Value> shift = maximum();
  if (failed(shift))
    return failure();
  FailureOr<Value> total =
      lines.sum([&](const Position &at) -> FailureOr<Value> {
        FailureOr<Value> x = loadSigned(at, /*first=*/false);
        if (failed(x))
          return failure();
        Value e = exponential(*x, *shift, at.lanes);
        if (exponentials)
          lines.keep(e, exponentials);
        return e;
      });
  if (failed(total))
    return failure();
  return op.getLog() ? emitLogarithms(*shift, *total)
                     : emitQuotients(*shift, *total);
}

LogicalResult SoftmaxEmitter::emitQuotients(Value shift, Value total) {
  ImplicitLocOpBuilder builder(kernel.loc, kernel.builder);
  Real sum(builder, total);
  Value factor = select(sum == 0.0, sum, 1.0 / sum).value;
  return lines.walk([&](const Position &at) -> LogicalResult {
    FailureOr<Value> e;
    if (exponentials) {
      e = lines.kept(exponentials, at);
    } else {
      FailureOr<Value> x = loadSigned(at, /*first=*/false);
      if (failed(x))
        return failure();
      e = exponential(*x, shift, at.lanes);
    }
    Value result = arith::MulFOp::create(kernel.builder, kernel.loc, *e,
                                         kernel.broadcast(factor, at.lanes));
    return storeAs(kernel, op.getResult(), result, at);
  });
}

LogicalResult SoftmaxEmitter::emitLogarithms(Value shift, Value total) {
  ImplicitLocOpBuilder builder(kernel.loc, kernel.builder);
  Real sum(builder, total);
  Real logarithm(builder, math::LogOp::create(builder, total));
  Value offset = select(sum == 0.0, sum, logarithm).value;
  return lines.walk([&](const Position &at) -> LogicalResult {
    FailureOr<Value> x = loadSigned(at, /*first=*/false);
    if (failed(x))
      return failure();
    // One after the other: the sum of shift and logarithm would round.
    for (Value part : {shift, offset})
      x = Value(arith::SubFOp::create(kernel.builder, kernel.loc, *x,
                                      kernel.broadcast(part, at.lanes)));
    return storeAs(kernel, op.getResult(), *x, at);
  });
}

static LogicalResult emitSoftmax(KernelBuilder &kernel, Operation *root) {
  return SoftmaxEmitter(kernel, cast<SoftmaxOp>(root)).emit();
}

void lacuna::registerSoftmaxEmitters(EmitterTable &table) {
  table.add<SoftmaxOp>(emitSoftmax);
}
