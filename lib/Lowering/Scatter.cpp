//===- Scatter.cpp - Loops that write elements by index -------------------===//
// A step owns a block of columns: it copies the data there and then applies
// the updates in their order, so that equal indices have one meaning whatever
// the number of threads.
//===----------------------------------------------------------------------===//
#include "IndexCheck.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace lacuna;
using Values = SmallVector<Value>;

/// Columns that one step works on.
static constexpr int64_t blockColumns = 512;

/// What stands in place of `old` after `update`.
static Value combine(KernelBuilder &kernel, ScatterReduction reduction,
                     Value old, Value update) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  bool floating = isa<FloatType>(update.getType());
  switch (reduction) {
  case ScatterReduction::None:
    return update;
  case ScatterReduction::Add:
    return floating ? Value(arith::AddFOp::create(b, loc, old, update))
                    : Value(arith::AddIOp::create(b, loc, old, update));
  case ScatterReduction::Mul:
    return floating ? Value(arith::MulFOp::create(b, loc, old, update))
                    : Value(arith::MulIOp::create(b, loc, old, update));
  case ScatterReduction::Max:
    return floating ? Value(arith::MaximumFOp::create(b, loc, old, update))
                    : Value(arith::MaxSIOp::create(b, loc, old, update));
  case ScatterReduction::Min:
    return floating ? Value(arith::MinimumFOp::create(b, loc, old, update))
                    : Value(arith::MinSIOp::create(b, loc, old, update));
  }
  return {};
}

/// Puts `update` at `at` of the result.
static LogicalResult apply(KernelBuilder &kernel, Value result,
                           ScatterReduction reduction, Value update,
                           ValueRange at) {
  if (reduction != ScatterReduction::None) {
    Value old = memref::LoadOp::create(kernel.builder, kernel.loc,
                                       kernel.outputBuffer(result), at);
    update = combine(kernel, reduction, old, update);
  }
  return kernel.store(result, update, at);
}

/// Whether the emitters can read back what they wrote.
static LogicalResult checkScatter(KernelBuilder &kernel, Operation *root,
                                  ScatterReduction reduction) {
  Value result = root->getResult(0);
  if (!kernel.outputBuffer(result))
    return root->emitOpError("must be the only result of its kernel");
  if (reduction != ScatterReduction::None &&
      elementTypeOf(result).isInteger(1))
    return root->emitOpError("cannot reduce booleans");
  return success();
}

/// Loops over the box of `sizes`, in row-major order.
static LogicalResult forBox(KernelBuilder &kernel, ArrayRef<int64_t> sizes,
                            llvm::function_ref<LogicalResult(ValueRange)> body,
                            Values at = {}) {
  if (at.size() == sizes.size())
    return body(at);
  return kernel.forLoop(kernel.index(0), kernel.index(sizes[at.size()]), 1,
                        [&](Value i) {
                          Values next(at);
                          next.push_back(i);
                          return forBox(kernel, sizes, body, next);
                        });
}

/// Loops over [first, first + blockColumns) below `count`.
static LogicalResult
forColumns(KernelBuilder &kernel, Value first, int64_t count,
           llvm::function_ref<LogicalResult(Value)> body) {
  Value stop = arith::MinSIOp::create(kernel.builder, kernel.loc,
                                      kernel.add(first, blockColumns),
                                      kernel.index(count));
  return kernel.forLoop(first, stop, 1, body);
}

static LogicalResult copyElement(KernelBuilder &kernel, Value data,
                                 Value result, ValueRange at) {
  FailureOr<Value> element = kernel.load(data, at);
  return failed(element) ? failure() : kernel.store(result, *element, at);
}

/// The updates of one step: those whose indices but for `axis` and the column
/// are `outer`. `along` counts along the axis.
static LogicalResult scatterBlock(KernelBuilder &kernel, ScatterElementsOp op,
                                  int64_t axis, ValueRange outer, Value first) {
  ArrayRef<int64_t> shape = shapeOf(op.getData());
  ArrayRef<int64_t> updates = shapeOf(op.getIndices());
  int64_t last = shape.size() - 1;
  auto update = [&](Value along, Value column) -> LogicalResult {
    Values from(outer);
    if (axis != last)
      from.push_back(column);
    from.insert(from.begin() + axis, along);
    FailureOr<Value> index =
        loadElementIndex(kernel, op.getIndices(), from, shape[axis]);
    FailureOr<Value> element = kernel.load(op.getUpdates(), from);
    if (failed(index) || failed(element))
      return failure();
    Values to(from);
    to[axis] = *index;
    return apply(kernel, op.getResult(), op.getReduction(), *element, to);
  };
  return kernel.forLoop(
      kernel.index(0), kernel.index(updates[axis]), 1, [&](Value along) {
        if (axis == last)
          return update(along, Value());
        return forColumns(kernel, first, updates[last],
                          [&](Value column) { return update(along, column); });
      });
}

