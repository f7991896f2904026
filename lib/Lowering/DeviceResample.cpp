//===- DeviceResample.cpp - Resizing planes by threads of a GPU -----------===//
// A thread has a vector of a row of results, whose place between input columns
// it finds once, and walks down some rows: it blends the columns of an input
// row when the rows of results first read that row.
//===----------------------------------------------------------------------===//
#include "DeviceGroup.h"
#include "MergeableDims.h"
#include "Resampling.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

using Values = SmallVector<Value>;

namespace {
class PlaneResampler {
public:
  explicit PlaneResampler(Resampler &r)
      : r(r), kernel(r.kernel), last(r.rank() - 1), rowAxis(r.axes[0]),
        inner(r.endsInAxis() ? 1 : r.output.back()),
        columns(r.output[r.axes[1]]), taps(r.taps(0)) {}
  /// False where results of a row cannot be joined to vectors.
  bool planWidth();
  LogicalResult emit();

private:
  /// A column of the input, as its lanes read it, and its weights.
  struct Tap {
    Values columns;
    Value weights;
  };

  int64_t rowsOfThread() const;
  LogicalResult findColumns(Value first);
  FailureOr<Value> readRow(ValueRange outer, Value row, const Tap &tap);
  FailureOr<Value> blendColumns(ValueRange outer, Value row);
  FailureOr<Values> nextRows(ValueRange outer, Value row, ValueRange carried);
  Value chooseRow(Value row, Value known, Value value,
                  llvm::function_ref<FailureOr<Value>()> otherwise);
  LogicalResult storeRow(ValueRange outer, Value row, Value first,
                         ValueRange blended);
  Value blend(Value total, Value value, Value weights);

  Resampler &r;
  KernelBuilder &kernel;
  int64_t last, rowAxis, inner, columns, taps, width = 1;
  bool isOnePixel = true;
  SmallVector<Tap, 2> columnTaps;
  /// What lies behind the columns: of each lane, or of the first of a vector.
  Values channels;
  bool hasFailed = false;
};
} // namespace

/// Up to 16 bytes of channels of a pixel, else up to four results of a row.
bool PlaneResampler::planWidth() {
  if (!r.element.isIntOrFloat() || r.element.isInteger(1))
    return false;
  int64_t most = 128 / r.element.getIntOrFloatBitWidth();
  while (inner > 1 && 2 * width <= most && inner % (2 * width) == 0)
    width *= 2;
  if (width > 1)
    return true;
  isOnePixel = false;
  bool joined = r.endsInAxis() || MergeableDims(kernel, r.rank(), r.op)(last - 1);
  most = joined ? std::min<int64_t>(most, 4) : 1;
  while (2 * width <= most && columns * inner % (2 * width) == 0)
    width *= 2;
  return width > 1;
}

/// Many, for columns are found once, while there are threads to fill a GPU.
int64_t PlaneResampler::rowsOfThread() const {
  constexpr int64_t most = 16, wanted = int64_t(1) << 18;
  int64_t vectors = llvm::product_of(r.output) / width, rows = 1;
  while (2 * rows <= std::min(most, r.output[rowAxis]) &&
         vectors / (2 * rows) >= wanted)
    rows *= 2;
  return rows;
}

/// Of the vector that begins at number `first` of a row of results.
LogicalResult PlaneResampler::findColumns(Value first) {
  OpBuilder &b = kernel.builder;
  columnTaps.assign(r.taps(1), {});
  bool hasWeights = !r.op.getWeights().empty();
  SmallVector<Values> weights(r.taps(1));
  for (int64_t lane = 0; lane < (isOnePixel ? 1 : width); ++lane) {
    Values place =
        kernel.delinearize(kernel.add(first, lane), {columns, inner});
    channels.push_back(place[1]);
    for (int64_t tap = 0; tap < r.taps(1); ++tap) {
      FailureOr<Value> column = r.position(1, kernel.index(tap), place[0]);
      if (failed(column))
        return failure();
      columnTaps[tap].columns.push_back(*column);
      if (!hasWeights)
        continue;
      auto weight = kernel.load(r.op.getWeights()[1],
                                Values{kernel.index(tap), place[0]});
      if (failed(weight))
        return failure();
      weights[tap].push_back(*weight);
    }
  }
  for (int64_t tap = 0; hasWeights && tap < r.taps(1); ++tap)
    columnTaps[tap].weights =
        isOnePixel || width == 1
            ? kernel.broadcast(weights[tap][0], width)
            : vector::FromElementsOp::create(
                  b, kernel.loc, VectorType::get({width}, r.sum), weights[tap])
                  .getResult();
  return success();
}

Value PlaneResampler::blend(Value total, Value value, Value weights) {
  OpBuilder &b = kernel.builder;
  if (!weights)
    return value;
  if (!total)
    return arith::MulFOp::create(b, kernel.loc, value, weights);
  return math::FmaOp::create(b, kernel.loc, value, weights, total);
}

