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
  /// Where lanes read a row of the input (column and what lies behind), and
  /// their weights.
  struct Tap {
    SmallVector<Values> places;
    Value weights;
  };

  int64_t rowsOfThread() const;
  Value firstOf(Value vector);
  Values placeOf(Value vector, int64_t lane);
  FailureOr<Value> weightOf(int64_t axis, int64_t tap, Value output);
  Value joined(ValueRange lanes);
  LogicalResult findColumns(Value vector);
  FailureOr<Value> readRow(ValueRange outer, Value row, const Tap &tap);
  FailureOr<Value> blendColumns(ValueRange outer, Value row);
  FailureOr<Values> readTables(Value row);
  Value chooseRow(Value row, Value known, Value value,
                  llvm::function_ref<FailureOr<Value>()> otherwise);
  FailureOr<Values> nextRows(ValueRange outer, ValueRange wanted,
                             ValueRange before);
  LogicalResult storeRow(ValueRange outer, Value row, Value vector,
                         ValueRange blended, ValueRange weights);
  FailureOr<Values> emitRows(ValueRange outer, Value vector, Value begin,
                             Value end, ValueRange carried);
  FailureOr<Values> emitAlike(ValueRange outer, Value vector, Value begin,
                              ValueRange wanted, ValueRange carried);
  FailureOr<Values> emitGroup(ValueRange outer, Value vector, Value number,
                              ValueRange carried);
  void planGroups();
  Value blend(Value total, Value value, Value weights);

  Resampler &r;
  KernelBuilder &kernel;
  int64_t last, rowAxis, inner, columns, taps, width = 1;
  /// Rows of a group, and how many before row 0 the first one begins.
  int64_t together = 1, shift = 0;
  bool isOnePixel = true;
  SmallVector<Tap, 2> columnTaps;
  bool hasFailed = false;
};
} // namespace

/// Up to 16 bytes of channels of a pixel, else up to four results of a row. Of
/// those the last vector is moved back to end with the row.
bool PlaneResampler::planWidth() {
  if (!r.element.isIntOrFloat() || r.element.isInteger(1))
    return false;
  int64_t most = 128 / r.element.getIntOrFloatBitWidth();
  while (inner > 1 && 2 * width <= most && inner % (2 * width) == 0)
    width *= 2;
  if (width > 1)
    return true;
  isOnePixel = false;
  bool joined =
      r.endsInAxis() || MergeableDims(kernel, r.rank(), r.op)(last - 1);
  most = std::min<int64_t>(most, 4);
  while (joined && 2 * width <= most && 2 * width <= columns * inner)
    width *= 2;
  return width > 1;
}

