//===- LineLoops.cpp - Loops over lines of a tensor -----------------------===//
#include "LineLoops.h"

#include "Expression.h"
#include "MergeableDims.h"
#include "VectorBlocks.h"
#include "lacuna/IR/Shape.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;
using Values = LineLoops::Values;

/// Elements a task should have at least.
static constexpr int64_t elementsPerTask = 16384;
/// Bytes of a line that are kept on the stack.
static constexpr int64_t mostLineBytes = 224 << 10;

SmallVector<LineDim>
lacuna::linesAlong(ArrayRef<int64_t> shape,
                   llvm::function_ref<bool(int64_t)> within) {
  SmallVector<LineDim> dims;
  for (auto [dim, size] : llvm::enumerate(shape))
    dims.push_back(within(dim) ? LineDim{1, size} : LineDim{size, 1});
  return dims;
}

LineLoops::LineLoops(KernelBuilder &kernel, Operation *root,
                     ArrayRef<LineDim> dims, ArrayRef<int64_t> apart,
                     int64_t registers)
    : kernel(kernel), rank(dims.size()),
      compute(computeTypeOf(root->getOperand(0))) {
  for (const LineDim &dim : dims)
    lineLength *= dim.within;
  mergeDims(root, dims, apart);
  chooseLanes(registers);
}

FloatType LineLoops::computeTypeOf(Value tensor) {
  Builder builder(tensor.getContext());
  return elementTypeOf(tensor).isF64() ? FloatType(builder.getF64Type())
                                       : FloatType(builder.getF32Type());
}

LineLoops LineLoops::along(KernelBuilder &kernel, Operation *root,
                           int64_t axis, int64_t registers) {
  ArrayRef<int64_t> shape = shapeOf(root->getOperand(0));
  axis = *axisFromFront(axis, shape.size());
  auto dims = linesAlong(shape, [&](int64_t dim) { return dim == axis; });
  return LineLoops(kernel, root, dims, {axis, axis + 1}, registers);
}

void LineLoops::mergeDims(Operation *root, ArrayRef<LineDim> dims,
                          ArrayRef<int64_t> apart) {
  MergeableDims mergeable(kernel, rank, root);
  for (auto [dim, parts] : llvm::enumerate(dims)) {
    bool alone = dim == 0 || llvm::is_contained(apart, int64_t(dim)) ||
                 !mergeable(dim - 1);
    if (!alone) {
      Loop &last = loops.back();
      bool bothLines = last.within == 1 && parts.within == 1;
      bool bothWithin = last.lines == 1 && parts.lines == 1;
      if (bothLines || bothWithin) {
        last = {int64_t(dim), last.lines * parts.lines,
                last.within * parts.within};
        continue;
      }
    }
    loops.push_back({int64_t(dim), parts.lines, parts.within});
  }
  outer.resize(loops.size());
  inner.resize(loops.size());
  lineIndex.resize(rank);
}

/// Whole vectors first, then powers of two that add up to the rest.
void LineLoops::chooseLanes(int64_t registers) {
  laneLoop = loops.size() - 1;
  while (laneLoop > 0 && loops[laneLoop].lines * loops[laneLoop].within == 1)
    --laneLoop;
  const Loop &loop = loops[laneLoop];
  columns = loop.within == 1 && loop.lines > 1;
  int64_t size = columns ? loop.lines : loop.within;
  lanes = registers * kernel.target.lanes(compute.getWidth());
  lanes = std::min(lanes, int64_t(llvm::bit_floor(uint64_t(size))));
  lanes = std::max<int64_t>(lanes, 1);
  if (columns)
    return;
  int64_t begin = 0;
  for (int64_t width = lanes; width >= 1; width /= 2) {
    int64_t count = (size - begin) / width;
    if (count > 0)
      chunks.push_back({begin, count, width});
    begin += count * width;
  }
}

