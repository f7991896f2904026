//===- GridSample.cpp - Loops that sample at given places -----------------===//
// A step is a piece of a row of the result. For its places, the elements that
// each reads along each dimension and their weights are tabled once, and then
// serve all channels.
//===----------------------------------------------------------------------===//
#include "Expression.h"
#include "Sampling.h"

#include "lacuna/IR/Shape.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace lacuna;

using Values = SmallVector<Value>;

/// Places that share a table.
static constexpr int64_t longestPiece = 64;

FloatType lacuna::samplingType(KernelBuilder &kernel, Value a, Value b) {
  bool isDouble = elementTypeOf(a).isF64() || elementTypeOf(b).isF64();
  return isDouble ? FloatType(kernel.builder.getF64Type())
                  : FloatType(kernel.builder.getF32Type());
}

namespace {
/// What one place reads along one dimension.
struct Taps {
  Values indices, weights;
};

class GridSampler {
public:
  GridSampler(KernelBuilder &kernel, GridSampleOp op)
      : kernel(kernel), op(op), mode(op.getMode()),
        type(samplingType(kernel, op.getInput(), op.getGrid())),
        input(shapeOf(op.getInput())), output(shapeOf(op.getResult())) {}
  LogicalResult emit();

private:
  int64_t dims() const { return input.size() - 2; }
  int64_t taps() const {
    return mode == ResizeMode::Nearest ? 1 : mode == ResizeMode::Linear ? 2 : 4;
  }
  /// Whether a tap can lie outside of the input after all padding.
  bool readsOutside() {
    return op.getPadding() == SamplePadding::Zeros ||
           mode == ResizeMode::Linear;
  }
  Real toElements(Real coordinate, int64_t size);
  Real moveInside(Real place, int64_t size);
  void tabulate(int64_t dim, Value at, Real place);
  void tabulateTap(int64_t dim, int64_t tap, Value at, Real place, Real weight);
  LogicalResult tabulatePiece(ValueRange outer, Value first, Value count);
  LogicalResult samplePiece(ValueRange outer, Value first, Value count);
  FailureOr<Value> blend(ArrayRef<Taps> taps, Value image, Value channel,
                         Values &place);
  FailureOr<Value> readTap(Value image, Value channel, ValueRange place);
  Taps loadTaps(int64_t dim, Value at);

  KernelBuilder &kernel;
  GridSampleOp op;
  ResizeMode mode;
  /// Places and sums are computed in this.
  FloatType type;
  ArrayRef<int64_t> input, output;
  /// One a dimension, taps times places. An index of -1 is outside.
  Values indexTables, weightTables;
};
} // namespace

/// A coordinate of -1 to 1 as a place among `size` elements.
Real GridSampler::toElements(Real coordinate, int64_t size) {
  if (op.getAlignCorners())
    return (coordinate + 1.0) * (double(size - 1) / 2);
  return ((coordinate + 1.0) * double(size) - 1.0) * 0.5;
}

/// Border and reflection: the place of the element that is read instead.
Real GridSampler::moveInside(Real place, int64_t size) {
  if (op.getPadding() == SamplePadding::Zeros)
    return place;
  if (op.getPadding() == SamplePadding::Reflection) {
    double low = op.getAlignCorners() ? 0 : -0.5;
    double span = op.getAlignCorners() ? size - 1 : size;
    if (span == 0)
      return Real(0.0).like(place);
    // A wave of period 2 span, 0 at the lower edge.
    Real distance = abs(place - low);
    Real periods = floor(distance / (2 * span));
    distance = distance - periods * (2 * span);
    place = low + (span - abs(distance - span));
  }
  return minOrSecond(maxOrSecond(place, 0.0), double(size - 1));
}