/// Where a vector of a row begins.
Value PlaneResampler::firstOf(Value vector) {
  Value first = kernel.mul(vector, width);
  if (columns * inner % width == 0)
    return first;
  return arith::MinUIOp::create(kernel.builder, kernel.loc, first,
                                kernel.index(columns * inner - width));
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

/// The column and the channel of a lane of vector `vector` of a row.
Values PlaneResampler::placeOf(Value vector, int64_t lane) {
  if (!isOnePixel)
    return kernel.delinearize(kernel.add(firstOf(vector), lane),
                              {columns, inner});
  Values place = kernel.delinearize(vector, {columns, inner / width});
  place[1] = kernel.mul(place[1], width);
  return place;
}

/// Of a vector of a row of results.
LogicalResult PlaneResampler::findColumns(Value vector) {
  columnTaps.assign(r.taps(1), {});
  SmallVector<Values> weights(r.taps(1));
  for (int64_t lane = 0; lane < (isOnePixel ? 1 : width); ++lane) {
    Values place = placeOf(vector, lane);
    for (int64_t tap = 0; tap < r.taps(1); ++tap) {
      FailureOr<Value> column = r.position(1, kernel.index(tap), place[0]);
      FailureOr<Value> weight = weightOf(1, tap, place[0]);
      if (failed(column) || failed(weight))
        return failure();
      Values at{*column, place[1]};
      // In a buffer the merged index may stand at the last dimension.
      if (!isOnePixel && kernel.inputBuffer(r.op.getInput()))
        at = {kernel.index(0),
              kernel.add(kernel.mul(*column, inner), place[1])};
      columnTaps[tap].places.push_back(at);
      weights[tap].push_back(*weight);
    }
  }
  for (auto [tap, lanes] : llvm::zip(columnTaps, weights))
    if (lanes[0])
      tap.weights = isOnePixel ? kernel.broadcast(lanes[0], width)
                               : joined(lanes);
  return success();
}

/// The weight of a tap; null where there are none.
FailureOr<Value> PlaneResampler::weightOf(int64_t axis, int64_t tap,
                                          Value output) {
  if (r.op.getWeights().empty())
    return Value();
  return kernel.load(r.op.getWeights()[axis],
                     Values{kernel.index(tap), output});
}

Value PlaneResampler::joined(ValueRange lanes) {
  if (width == 1)
    return lanes[0];
  auto type = VectorType::get({width}, lanes[0].getType());
  return vector::FromElementsOp::create(kernel.builder, kernel.loc, type,
                                        lanes);
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
  for (const Values &place : tap.places) {
    Values at(outer);
    at.push_back(row);
    at.append(r.endsInAxis() ? Values{place[1]} : place);
    auto value = r.read(isOnePixel ? Position(at, width, last) : Position(at));
    if (failed(value) || isOnePixel)
      return value;
    lanes.push_back(*value);
  }
  return joined(lanes);
}

FailureOr<Value> PlaneResampler::blendColumns(ValueRange outer, Value row) {
  Value total;
  row = arith::IndexCastOp::create(kernel.builder, kernel.loc,
                                   kernel.builder.getIndexType(), row);
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

/// The input rows that a row of results reads, and their weights.
FailureOr<Values> PlaneResampler::readTables(Value row) {
  Values tables;
  for (int64_t tap = 0; tap < taps; ++tap) {
    auto position = kernel.load(r.op.getPositions()[0],
                                Values{kernel.index(tap), row});
    if (failed(position))
      return failure();
    tables.push_back(*position);
  }
  for (int64_t tap = 0; tap < taps; ++tap) {
    FailureOr<Value> weight = weightOf(0, tap, row);
    if (failed(weight))
      return failure();
    if (*weight)
      tables.push_back(*weight);
  }
  return tables;
}

/// The blended columns of the input rows `wanted`: taken from those of the row
/// before where they are the same.
FailureOr<Values> PlaneResampler::nextRows(ValueRange outer, ValueRange wanted,
                                           ValueRange before) {
  ValueRange rows = before.take_front(taps), known = before.drop_front(taps);
  Values blended;
  for (int64_t tap = 0; tap < taps; ++tap) {
    auto fresh = [&] { return blendColumns(outer, wanted[tap]); };
    auto later = [&]() -> FailureOr<Value> {
      if (tap + 1 == taps)
        return fresh();
      return chooseRow(wanted[tap], rows[tap + 1], known[tap + 1], fresh);
    };
    blended.push_back(chooseRow(wanted[tap], rows[tap], known[tap], later));
  }
  if (hasFailed)
    return failure();
  return blended;
}

LogicalResult PlaneResampler::storeRow(ValueRange outer, Value row,
                                       Value vector, ValueRange blended,
                                       ValueRange weights) {
  Value total;
  for (auto [tap, value] : llvm::enumerate(blended))
    total = blend(total, value,
                  weights.empty() ? Value()
                                  : kernel.broadcast(weights[tap], width));
  Values at(outer);
  at.push_back(row);
  if (isOnePixel) {
    llvm::append_range(at, placeOf(vector, 0));
  } else {
    // The merged index stands at the last dimension.
    if (!r.endsInAxis())
      at.push_back(kernel.index(0));
    at.push_back(firstOf(vector));
  }
  return r.write(total, Position(at, width, last));
}

/// The rows [begin, end) one by one. Carried, here and in `emitGroup`: the
/// input rows before and their blended columns.
FailureOr<Values> PlaneResampler::emitRows(ValueRange outer, Value vector,
                                           Value begin, Value end,
                                           ValueRange carried) {
  return kernel.forLoop(
      begin, end, 1, carried,
      [&](Value row, ValueRange before) -> FailureOr<Values> {
        FailureOr<Values> tables = readTables(row);
        if (failed(tables))
          return failure();
        ValueRange wanted = ValueRange(*tables).take_front(taps);
        FailureOr<Values> blended = nextRows(outer, wanted, before);
        if (failed(blended) ||
            failed(storeRow(outer, row, vector, *blended,
                            ValueRange(*tables).drop_front(taps))))
          return failure();
        Values next(wanted);
        next.append(*blended);
        return next;
      });
}

/// `together` rows from `begin` on that all read the input rows `wanted`.
FailureOr<Values> PlaneResampler::emitAlike(ValueRange outer, Value vector,
                                            Value begin, ValueRange wanted,
                                            ValueRange carried) {
  FailureOr<Values> blended = nextRows(outer, wanted, carried);
  for (int64_t i = 0; i < together && succeeded(blended); ++i) {
    Value row = kernel.add(begin, i);
    FailureOr<Values> tables = readTables(row);
    if (failed(tables) ||
        failed(storeRow(outer, row, vector, *blended,
                        ValueRange(*tables).drop_front(taps))))
      return failure();
  }
  if (failed(blended))
    return failure();
  Values next(wanted);
  next.append(*blended);
  return next;
}

/// The rows of a group, which is at `number` of all and begins `shift` rows
/// before: positions ascend, so if its ends read the same rows, all do.
FailureOr<Values> PlaneResampler::emitGroup(ValueRange outer, Value vector,
                                            Value number, ValueRange carried) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value start = kernel.add(number, -shift);
  Value begin = arith::MaxSIOp::create(b, loc, start, kernel.index(0));
  Value end = arith::MinSIOp::create(b, loc, kernel.add(start, together),
                                     kernel.index(r.output[rowAxis]));
  FailureOr<Values> first = readTables(begin);
  FailureOr<Values> last = readTables(kernel.add(end, -1));
  if (failed(first) || failed(last))
    return failure();
  ValueRange wanted = ValueRange(*first).take_front(taps);
  Value isAlike = arith::CmpIOp::create(
      b, loc, arith::CmpIPredicate::eq, kernel.add(begin, together), end);
  for (auto [low, high] : llvm::zip(wanted, *last)) {
    Value same = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, low,
                                       high);
    isAlike = arith::AndIOp::create(b, loc, isAlike, same);
  }
  auto branch = scf::IfOp::create(b, loc, carried.getTypes(), isAlike,
                                  /*addThen=*/true, /*addElse=*/true);
  OpBuilder::InsertionGuard guard(b);
  for (bool alike : {true, false}) {
    b.setInsertionPointToStart(alike ? branch.thenBlock()
                                     : branch.elseBlock());
    FailureOr<Values> next =
        alike ? emitAlike(outer, vector, begin, wanted, carried)
              : emitRows(outer, vector, begin, end, carried);
    if (failed(next))
      return failure();
    scf::YieldOp::create(b, loc, *next);
  }
  return Values(branch.getResults());
}