LogicalResult
LineLoops::forEach(llvm::function_ref<LogicalResult()> body) {
  SmallVector<int64_t> sizes;
  for (auto [index, loop] : llvm::enumerate(loops)) {
    bool blocked = columns && int64_t(index) == laneLoop;
    sizes.push_back(blocked ? llvm::divideCeil(loop.lines, lanes) : loop.lines);
  }
  int64_t work = std::max<int64_t>(lineLength * width(), 1);
  return kernel.parallelLoop(
      sizes, elementsPerTask / work, [&](ValueRange indices) {
        llvm::copy(indices, outer.begin());
        if (columns) // the last block is moved back to end at the edge
          outer[laneLoop] = arith::MinUIOp::create(
              kernel.builder, kernel.loc,
              kernel.mul(outer[laneLoop], lanes),
              kernel.index(loops[laneLoop].lines - lanes));
        llvm::fill(lineIndex, kernel.index(0));
        for (auto [loop, value] : llvm::zip(loops, outer))
          lineIndex[loop.dim] = value;
        llvm::fill(inner, kernel.index(0));
        return body();
      });
}

Position LineLoops::linePosition(ArrayRef<int64_t> dims) const {
  Position at;
  for (int64_t dim : dims) {
    if (columns && dim == loops[laneLoop].dim && lanes > 1) {
      at.lanes = lanes;
      at.laneDim = at.indices.size();
    }
    at.indices.push_back(dim < 0 ? kernel.index(0) : lineIndex[dim]);
  }
  return at;
}

/// The position of the current indices, as a vector along the lane loop.
Position LineLoops::position(int64_t count) const {
  SmallVector<Value> indices(rank, kernel.index(0));
  for (auto [loop, line, within] : llvm::zip(loops, outer, inner)) {
    if (loop.within == 1)
      indices[loop.dim] = line;
    else if (loop.lines == 1)
      indices[loop.dim] = within;
    else
      indices[loop.dim] = kernel.add(kernel.mul(line, loop.within), within);
  }
  return {indices, count, loops[laneLoop].dim};
}

/// Runs the loops within a line from `depth` on.
FailureOr<Values> LineLoops::nest(size_t depth, ValueRange carried,
                                  Step step) {
  if (depth == loops.size())
    return columns ? step(position(lanes), carried) : walkLanes(carried, step);
  bool lane = !columns && int64_t(depth) == laneLoop;
  int64_t size = loops[depth].within;
  if (lane || size == 1) {
    inner[depth] = kernel.index(0);
    return nest(depth + 1, carried, step);
  }
  return kernel.forLoop(kernel.index(0), kernel.index(size), 1, carried,
                        [&](Value i, ValueRange values) {
                          inner[depth] = i;
                          return nest(depth + 1, values, step);
                        });
}

/// Runs the lane loop chunk by chunk; each has carried values of its own.
FailureOr<Values> LineLoops::walkLanes(ValueRange carried, Step step) {
  size_t each = carried.size() / std::max<size_t>(chunks.size(), 1);
  Values next;
  for (auto [index, chunk] : llvm::enumerate(chunks)) {
    ValueRange own = carried.slice(index * each, each);
    auto body = [&](Value i, ValueRange values) {
      inner[laneLoop] = i;
      return step(position(chunk.lanes), values);
    };
    Value begin = kernel.index(chunk.begin);
    FailureOr<Values> done =
        chunk.count == 1
            ? body(begin, own)
            : kernel.forLoop(
                  begin, kernel.index(chunk.begin + chunk.count * chunk.lanes),
                  chunk.lanes, own, body);
    if (failed(done))
      return failure();
    next.append(*done);
  }
  return next;
}

LogicalResult LineLoops::walk(Body body) {
  return nest(0, {}, [&](const Position &at, ValueRange) -> FailureOr<Values> {
    if (failed(body(at)))
      return failure();
    return Values();
  });
}

FailureOr<Values> LineLoops::fold(ValueRange initial, Step step,
                                  Combine combine) {
  Values carried;
  if (columns)
    for (Value value : initial)
      carried.push_back(kernel.broadcast(value, lanes));
  for (const Chunk &chunk : chunks)
    for (Value value : initial)
      carried.push_back(kernel.broadcast(value, chunk.lanes));
  FailureOr<Values> done = nest(0, carried, step);
  if (failed(done) || columns)
    return done;
  Values result(initial);
  size_t each = initial.size();
  for (auto [index, chunk] : llvm::enumerate(chunks)) {
    ValueRange own = ValueRange(*done).slice(index * each, each);
    Values part = foldLanes(kernel, own, chunk.lanes, combine);
    result = index == 0 ? part : combine(result, part);
  }
  return result;
}

