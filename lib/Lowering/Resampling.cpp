//===- Resampling.cpp - Loops of weighted sums at tabled positions --------===//
// Three forms, of which the cheapest is taken. Direct: every output gathers
// all of its inputs. Rows first: the input rows of an output row are blended
// into a line, then its columns. Columns first: the columns of all input rows
// that a block of output rows reads are done once, then rows are blended.
//===----------------------------------------------------------------------===//
#include "Resampling.h"

#include "DeviceGroup.h"

#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace lacuna;

using Values = SmallVector<Value>;

/// What a gather of scattered elements costs, against a load of neighbours.
static constexpr double gatherCost = 6;
/// More taps than these are a loop.
static constexpr int64_t unrollLimit = 8;

Resampler::Resampler(KernelBuilder &kernel, ResampleOp op)
    : kernel(kernel), op(op), element(elementTypeOf(op.getInput())),
      sum(element), axes(op.getAxes()), input(shapeOf(op.getInput())),
      output(shapeOf(op.getResult())) {
  bool narrow = isa<FloatType>(element) && !element.isF64();
  if (!op.getWeights().empty() && narrow)
    sum = kernel.builder.getF32Type();
}

int64_t Resampler::taps(int64_t number) {
  return shapeOf(op.getPositions()[number])[0];
}

FailureOr<Value> Resampler::position(int64_t number, Value tap, Value output) {
  auto loaded = kernel.load(op.getPositions()[number], Values{tap, output});
  if (failed(loaded))
    return failure();
  return arith::IndexCastOp::create(kernel.builder, kernel.loc,
                                    kernel.builder.getIndexType(), *loaded)
      .getResult();
}

FailureOr<Value> Resampler::blend(int64_t number, Value output, int64_t lanes,
                                  ReadTap read) {
  OpBuilder &b = kernel.builder;
  auto step = [&](Value tap, Value total) -> FailureOr<Value> {
    FailureOr<Value> place = position(number, tap, output);
    if (failed(place))
      return failure();
    FailureOr<Value> value = read(*place);
    if (failed(value) || op.getWeights().empty())
      return value;
    auto weight = kernel.load(op.getWeights()[number], Values{tap, output});
    if (failed(weight))
      return failure();
    Value wide = kernel.broadcast(*weight, lanes);
    if (!total)
      return Value(arith::MulFOp::create(b, kernel.loc, *value, wide));
    return Value(math::FmaOp::create(b, kernel.loc, *value, wide, total));
  };
  int64_t count = taps(number);
  if (count <= unrollLimit) {
    FailureOr<Value> total = Value();
    for (int64_t tap = 0; tap < count && succeeded(total); ++tap)
      total = step(kernel.index(tap), *total);
    return total;
  }
  Value zero = kernel.broadcast(kernel.constant(sum, 0), lanes);
  auto total = kernel.forLoop(
      kernel.index(0), kernel.index(count), 1, zero,
      [&](Value tap, ValueRange carried) -> FailureOr<Values> {
        FailureOr<Value> next = step(tap, carried[0]);
        if (failed(next))
          return failure();
        return Values{*next};
      });
  if (failed(total))
    return failure();
  return (*total)[0];
}

/// `value` with the element type `to`, wider or narrower.
static Value convert(KernelBuilder &kernel, Value value, Type to) {
  Type from = getElementTypeOrSelf(value.getType());
  if (from == to)
    return value;
  auto vector = dyn_cast<VectorType>(value.getType());
  Type type = vector ? Type(vector.clone(to)) : to;
  if (from.getIntOrFloatBitWidth() < to.getIntOrFloatBitWidth())
    return arith::ExtFOp::create(kernel.builder, kernel.loc, type, value);
  return arith::TruncFOp::create(kernel.builder, kernel.loc, type, value);
}

FailureOr<Value> Resampler::read(const Position &at) {
  FailureOr<Value> loaded = kernel.load(op.getInput(), at);
  if (failed(loaded))
    return failure();
  return convert(kernel, *loaded, sum);
}

LogicalResult Resampler::write(Value value, const Position &at) {
  return kernel.store(op.getResult(), convert(kernel, value, element), at);
}

/// The input (or vector of inputs) behind `indices`: output indices whose axes
/// from number `next` on are still to be replaced.
static FailureOr<Value> gather(Resampler &r, const Values &indices,
                               int64_t next, int64_t lanes) {
  if (next == int64_t(r.axes.size()))
    return r.read(Position(indices, lanes, indices.size() - 1));
  int64_t axis = r.axes[next];
  return r.blend(next, indices[axis], lanes,
                 [&](Value place) -> FailureOr<Value> {
                   Values moved(indices);
                   moved[axis] = place;
                   if (r.op.getExtrapolates())
                     moved[axis] = arith::MaxSIOp::create(
                         r.kernel.builder, r.kernel.loc, place,
                         r.kernel.index(0));
                   return gather(r, moved, next + 1, lanes);
                 });
}