/// With a whole ratio of sizes, rows of results between the same input rows
/// follow each other in groups, of which the first one is half.
void PlaneResampler::planGroups() {
  int64_t before = r.input[rowAxis], after = r.output[rowAxis];
  if (r.op.getRowBlock() == 0 || after % before != 0)
    return;
  int64_t ratio = after / before;
  for (together = std::min<int64_t>(ratio, 8); ratio % together != 0;)
    --together;
  shift = ratio / 2 % together;
}

LogicalResult PlaneResampler::emit() {
  planGroups();
  int64_t rows = r.output[rowAxis] + shift;
  int64_t each = llvm::alignTo(rowsOfThread(), together);
  SmallVector<int64_t> steps(r.output.take_front(rowAxis));
  steps.push_back(llvm::divideCeil(rows, each));
  steps.push_back(llvm::divideCeil(columns * inner, width));
  Type lanes = width > 1 ? Type(VectorType::get({width}, r.sum)) : r.sum;
  return kernel.parallelLoop(steps, 1, [&](ValueRange at) -> LogicalResult {
    if (failed(findColumns(at.back())))
      return failure();
    Value begin = kernel.mul(at[rowAxis], each);
    Value end = arith::MinUIOp::create(kernel.builder, kernel.loc,
                                       kernel.add(begin, each),
                                       kernel.index(rows));
    Type position = elementTypeOf(r.op.getPositions()[0]);
    Values initial(taps, kernel.constant(position, -1));
    initial.append(taps, kernel.constant(lanes, 0));
    ValueRange outer = at.take_front(rowAxis);
    if (together == 1)
      return emitRows(outer, at.back(), begin, end, initial);
    return kernel.forLoop(begin, end, together, initial,
                          [&](Value number, ValueRange carried) {
                            return emitGroup(outer, at.back(), number, carried);
                          });
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
