//===- Ordering.cpp - Loops that compare along an axis --------------------===//
// Extremes, their places, running sums: each walks a line from one end.
//===----------------------------------------------------------------------===//
#include "AxisLines.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace lacuna;
using Values = SmallVector<Value>;

/// Whether `x` comes before `best`. NaN counts as the extreme either way, as
/// in NumPy and PyTorch.
static Value isBetter(KernelBuilder &kernel, ArgExtremeOp op, Value x,
                      Value best) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  bool max = op.getKind() == Extreme::Max, orEqual = op.getSelectLast();
  if (isa<FloatType>(getElementTypeOrSelf(x.getType()))) {
    auto compare = [&](arith::CmpFPredicate predicate, Value l, Value r) {
      return arith::CmpFOp::create(b, loc, predicate, l, r);
    };
    using P = arith::CmpFPredicate;
    if (orEqual)
      return arith::OrIOp::create(b, loc, compare(P::UNO, x, x),
                                  compare(max ? P::OGE : P::OLE, x, best));
    return arith::AndIOp::create(b, loc, compare(P::ORD, best, best),
                                 compare(max ? P::UGT : P::ULT, x, best));
  }
  using P = arith::CmpIPredicate;
  bool bit = getElementTypeOrSelf(x.getType()).isInteger(1);
  P greater = bit ? (orEqual ? P::uge : P::ugt) : (orEqual ? P::sge : P::sgt);
  P less = bit ? (orEqual ? P::ule : P::ult) : (orEqual ? P::sle : P::slt);
  return arith::CmpIOp::create(b, loc, max ? greater : less, x, best);
}

/// `index` in the integer type `type`.
static Value castIndex(KernelBuilder &kernel, Value index, Type type) {
  return type.isIndex() ? index
                        : Value(arith::IndexCastOp::create(
                              kernel.builder, kernel.loc, type, index));
}

/// Integers from one width to another (`index` counts as 64 bits).
static Value resizePlace(KernelBuilder &kernel, Value place, Type element) {
  OpBuilder &b = kernel.builder;
  Type type = element;
  if (auto vector = dyn_cast<VectorType>(place.getType()))
    type = vector.clone(element);
  if (element.isIndex())
    return arith::IndexCastOp::create(b, kernel.loc, type, place);
  int64_t from = getElementTypeOrSelf(place.getType()).getIntOrFloatBitWidth();
  int64_t to = element.getIntOrFloatBitWidth();
  if (from < to)
    return arith::ExtSIOp::create(b, kernel.loc, type, place);
  return from > to ? Value(arith::TruncIOp::create(b, kernel.loc, type, place))
                   : place;
}

/// The place of the extreme of one line, or of neighbouring lines.
static FailureOr<Value> findExtreme(KernelBuilder &kernel, ArgExtremeOp op,
                                    int64_t axis, Position at) {
  OpBuilder &b = kernel.builder;
  int64_t size = shapeOf(op.getInput())[axis];
  Type counter = b.getIntegerType(size <= INT32_MAX ? 32 : 64);
  auto element = [&](Value place) -> FailureOr<Value> {
    at.indices[axis] = place;
    FailureOr<Value> x = kernel.load(op.getInput(), at);
    if (failed(x))
      return failure();
    return widenElement(kernel, kernel.broadcast(*x, at.lanes));
  };
  FailureOr<Value> first = element(kernel.index(0));
  if (failed(first))
    return failure();
  Value zero = kernel.broadcast(kernel.constant(counter, 0), at.lanes);
  auto found = kernel.forLoop(
      kernel.index(1), kernel.index(size), 1, {*first, zero},
      [&](Value i, ValueRange best) -> FailureOr<Values> {
        FailureOr<Value> x = element(i);
        if (failed(x))
          return failure();
        Value better = isBetter(kernel, op, *x, best[0]);
        Value place =
            kernel.broadcast(castIndex(kernel, i, counter), at.lanes);
        auto choose = [&](Value yes, Value no) -> Value {
          return arith::SelectOp::create(b, kernel.loc, better, yes, no);
        };
        return Values{choose(*x, best[0]), choose(place, best[1])};
      });
  if (failed(found))
    return failure();
  return (*found)[1];
}