/// `value` where all positions are in the input, else the extrapolation value.
static FailureOr<Value> extrapolate(Resampler &r, Value value,
                                    const Values &indices) {
  KernelBuilder &kernel = r.kernel;
  OpBuilder &b = kernel.builder;
  Value outside = kernel.constant(
      value.getType(), r.op.getExtrapolationValue().convertToDouble());
  for (auto [number, axis] : llvm::enumerate(r.axes)) {
    FailureOr<Value> place =
        r.position(number, kernel.index(0), indices[axis]);
    if (failed(place))
      return failure();
    Value within = arith::CmpIOp::create(
        b, kernel.loc, arith::CmpIPredicate::sge, *place, kernel.index(0));
    value = arith::SelectOp::create(b, kernel.loc, within, value, outside);
  }
  return value;
}

/// Neighbouring threads have neighbouring results, or vectors of channels.
static LogicalResult emitOnDevice(Resampler &r) {
  int64_t last = r.output.back(), width = 1;
  int64_t most = 128 / r.element.getIntOrFloatBitWidth();
  while (!r.endsInAxis() && 2 * width <= most && last % (2 * width) == 0)
    width *= 2;
  // A few scalars side by side share the work of finding their place.
  if (!r.endsInAxis() && width == 1 && last % 3 == 0)
    width = 3;
  SmallVector<int64_t> steps(r.output);
  steps.back() = last / width;
  return r.kernel.parallelLoop(
      steps, 1, [&](ValueRange at) -> LogicalResult {
        Values indices(at);
        indices.back() = r.kernel.mul(indices.back(), width);
        FailureOr<Value> value = gather(r, indices, 0, width);
        if (succeeded(value) && r.op.getExtrapolates())
          value = extrapolate(r, *value, indices);
        if (failed(value))
          return failure();
        return r.write(*value, Position(indices, width, r.rank() - 1));
      });
}

LogicalResult lacuna::emitDirectResample(Resampler &r) {
  KernelBuilder &kernel = r.kernel;
  int64_t last = r.output.back(), work = last;
  for (size_t number = 0; number < r.axes.size(); ++number)
    work *= r.taps(number);
  auto blocks = r.endsInAxis()
                    ? VectorBlocks::single(last)
                    : VectorBlocks::of(kernel.target, r.element, last);
  return kernel.parallelLoop(
      r.output.drop_back(), 16384 / work, [&](ValueRange outer) {
        return blocks.forEach(kernel, [&](Value first) -> LogicalResult {
          Values indices(outer);
          indices.push_back(first);
          FailureOr<Value> value = gather(r, indices, 0, blocks.width);
          if (succeeded(value) && r.op.getExtrapolates())
            value = extrapolate(r, *value, indices);
          if (failed(value))
            return failure();
          return r.write(*value,
                         Position(indices, blocks.width, r.rank() - 1));
        });
      });
}

namespace {
enum class Form { Direct, RowsFirst, ColumnsFirst };
} // namespace

/// The form that does the least work for each plane.
static Form chooseForm(Resampler &r) {
  if (r.axes.size() != 2 || r.axes[1] != r.axes[0] + 1 ||
      r.op.getExtrapolates() || r.axes[1] < r.rank() - 2)
    return Form::Direct;
  bool last = r.endsInAxis();
  double each = last ? gatherCost : 1;
  double rowsIn = r.input[r.axes[0]], rows = r.output[r.axes[0]];
  double columnsIn = r.input[r.axes[1]], columns = r.output[r.axes[1]];
  double rowTaps = r.taps(0), columnTaps = r.taps(1);
  double direct = rows * columns * rowTaps * columnTaps * each;
  double rowsFirst = rows * (columnsIn * rowTaps + columns * columnTaps * each);
  double columnsFirst =
      rowsIn * columns * columnTaps * each + rows * columns * rowTaps;
  // Both keep lines on the stack.
  bool lineFits = columnsIn * VectorBlocks::of(r.kernel.target, r.sum,
                                               r.output.back()).width < 32768;
  if (last && r.op.getRowBlock() > 0 && columnsFirst <= rowsFirst &&
      columnsFirst < direct && r.op.getRowSpan() * columns < 32768)
    return Form::ColumnsFirst;
  return lineFits && rowsFirst < direct ? Form::RowsFirst : Form::Direct;
}

static LogicalResult emitResample(KernelBuilder &kernel, Operation *root) {
  auto op = cast<ResampleOp>(root);
  Resampler resampler(kernel, op);
  if (op.getResult().getType().getNumElements() == 0) {
    kernel.setRange(0, 1);
    return success();
  }
  if (isOnDevice(kernel)) {
    std::optional<LogicalResult> planes = emitDevicePlanes(resampler);
    return planes ? *planes : emitOnDevice(resampler);
  }
  switch (chooseForm(resampler)) {
  case Form::Direct:
    return emitDirectResample(resampler);
  case Form::RowsFirst:
    return emitRowsFirst(resampler);
  case Form::ColumnsFirst:
    return emitColumnsFirst(resampler);
  }
  return failure();
}

void lacuna::registerResamplingEmitters(EmitterTable &table) {
  table.add<ResampleOp>(emitResample);
}