void GridSampler::tabulateTap(int64_t dim, int64_t tap, Value at, Real place,
                              Real weight) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  double last = input[2 + dim] - 1;
  // Also where no index holds the place, and where it is no number.
  Real existing = minOrSecond(maxOrSecond(place, 0.0), last);
  Value index = arith::FPToSIOp::create(b, loc, b.getI64Type(), existing.value);
  index = arith::IndexCastOp::create(b, loc, b.getIndexType(), index);
  if (readsOutside()) {
    Mask inside = (place >= 0.0) & (place <= last);
    index = arith::SelectOp::create(b, loc, inside.value, index,
                                    kernel.index(-1));
    weight = select(inside, weight, 0.0);
  }
  Values slot{kernel.index(tap), at};
  memref::StoreOp::create(b, loc, index, indexTables[dim], slot);
  if (mode != ResizeMode::Nearest)
    memref::StoreOp::create(b, loc, weight.value, weightTables[dim], slot);
}

/// The cubic convolution weight of a tap at a distance below 1, or below 2.
static Real nearCubic(Real t) {
  return polynomial(t, {1.0, 0.0, -2.25, 1.25});
}
static Real farCubic(Real t) {
  return polynomial(t, {3.0, -6.0, 3.75, -0.75});
}

void GridSampler::tabulate(int64_t dim, Value at, Real place) {
  int64_t size = input[2 + dim];
  if (mode == ResizeMode::Nearest)
    return tabulateTap(dim, 0, at, roundEven(moveInside(place, size)),
                       Real(1.0).like(place));
  if (mode == ResizeMode::Linear) {
    place = moveInside(place, size);
    Real low = floor(place), part = place - low;
    tabulateTap(dim, 0, at, low, 1.0 - part);
    return tabulateTap(dim, 1, at, low + 1.0, part);
  }
  // Here it is the elements that are moved inside, one by one.
  Real low = floor(place), part = place - low;
  Real weights[] = {farCubic(part + 1.0), nearCubic(part),
                    nearCubic(1.0 - part), farCubic(2.0 - part)};
  for (int64_t tap = 0; tap < 4; ++tap)
    tabulateTap(dim, tap, at, moveInside(low + double(tap - 1), size),
                weights[tap]);
}

/// Fills the tables for `count` places from `first` on of a row of the result.
LogicalResult GridSampler::tabulatePiece(ValueRange outer, Value first,
                                         Value count) {
  return kernel.forLoop(
      kernel.index(0), count, 1, [&](Value at) -> LogicalResult {
        for (int64_t dim = 0; dim < dims(); ++dim) {
          Values where(outer);
          where.append({kernel.add(first, at), kernel.index(dims() - 1 - dim)});
          FailureOr<Value> coordinate = kernel.load(op.getGrid(), where);
          if (failed(coordinate))
            return failure();
          ImplicitLocOpBuilder b(kernel.loc, kernel.builder);
          Real given = convert(Real(b, *coordinate), type);
          tabulate(dim, at, toElements(given, input[2 + dim]));
        }
        return success();
      });
}

Taps GridSampler::loadTaps(int64_t dim, Value at) {
  Taps result;
  for (int64_t tap = 0; tap < taps(); ++tap) {
    Values slot{kernel.index(tap), at};
    result.indices.push_back(memref::LoadOp::create(
        kernel.builder, kernel.loc, indexTables[dim], slot));
    if (mode != ResizeMode::Nearest)
      result.weights.push_back(memref::LoadOp::create(
          kernel.builder, kernel.loc, weightTables[dim], slot));
  }
  return result;
}

/// The element at `place`, 0 where an index is outside.
FailureOr<Value> GridSampler::readTap(Value image, Value channel,
                                      ValueRange place) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Values at{image, channel};
  Value inside;
  for (Value index : place) {
    at.push_back(index);
    if (!readsOutside())
      continue;
    Value exists = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sge,
                                         index, kernel.index(0));
    at.back() = arith::MaxSIOp::create(b, loc, index, kernel.index(0));
    inside = inside ? arith::AndIOp::create(b, loc, inside, exists) : exists;
  }
  FailureOr<Value> element = kernel.load(op.getInput(), at);
  if (failed(element))
    return failure();
  ImplicitLocOpBuilder here(loc, b);
  Value value = convert(Real(here, *element), type).value;
  if (!inside)
    return value;
  return arith::SelectOp::create(b, loc, inside, value,
                                 kernel.constant(type, 0))
      .getResult();
}