static LogicalResult emitScatterElements(KernelBuilder &kernel,
                                         Operation *root) {
  auto op = cast<ScatterElementsOp>(root);
  if (failed(checkScatter(kernel, root, op.getReduction())))
    return failure();
  ArrayRef<int64_t> shape = shapeOf(op.getData());
  ArrayRef<int64_t> updates = shapeOf(op.getIndices());
  int64_t last = shape.size() - 1, axis = *axisFromFront(op.getAxis(), last + 1);
  // Steps: the outer dimensions, and blocks of the last unless it is the axis.
  SmallVector<int64_t> sizes(shape);
  if (axis != last)
    sizes[last] = llvm::divideCeil(shape[last], blockColumns);
  sizes.erase(sizes.begin() + axis);
  return kernel.parallelLoop(sizes, 1, [&](ValueRange step) -> LogicalResult {
    ValueRange outer = axis == last ? step : step.drop_back();
    Value first = axis == last ? kernel.index(0)
                               : kernel.mul(step.back(), blockColumns);
    auto copy = [&](Value along) {
      auto element = [&](Value column) {
        Values at(outer);
        if (axis != last)
          at.push_back(column);
        at.insert(at.begin() + axis, along);
        return copyElement(kernel, op.getData(), op.getResult(), at);
      };
      return axis == last ? element(Value())
                          : forColumns(kernel, first, shape[last], element);
    };
    if (failed(kernel.forLoop(kernel.index(0), kernel.index(shape[axis]), 1,
                              copy)))
      return failure();
    // The updates may cover fewer lines than there are.
    Value covered = kernel.constant(kernel.builder.getI1Type(), 1);
    for (auto [dim, index] : llvm::enumerate(outer)) {
      int64_t size = updates[int64_t(dim) < axis ? dim : dim + 1];
      covered = arith::AndIOp::create(kernel.builder, kernel.loc, covered,
                                      kernel.less(index, kernel.index(size)));
    }
    return kernel.branch(covered, [&] {
      return scatterBlock(kernel, op, axis, outer, first);
    });
  });
}

static LogicalResult emitScatterNd(KernelBuilder &kernel, Operation *root) {
  auto op = cast<ScatterNdOp>(root);
  if (failed(checkScatter(kernel, root, op.getReduction())))
    return failure();
  ArrayRef<int64_t> shape = shapeOf(op.getData());
  ArrayRef<int64_t> indices = shapeOf(op.getIndices());
  int64_t tuple = indices.back();
  ArrayRef<int64_t> slice = shape.drop_front(tuple);
  int64_t columns = *elementCount(slice);
  // A place in a slice is its row-major number as the last index: buffers are
  // contiguous.
  auto place = [&](ValueRange lead, Value column) {
    Values at(lead);
    at.append(slice.size(), kernel.index(0));
    if (!slice.empty())
      at.back() = column;
    return at;
  };
  int64_t blocks = llvm::divideCeil(columns, blockColumns);
  return kernel.parallelLoop({blocks}, 1, [&](ValueRange step) -> LogicalResult {
    Value first = kernel.mul(step[0], blockColumns);
    auto copy = [&](ValueRange lead) {
      return forColumns(kernel, first, columns, [&](Value column) {
        return copyElement(kernel, op.getData(), op.getResult(),
                           place(lead, column));
      });
    };
    if (failed(forBox(kernel, shape.take_front(tuple), copy)))
      return failure();
    return forBox(kernel, indices.drop_back(), [&](ValueRange at) -> LogicalResult {
      Values target, from(at);
      from.push_back(Value());
      for (int64_t i = 0; i < tuple; ++i) {
        from.back() = kernel.index(i);
        FailureOr<Value> index =
            loadElementIndex(kernel, op.getIndices(), from, shape[i]);
        if (failed(index))
          return failure();
        target.push_back(*index);
      }
      return forColumns(kernel, first, columns, [&](Value column) -> LogicalResult {
        FailureOr<Value> element =
            kernel.load(op.getUpdates(), place(at, column));
        if (failed(element))
          return failure();
        return apply(kernel, op.getResult(), op.getReduction(), *element,
                     place(target, column));
      });
    });
  });
}

void lacuna::registerScatterEmitters(EmitterTable &table) {
  table.add<ScatterElementsOp>(emitScatterElements);
  table.add<ScatterNdOp>(emitScatterNd);
}
