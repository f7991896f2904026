//===- Gather.cpp - Loops that pick elements by index ---------------------===//
// A step is one row of the result. Indices that are the same along the row are
// read and checked once, and the row is then a plain copy.
//===----------------------------------------------------------------------===//
#include "DeviceGroup.h"
#include "IndexCheck.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace lacuna;

namespace {
using Values = SmallVector<Value>;

/// How one op of the family finds its elements.
struct Picker {
  Value data, result;
  /// Reads the indices that hold at a place of the result.
  std::function<FailureOr<Values>(ArrayRef<Value>)> pick;
  /// Where in `data` the element of that place lies.
  std::function<Values(ArrayRef<Value> at, ArrayRef<Value> picked)> source;
  /// Whether `pick` does not look at the last index.
  bool oncePerRow;
};
} // namespace

/// Copies one row of the result; `at` is set but for the last index.
static LogicalResult copyRow(KernelBuilder &kernel, const Picker &picker,
                             Values at) {
  Values picked;
  if (picker.oncePerRow) {
    FailureOr<Values> once = picker.pick(at);
    if (failed(once))
      return failure();
    picked = *once;
  }
  Value row = kernel.index(shapeOf(picker.result).back());
  return kernel.forLoop(
      kernel.index(0), row, 1, [&](Value last) -> LogicalResult {
        at.back() = last;
        FailureOr<Values> now =
            picker.oncePerRow ? FailureOr<Values>(picked) : picker.pick(at);
        if (failed(now))
          return failure();
        FailureOr<Value> element =
            kernel.load(picker.data, picker.source(at, *now));
        if (failed(element))
          return failure();
        return kernel.store(picker.result, *element, at);
      });
}

/// On a GPU a step is a vector of up to 16 bytes of a row, or an element where
/// those have indices of their own.
static LogicalResult copyVectors(KernelBuilder &kernel, const Picker &picker) {
  SmallVector<int64_t> steps(shapeOf(picker.result));
  Type element = elementTypeOf(picker.result);
  int64_t width = 1, last = steps.size() - 1;
  int64_t from = shapeOf(picker.data).size() - 1;
  if (picker.oncePerRow && element.isIntOrFloat() && !element.isInteger(1))
    while (2 * width * element.getIntOrFloatBitWidth() <= 128 &&
           steps.back() % (2 * width) == 0)
      width *= 2;
  steps.back() /= width;
  return kernel.parallelLoop(steps, 1, [&](ValueRange step) -> LogicalResult {
    Values at(step);
    at.back() = kernel.mul(at.back(), width);
    FailureOr<Values> picked = picker.pick(at);
    if (failed(picked))
      return failure();
    Position source(picker.source(at, *picked), width, from);
    FailureOr<Value> elements = kernel.load(picker.data, source);
    if (failed(elements))
      return failure();
    return kernel.store(picker.result, *elements, Position(at, width, last));
  });
}

/// Any index into nothing is out of range.
static LogicalResult refuseAll(KernelBuilder &kernel, Value result) {
  ArrayRef<int64_t> shape = shapeOf(result);
  return kernel.parallelLoop(shape, 1, [&](ValueRange at) {
    Value never = kernel.constant(kernel.builder.getI1Type(), 0);
    CheckOp::create(kernel.builder, kernel.loc, never, "index out of range");
    return kernel.store(result, kernel.constant(elementTypeOf(result), 0), at);
  });
}

static LogicalResult emitPicker(KernelBuilder &kernel, const Picker &picker) {
  ArrayRef<int64_t> shape = shapeOf(picker.result);
  if (elementCount(shapeOf(picker.data)) == 0 && elementCount(shape) != 0)
    return refuseAll(kernel, picker.result);
  if (shape.empty())
    return kernel.parallelLoop({}, 1, [&](ValueRange) -> LogicalResult {
      FailureOr<Values> picked = picker.pick({});
      if (failed(picked))
        return failure();
      FailureOr<Value> element =
          kernel.load(picker.data, picker.source({}, *picked));
      if (failed(element))
        return failure();
      return kernel.store(picker.result, *element, Position());
    });
  if (isOnDevice(kernel))
    return copyVectors(kernel, picker);
  int64_t grain = 16384 / std::max<int64_t>(shape.back(), 1);
  return kernel.parallelLoop(shape.drop_back(), grain, [&](ValueRange outer) {
    Values at(outer);
    at.push_back(Value());
    return copyRow(kernel, picker, at);
  });
}

/// result[outer, indices, inner] = data[outer, index, inner].
static LogicalResult emitTake(KernelBuilder &kernel, Value data, Value indices,
                              int64_t axis, Value result) {
  int64_t size = shapeOf(data)[axis];
  int64_t count = shapeOf(indices).size();
  Picker picker{data, result, {}, {}, true};
  picker.oncePerRow = axis + 1 < int64_t(shapeOf(data).size()) || count == 0;
  picker.pick = [=, &kernel](ArrayRef<Value> at) -> FailureOr<Values> {
    FailureOr<Value> index = loadElementIndex(
        kernel, indices, ValueRange(at.slice(axis, count)), size);
    if (failed(index))
      return failure();
    return Values{*index};
  };
  picker.source = [=](ArrayRef<Value> at, ArrayRef<Value> picked) {
    Values from(at.take_front(axis));
    from.push_back(picked[0]);
    from.append(at.begin() + axis + count, at.end());
    return from;
  };
  return emitPicker(kernel, picker);
}