/// The weighted sum over all dimensions from place.size() on.
FailureOr<Value> GridSampler::blend(ArrayRef<Taps> taps, Value image,
                                    Value channel, Values &place) {
  if (place.size() == taps.size())
    return readTap(image, channel, place);
  const Taps &own = taps[place.size()];
  Value total;
  for (auto [number, index] : llvm::enumerate(own.indices)) {
    place.push_back(index);
    FailureOr<Value> part = blend(taps, image, channel, place);
    place.pop_back();
    if (failed(part) || own.weights.empty())
      return part;
    ImplicitLocOpBuilder b(kernel.loc, kernel.builder);
    Real value(b, *part), weight(b, own.weights[number]);
    total = (total ? fma(value, weight, Real(b, total)) : value * weight).value;
  }
  return total;
}

LogicalResult GridSampler::samplePiece(ValueRange outer, Value first,
                                       Value count) {
  auto sample = [&](Value channel, Value at) -> LogicalResult {
    SmallVector<Taps> taps;
    for (int64_t dim = 0; dim < dims(); ++dim)
      taps.push_back(loadTaps(dim, at));
    Values place;
    FailureOr<Value> sum = blend(taps, outer[0], channel, place);
    if (failed(sum))
      return failure();
    ImplicitLocOpBuilder b(kernel.loc, kernel.builder);
    auto element = cast<FloatType>(elementTypeOf(op.getResult()));
    Values to{outer[0], channel};
    llvm::append_range(to, outer.drop_front());
    to.push_back(kernel.add(first, at));
    return kernel.store(op.getResult(), convert(Real(b, *sum), element).value,
                        to);
  };
  return kernel.forLoop(
      kernel.index(0), kernel.index(input[1]), 1, [&](Value channel) {
        return kernel.forLoop(kernel.index(0), count, 1, [&](Value at) {
          return sample(channel, at);
        });
      });
}

LogicalResult GridSampler::emit() {
  int64_t row = output.back();
  int64_t piece = std::max<int64_t>(std::min(row, longestPiece), 1);
  for (int64_t dim = 0; dim < dims(); ++dim) {
    indexTables.push_back(
        kernel.scratch({taps(), piece}, kernel.builder.getIndexType()));
    weightTables.push_back(kernel.scratch({taps(), piece}, type));
  }
  SmallVector<int64_t> steps{output[0]};
  llvm::append_range(steps, output.drop_front(2).drop_back());
  steps.push_back(llvm::divideCeil(row, piece));
  int64_t work = piece * std::max<int64_t>(input[1], 1) * taps() * taps();
  return kernel.parallelLoop(
      steps, 16384 / work, [&](ValueRange at) -> LogicalResult {
        Value first = kernel.mul(at.back(), piece);
        Value rest = arith::SubIOp::create(kernel.builder, kernel.loc,
                                           kernel.index(row), first);
        Value count = arith::MinUIOp::create(kernel.builder, kernel.loc, rest,
                                             kernel.index(piece));
        if (failed(tabulatePiece(at.drop_back(), first, count)))
          return failure();
        return samplePiece(at.drop_back(), first, count);
      });
}

/// There is nothing to sample.
static LogicalResult fillZeros(KernelBuilder &kernel, Value result) {
  return kernel.parallelLoop(shapeOf(result), 16384, [&](ValueRange at) {
    return kernel.store(result, kernel.constant(elementTypeOf(result), 0), at);
  });
}

static LogicalResult emitGridSample(KernelBuilder &kernel, Operation *root) {
  auto op = cast<GridSampleOp>(root);
  if (elementCount(shapeOf(op.getInput())) == 0)
    return fillZeros(kernel, op.getResult());
  return GridSampler(kernel, op).emit();
}

void lacuna::registerSamplingEmitters(EmitterTable &table) {
  table.add<GridSampleOp>(emitGridSample);
  table.add<AffineGridOp>(emitAffineGrid);
}