/// What the lanes read of an input row.
FailureOr<Value> PlaneResampler::readRow(ValueRange outer, Value row,
                                         const Tap &tap) {
  Values lanes;
  for (auto [column, channel] : llvm::zip(tap.columns, channels)) {
    Values at(outer);
    at.append({row, column});
    if (!r.endsInAxis())
      at.push_back(channel);
    auto value = r.read(isOnePixel ? Position(at, width, last) : Position(at));
    if (failed(value) || isOnePixel)
      return value;
    lanes.push_back(*value);
  }
  return vector::FromElementsOp::create(kernel.builder, kernel.loc,
                                        VectorType::get({width}, r.sum), lanes)
      .getResult();
}

FailureOr<Value> PlaneResampler::blendColumns(ValueRange outer, Value row) {
  Value total;
  for (const Tap &tap : columnTaps) {
    FailureOr<Value> value = readRow(outer, row, tap);
    if (failed(value))
      return failure();
    total = blend(total, *value, tap.weights);
  }
  return total;
}

/// `value` if `row` is `known`, else what `otherwise` gives.
Value PlaneResampler::chooseRow(
    Value row, Value known, Value value,
    llvm::function_ref<FailureOr<Value>()> otherwise) {
  OpBuilder &b = kernel.builder;
  Value isKnown = arith::CmpIOp::create(b, kernel.loc,
                                        arith::CmpIPredicate::eq, row, known);
  auto choice = scf::IfOp::create(b, kernel.loc, value.getType(), isKnown,
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(choice.thenBlock());
  scf::YieldOp::create(b, kernel.loc, value);
  b.setInsertionPointToStart(choice.elseBlock());
  FailureOr<Value> other = otherwise();
  hasFailed |= failed(other);
  scf::YieldOp::create(b, kernel.loc, succeeded(other) ? *other : value);
  return choice.getResult(0);
}

/// The input rows that result row `row` reads, and their blended columns:
/// taken from those of the row before (`carried`) where they are the same.
FailureOr<Values> PlaneResampler::nextRows(ValueRange outer, Value row,
                                           ValueRange carried) {
  ValueRange rows = carried.take_front(taps), known = carried.drop_front(taps);
  Values next, blended;
  for (int64_t tap = 0; tap < taps; ++tap) {
    FailureOr<Value> wanted = r.position(0, kernel.index(tap), row);
    if (failed(wanted))
      return failure();
    next.push_back(*wanted);
    auto fresh = [&] { return blendColumns(outer, *wanted); };
    auto later = [&]() -> FailureOr<Value> {
      if (tap + 1 == taps)
        return fresh();
      return chooseRow(*wanted, rows[tap + 1], known[tap + 1], fresh);
    };
    blended.push_back(chooseRow(*wanted, rows[tap], known[tap], later));
  }
  if (hasFailed)
    return failure();
  next.append(blended);
  return next;
}

LogicalResult PlaneResampler::storeRow(ValueRange outer, Value row, Value first,
                                       ValueRange blended) {
  Value total;
  for (auto [tap, value] : llvm::enumerate(blended)) {
    Value weights;
    if (!r.op.getWeights().empty()) {
      auto weight = kernel.load(r.op.getWeights()[0],
                                Values{kernel.index(tap), row});
      if (failed(weight))
        return failure();
      weights = kernel.broadcast(*weight, width);
    }
    total = blend(total, value, weights);
  }
  Values at(outer);
  at.push_back(row);
  if (isOnePixel) {
    llvm::append_range(at, kernel.delinearize(first, {columns, inner}));
  } else {
    // The merged index stands at the last dimension.
    if (!r.endsInAxis())
      at.push_back(kernel.index(0));
    at.push_back(first);
  }
  return r.write(total, Position(at, width, last));
}

LogicalResult PlaneResampler::emit() {
  int64_t rows = r.output[rowAxis], each = rowsOfThread();
  SmallVector<int64_t> steps(r.output.take_front(rowAxis));
  steps.push_back(llvm::divideCeil(rows, each));
  steps.push_back(columns * inner / width);
  Type lanes = width > 1 ? Type(VectorType::get({width}, r.sum)) : r.sum;
  return kernel.parallelLoop(steps, 1, [&](ValueRange at) -> LogicalResult {
    ValueRange outer = at.take_front(rowAxis);
    Value first = kernel.mul(at.back(), width);
    if (failed(findColumns(first)))
      return failure();
    Value begin = kernel.mul(at[rowAxis], each);
    Value end = kernel.add(begin, each);
    if (rows % each != 0)
      end = arith::MinUIOp::create(kernel.builder, kernel.loc, end,
                                   kernel.index(rows));
    Values initial(taps, kernel.index(-1));
    initial.append(taps, kernel.constant(lanes, 0));
    auto done = kernel.forLoop(
        begin, end, 1, initial,
        [&](Value row, ValueRange carried) -> FailureOr<Values> {
          auto next = nextRows(outer, row, carried);
          if (failed(next) ||
              failed(storeRow(outer, row, first,
                              ValueRange(*next).drop_front(taps))))
            return failure();
          return next;
        });
    return success(succeeded(done));
  });
}

std::optional<LogicalResult> lacuna::emitDevicePlanes(Resampler &r) {
  if (r.axes.size() != 2 || r.axes[1] != r.axes[0] + 1 ||
      r.axes[1] < r.rank() - 2 || r.op.getExtrapolates() || r.taps(0) > 2 ||
      r.taps(1) > 2)
    return std::nullopt;
  PlaneResampler planes(r);
  if (!planes.planWidth())
    return std::nullopt;
  return planes.emit();
}