static LogicalResult emitGather(KernelBuilder &kernel, Operation *root) {
  auto op = cast<GatherOp>(root);
  int64_t rank = shapeOf(op.getData()).size();
  return emitTake(kernel, op.getData(), op.getIndices(),
                  *axisFromFront(op.getAxis(), rank), op.getResult());
}

static LogicalResult emitEmbedding(KernelBuilder &kernel, Operation *root) {
  auto op = cast<EmbeddingOp>(root);
  return emitTake(kernel, op.getTable(), op.getIds(), 0, op.getResult());
}

static LogicalResult emitGatherElements(KernelBuilder &kernel,
                                        Operation *root) {
  auto op = cast<GatherElementsOp>(root);
  ArrayRef<int64_t> shape = shapeOf(op.getData());
  int64_t axis = *axisFromFront(op.getAxis(), shape.size());
  Picker picker{op.getData(), op.getResult(), {}, {}, false};
  picker.pick = [=, &kernel](ArrayRef<Value> at) mutable -> FailureOr<Values> {
    FailureOr<Value> index =
        loadElementIndex(kernel, op.getIndices(), ValueRange(at), shape[axis]);
    if (failed(index))
      return failure();
    return Values{*index};
  };
  picker.source = [=](ArrayRef<Value> at, ArrayRef<Value> picked) {
    Values from(at);
    from[axis] = picked[0];
    return from;
  };
  return emitPicker(kernel, picker);
}

static LogicalResult emitGatherNd(KernelBuilder &kernel, Operation *root) {
  auto op = cast<GatherNdOp>(root);
  ArrayRef<int64_t> data = shapeOf(op.getData());
  ArrayRef<int64_t> indices = shapeOf(op.getIndices());
  int64_t batch = op.getBatchDims(), tuple = indices.back();
  int64_t lead = indices.size() - 1;
  Picker picker{op.getData(), op.getResult(), {}, {}, true};
  picker.oncePerRow = int64_t(shapeOf(op.getResult()).size()) > lead;
  picker.pick = [=, &kernel](ArrayRef<Value> at) mutable -> FailureOr<Values> {
    Values picked, place(at.take_front(lead));
    place.push_back(Value());
    for (int64_t i = 0; i < tuple; ++i) {
      place.back() = kernel.index(i);
      FailureOr<Value> index = loadElementIndex(kernel, op.getIndices(), place,
                                                data[batch + i]);
      if (failed(index))
        return failure();
      picked.push_back(*index);
    }
    return picked;
  };
  picker.source = [=](ArrayRef<Value> at, ArrayRef<Value> picked) {
    Values from(at.take_front(batch));
    from.append(picked.begin(), picked.end());
    from.append(at.begin() + lead, at.end());
    return from;
  };
  return emitPicker(kernel, picker);
}

/// result[t] = input[length - 1 - t] below the length, input[t] behind it.
static LogicalResult emitReverseSequence(KernelBuilder &kernel,
                                         Operation *root) {
  auto op = cast<ReverseSequenceOp>(root);
  ArrayRef<int64_t> shape = shapeOf(op.getInput());
  int64_t batch = *axisFromFront(op.getBatchAxis(), shape.size());
  int64_t time = *axisFromFront(op.getTimeAxis(), shape.size());
  Picker picker{op.getInput(), op.getResult(), {}, {}, true};
  picker.oncePerRow = std::max(batch, time) + 1 < int64_t(shape.size());
  picker.pick = [=, &kernel](ArrayRef<Value> at) mutable -> FailureOr<Values> {
    FailureOr<Value> given =
        loadIndex(kernel, op.getLengths(), Values{at[batch]});
    if (failed(given))
      return failure();
    Value length =
        checkRange(kernel, *given, 0, shape[time], "length out of range");
    OpBuilder &b = kernel.builder;
    Value mirrored = arith::SubIOp::create(
        b, kernel.loc, length, kernel.add(at[time], 1));
    return Values{arith::SelectOp::create(
        b, kernel.loc, kernel.less(at[time], length), mirrored, at[time])};
  };
  picker.source = [=](ArrayRef<Value> at, ArrayRef<Value> picked) {
    Values from(at);
    from[time] = picked[0];
    return from;
  };
  return emitPicker(kernel, picker);
}

void lacuna::registerGatherEmitters(EmitterTable &table) {
  table.add<GatherOp>(emitGather);
  table.add<GatherElementsOp>(emitGatherElements);
  table.add<GatherNdOp>(emitGatherNd);
  table.add<EmbeddingOp>(emitEmbedding);
  table.add<ReverseSequenceOp>(emitReverseSequence);
}
