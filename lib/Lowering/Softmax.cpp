//===- Softmax.cpp - Loops of softmax -------------------------------------===//
// Three walks over each line, which stays in the first cache: its maximum, the
// sum of exponentials of the distances to it, the results.
//===----------------------------------------------------------------------===//
#include "ElementaryFunctions.h"
#include "LineSoftmax.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <limits>

using namespace mlir;
using namespace lacuna;
using Values = LineLoops::Values;
using Load = llvm::function_ref<FailureOr<Value>(const Position &, bool)>;

static constexpr double infinity = std::numeric_limits<double>::infinity();

/// The maximum of a line, or 0 where that is -inf. NaN is not seen here; it
/// comes out of the exponentials.
static FailureOr<Value> maximum(KernelBuilder &kernel, LineLoops &lines,
                                Load load) {
  auto larger = [&](Value a, Value b) -> Value {
    ImplicitLocOpBuilder builder(kernel.loc, kernel.builder);
    return maxOrSecond({builder, a}, {builder, b}).value;
  };
  Value lowest = kernel.constant(lines.computeType(), -infinity);
  FailureOr<Values> folded = lines.fold(
      lowest,
      [&](const Position &at, ValueRange carried) -> FailureOr<Values> {
        FailureOr<Value> x = load(at, /*first=*/true);
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

FailureOr<LineSoftmax>
LineSoftmax::emit(KernelBuilder &kernel, LineLoops &lines, Load load,
                  llvm::function_ref<void(Value)> keep) {
  FailureOr<Value> shift = maximum(kernel, lines, load);
  if (failed(shift))
    return failure();
  LineSoftmax softmax{*shift, {}};
  FailureOr<Value> total =
      lines.sum([&](const Position &at) -> FailureOr<Value> {
        FailureOr<Value> x = load(at, /*first=*/false);
        if (failed(x))
          return failure();
        Value e = softmax.exponential(kernel, *x, at.lanes);
        keep(e);
        return e;
      });
  if (failed(total))
    return failure();
  softmax.total = *total;
  return softmax;
}

/// exp(distance) for distance <= 0.
static Value power(KernelBuilder &kernel, Value distance) {
  ImplicitLocOpBuilder builder(kernel.loc, kernel.builder);
  // For 16-bit results a device's own instruction is good enough.
  Type result = elementTypeOf(kernel.yields().front());
  bool isSingle = getElementTypeOrSelf(distance.getType()).isF32();
  if (isOnDevice(kernel) && isSingle && (result.isBF16() || result.isF16())) {
    Real power = Real(builder, distance) * 0x1.715476p+0; // log2(e)
    return math::Exp2Op::create(builder, power.value,
                                arith::FastMathFlags::afn);
  }
  if (isSingle)
    return expOfNonPositiveSingle({builder, distance}).value;
  return math::ExpOp::create(builder, distance);
}

/// The maximum and the sum about it of two such pairs: that about the smaller
/// maximum is scaled. With `isOne` the second is an element and its sum 1.
static Values joinSums(KernelBuilder &kernel, ValueRange a, ValueRange b,
                       bool isOne) {
  ImplicitLocOpBuilder builder(kernel.loc, kernel.builder);
  Real left(builder, a[0]), right(builder, b[0]), sum(builder, a[1]);
  Real distance = right - left;
  Mask isLarger = distance > 0.0;
  Real scale(builder, power(kernel, (-abs(distance)).value));
  Real other = isOne ? Real(1.0) : Real(builder, b[1]);
  Real below = isOne ? sum + scale : fma(other, scale, sum);
  return {select(isLarger, right, left).value,
          select(isLarger, fma(sum, scale, other), below).value};
}

FailureOr<LineSoftmax>
LineSoftmax::emitOnline(KernelBuilder &kernel, LineLoops &lines,
                        llvm::function_ref<FailureOr<Value>(const Position &)>
                            load) {
  FloatType type = lines.computeType();
  ImplicitLocOpBuilder builder(kernel.loc, kernel.builder);
  auto lowest = builder.getFloatAttr(
      type, APFloat::getLargest(type.getFloatSemantics(), /*Negative=*/true));
  Value first = arith::ConstantOp::create(builder, lowest);
  FailureOr<Values> folded = lines.fold(
      {first, kernel.constant(type, 0)},
      [&](const Position &at, ValueRange carried) -> FailureOr<Values> {
        FailureOr<Value> x = load(at);
        if (failed(x))
          return failure();
        return joinSums(kernel, carried, kernel.broadcast(*x, at.lanes),
                        /*isOne=*/true);
      },
      [&](ValueRange a, ValueRange b) {
        return joinSums(kernel, a, b, /*isOne=*/false);
      });
  if (failed(folded))
    return failure();
  Real shift(builder, (*folded)[0]), total(builder, (*folded)[1]);
  // Distances to infinity are NaN.
  Real exact = select(shift == infinity, shift - shift, total);
  return LineSoftmax{select(total == 0.0, 0.0, shift).value, exact.value};
}

Value LineSoftmax::exponential(KernelBuilder &kernel, Value x,
                               int64_t lanes) const {
  return power(kernel,
               arith::SubFOp::create(kernel.builder, kernel.loc, x,
                                     kernel.broadcast(shift, lanes)));
}

Value LineSoftmax::logarithmOfTotal(KernelBuilder &kernel) const {
  ImplicitLocOpBuilder builder(kernel.loc, kernel.builder);
  Real sum(builder, total);
  Real logarithm(builder, math::LogOp::create(builder, total));
  return select(sum == 0.0, sum, logarithm).value;
}

namespace {
class SoftmaxEmitter {
public:
  SoftmaxEmitter(KernelBuilder &kernel, SoftmaxOp op)
      : kernel(kernel), op(op),
        lines(LineLoops::along(kernel, op, op.getAxis(), /*registers=*/4)),
        input(kernel, lines, op.getInput()) {
    if (!op.getLog())
      exponentials = lines.lineMemory();
  }
  LogicalResult emit() {
    return lines.forEach([&] { return emitLine(); });
  }

private:
  LogicalResult emitLine();
  LogicalResult emitQuotients(const LineSoftmax &softmax);
  LogicalResult emitLogarithms(const LineSoftmax &softmax);
  FailureOr<Value> load(const Position &at, bool first);

  KernelBuilder &kernel;
  SoftmaxOp op;
  LineLoops lines;
  LineInput input;
  /// exp(x - maximum) of the current line, where it is kept.
  Value exponentials;
};
} // namespace

FailureOr<Value> SoftmaxEmitter::load(const Position &at, bool first) {
  FailureOr<Value> x = first ? input.first(at) : input.again(at);
  if (failed(x) || !op.getNegate())
    return x;
  return Value(arith::NegFOp::create(kernel.builder, kernel.loc, *x));
}

LogicalResult SoftmaxEmitter::emitLine() {
  auto softmax = LineSoftmax::emit(
      kernel, lines,
      [&](const Position &at, bool first) { return load(at, first); },
      [&](Value e) {
        if (exponentials)
          lines.keep(e, exponentials);
      });
  if (failed(softmax))
    return failure();
  return op.getLog() ? emitLogarithms(*softmax) : emitQuotients(*softmax);
}

LogicalResult SoftmaxEmitter::emitQuotients(const LineSoftmax &softmax) {
  ImplicitLocOpBuilder builder(kernel.loc, kernel.builder);
  Real sum(builder, softmax.total);
  Value factor = select(sum == 0.0, sum, 1.0 / sum).value;
  return lines.walk([&](const Position &at) -> LogicalResult {
    Value e;
    if (exponentials) {
      e = lines.kept(exponentials, at);
    } else {
      FailureOr<Value> x = load(at, /*first=*/false);
      if (failed(x))
        return failure();
      e = softmax.exponential(kernel, *x, at.lanes);
    }
    Value result = arith::MulFOp::create(kernel.builder, kernel.loc, e,
                                         kernel.broadcast(factor, at.lanes));
    return storeAs(kernel, op.getResult(), result, at);
  });
}

LogicalResult SoftmaxEmitter::emitLogarithms(const LineSoftmax &softmax) {
  Value offset = softmax.logarithmOfTotal(kernel);
  return lines.walk([&](const Position &at) -> LogicalResult {
    FailureOr<Value> x = load(at, /*first=*/false);
    if (failed(x))
      return failure();
    // One after the other: the sum of shift and logarithm would round.
    for (Value part : {softmax.shift, offset})
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