static LogicalResult emitArgExtreme(KernelBuilder &kernel, Operation *root) {
  auto op = cast<ArgExtremeOp>(root);
  ArrayRef<int64_t> shape = shapeOf(op.getInput());
  int64_t axis = *axisFromFront(op.getAxis(), shape.size());
  bool keeps = shapeOf(op.getResult()).size() == shape.size();
  auto line = [&](Position at) -> LogicalResult {
    FailureOr<Value> place = findExtreme(kernel, op, axis, at);
    if (failed(place))
      return failure();
    Value result = resizePlace(kernel, *place, elementTypeOf(op.getResult()));
    at.indices[axis] = kernel.index(0);
    if (!keeps) {
      at.indices.erase(at.indices.begin() + axis);
      if (at.laneDim > axis)
        --at.laneDim;
    }
    return kernel.store(op.getResult(), result, at);
  };
  return forAxisLines(kernel, shape, axis, 2 * kernel.target.lanes(32), line);
}

static Value accumulate(KernelBuilder &kernel, CumulativeKind kind, Value sum,
                        Value x) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  bool floating = isa<FloatType>(getElementTypeOrSelf(x.getType()));
  if (kind == CumulativeKind::Sum)
    return floating ? Value(arith::AddFOp::create(b, loc, sum, x))
                    : Value(arith::AddIOp::create(b, loc, sum, x));
  return floating ? Value(arith::MulFOp::create(b, loc, sum, x))
                  : Value(arith::MulIOp::create(b, loc, sum, x));
}

static LogicalResult emitCumulative(KernelBuilder &kernel, Operation *root) {
  auto op = cast<CumulativeOp>(root);
  ArrayRef<int64_t> shape = shapeOf(op.getInput());
  Type element = elementTypeOf(op.getResult());
  if (shape.empty() || element.isInteger(1))
    return op.emitOpError("has no CPU lowering for scalars and booleans");
  int64_t axis = *axisFromFront(op.getAxis(), shape.size());
  Type wide = element.isF16() || element.isBF16()
                  ? Type(kernel.builder.getF32Type())
                  : element;
  double neutral = op.getKind() == CumulativeKind::Sum ? 0 : 1;
  auto line = [&](Position at) -> LogicalResult {
    Value start = kernel.broadcast(kernel.constant(wide, neutral), at.lanes);
    auto step = [&](Value i, ValueRange sum) -> FailureOr<Values> {
      at.indices[axis] =
          op.getReverse()
              ? Value(arith::SubIOp::create(kernel.builder, kernel.loc,
                                            kernel.index(shape[axis] - 1), i))
              : i;
      FailureOr<Value> x = kernel.load(op.getInput(), at);
      if (failed(x))
        return failure();
      Value now = accumulate(
          kernel, op.getKind(), sum[0],
          widenElement(kernel, kernel.broadcast(*x, at.lanes)));
      Value shown = op.getExclusive() ? sum[0] : now;
      if (failed(kernel.store(op.getResult(),
                              narrowElement(kernel, shown, element), at)))
        return failure();
      return Values{now};
    };
    return success(succeeded(kernel.forLoop(
        kernel.index(0), kernel.index(shape[axis]), 1, start, step)));
  };
  int64_t bits = wide.isIndex() ? 64 : wide.getIntOrFloatBitWidth();
  return forAxisLines(kernel, shape, axis, 2 * kernel.target.lanes(bits), line);
}

void lacuna::registerLineEmitters(EmitterTable &table) {
  table.add<ArgExtremeOp>(emitArgExtreme);
  table.add<CumulativeOp>(emitCumulative);
}