FailureOr<Value>
LineLoops::sum(llvm::function_ref<FailureOr<Value>(const Position &)> term) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  auto add = [&](Value left, Value right) -> Value {
    return arith::AddFOp::create(b, loc, left, right);
  };
  FailureOr<Values> total = fold(
      kernel.constant(compute, 0),
      [&](const Position &at, ValueRange carried) -> FailureOr<Values> {
        FailureOr<Value> next = term(at);
        if (failed(next))
          return failure();
        return Values{add(carried[0], kernel.broadcast(*next, at.lanes))};
      },
      [&](ValueRange left, ValueRange right) {
        return Values{add(left[0], right[0])};
      });
  if (failed(total))
    return failure();
  return total->front();
}

Value LineLoops::lineMemory() {
  int64_t elements = lineLength * width();
  if (elements * (compute.getWidth() / 8) > mostLineBytes)
    return {};
  return kernel.scratch({std::max<int64_t>(elements, 1)}, compute);
}

Value LineLoops::memoryOffset() {
  Value offset = kernel.index(0);
  for (auto [loop, within] : llvm::zip(loops, inner))
    if (loop.within > 1)
      offset = kernel.add(kernel.mul(offset, loop.within), within);
  return kernel.mul(offset, width());
}

Value lacuna::loadMemory(KernelBuilder &kernel, Value memory, Value offset,
                         int64_t lanes) {
  OpBuilder &b = kernel.builder;
  if (lanes == 1)
    return memref::LoadOp::create(b, kernel.loc, memory, offset);
  Type element = cast<MemRefType>(memory.getType()).getElementType();
  return vector::LoadOp::create(b, kernel.loc,
                                VectorType::get({lanes}, element), memory,
                                offset);
}

void lacuna::storeMemory(KernelBuilder &kernel, Value element, Value memory,
                         Value offset) {
  OpBuilder &b = kernel.builder;
  if (isa<VectorType>(element.getType()))
    vector::StoreOp::create(b, kernel.loc, element, memory, offset);
  else
    memref::StoreOp::create(b, kernel.loc, element, memory, offset);
}

void LineLoops::keep(Value element, Value memory) {
  storeMemory(kernel, element, memory, memoryOffset());
}

Value LineLoops::kept(Value memory, const Position &at) {
  return loadMemory(kernel, memory, memoryOffset(), at.lanes);
}

FailureOr<Value> lacuna::loadAs(KernelBuilder &kernel, Value tensor, Type type,
                                const Position &at) {
  FailureOr<Value> element = kernel.load(tensor, at);
  if (failed(element))
    return failure();
  ImplicitLocOpBuilder b(kernel.loc, kernel.builder);
  Value wide = convert({b, *element}, cast<FloatType>(type)).value;
  return kernel.broadcast(wide, at.lanes);
}

LogicalResult lacuna::storeAs(KernelBuilder &kernel, Value tensor,
                              Value element, const Position &at) {
  ImplicitLocOpBuilder b(kernel.loc, kernel.builder);
  Real narrow = convert({b, element}, cast<FloatType>(elementTypeOf(tensor)));
  return kernel.store(tensor, kernel.broadcast(narrow.value, at.lanes), at);
}

LineInput::LineInput(KernelBuilder &kernel, LineLoops &lines, Value tensor)
    : kernel(kernel), lines(lines), tensor(tensor),
      memory(kernel.inputBuffer(tensor) ? Value() : lines.lineMemory()) {}

FailureOr<Value> LineInput::first(const Position &at) {
  FailureOr<Value> element = loadAs(kernel, tensor, lines.computeType(), at);
  if (succeeded(element) && memory)
    lines.keep(*element, memory);
  return element;
}

FailureOr<Value> LineInput::again(const Position &at) {
  if (!memory)
    return loadAs(kernel, tensor, lines.computeType(), at);
  return lines.kept(memory, at);
}
