//===- LineLoops.cpp - Loops over lines of a tensor -----------------------===//
#include "LineLoops.h"

#include "Expression.h"
#include "MergeableDims.h"
#include "VectorBlocks.h"
#include "lacuna/IR/Shape.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;
using Values = LineLoops::Values;

/// Elements a task should have at least.
static constexpr int64_t elementsPerTask = 16384;
/// Bytes of a line that are kept on the stack.
static constexpr int64_t mostLineBytes = 224 << 10;
/// On a GPU: the widest access, the vectors of a line that a thread should
/// take, and the most of them that are kept in its registers.
static constexpr int64_t deviceVectorBytes = 16;
static constexpr int64_t vectorsOfThread = 4;
static constexpr int64_t turnsInRegisters = 8;

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
                     int64_t registers, int64_t most)
    : kernel(kernel), rank(dims.size()),
      compute(computeTypeOf(root->getOperand(0))),
      elementBytes(elementTypeOf(root->getOperand(0)).getIntOrFloatBitWidth() /
                   8) {
  for (const LineDim &dim : dims)
    lineLength *= dim.within;
  mergeDims(root, dims, apart);
  chooseLanes(registers, most);
}

FloatType LineLoops::computeTypeOf(Value tensor) {
  Builder builder(tensor.getContext());
  return elementTypeOf(tensor).isF64() ? FloatType(builder.getF64Type())
                                       : FloatType(builder.getF32Type());
}

LineLoops LineLoops::along(KernelBuilder &kernel, Operation *root,
                           int64_t axis, int64_t registers, int64_t most) {
  ArrayRef<int64_t> shape = shapeOf(root->getOperand(0));
  axis = *axisFromFront(axis, shape.size());
  auto dims = linesAlong(shape, [&](int64_t dim) { return dim == axis; });
  return LineLoops(kernel, root, dims, {axis, axis + 1}, registers, most);
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
void LineLoops::chooseLanes(int64_t registers, int64_t most) {
  laneLoop = loops.size() - 1;
  while (laneLoop > 0 && loops[laneLoop].lines * loops[laneLoop].within == 1)
    --laneLoop;
  const Loop &loop = loops[laneLoop];
  columns = loop.within == 1 && loop.lines > 1;
  int64_t size = columns ? loop.lines : loop.within;
  if (isOnDevice(kernel)) {
    lanes = std::max<int64_t>(deviceVectorBytes / elementBytes, 1);
    if (!columns && most > 1)
      return chooseGroup(most);
  } else {
    lanes = registers * kernel.target.lanes(compute.getWidth());
  }
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

/// Vectors that divide the line, so that all lines are aligned alike; so many
/// threads that each keeps a few vectors in registers.
void LineLoops::chooseGroup(int64_t most) {
  int64_t size = loops[laneLoop].within;
  while (size % lanes != 0)
    lanes /= 2;
  vectors = std::max<int64_t>(size / lanes, 1);
  auto rounded = [](int64_t count) {
    return int64_t(llvm::bit_ceil(uint64_t(count)));
  };
  int64_t threads = rounded(llvm::divideCeil(vectors, vectorsOfThread));
  if (threads < DeviceGroup::warp)
    threads = std::min(rounded(vectors), DeviceGroup::warp);
  threads = std::min(threads, most);
  turns = llvm::divideCeil(vectors, threads);
  group.emplace(kernel, threads);
  if (size > 0)
    chunks.push_back({0, vectors, lanes});
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
  if (group)
    return walkShared(carried, step);
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

/// `step` at vector `number` of the lane loop, if there is one.
FailureOr<Values> LineLoops::turn(Value number, bool always,
                                  ValueRange carried, Step step) {
  auto run = [&] {
    inner[laneLoop] = kernel.mul(number, lanes);
    return step(position(lanes), carried);
  };
  if (always)
    return run();
  OpBuilder &b = kernel.builder;
  Value exists = kernel.less(number, kernel.index(vectors));
  auto branch = scf::IfOp::create(b, kernel.loc, carried.getTypes(), exists,
                                  /*addThen=*/true, /*addElse=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(b, kernel.loc, carried);
  b.setInsertionPointToStart(branch.thenBlock());
  FailureOr<Values> next = run();
  if (failed(next))
    return failure();
  scf::YieldOp::create(b, kernel.loc, *next);
  return Values(branch.getResults());
}

/// Several vectors are on their way at a time.
FailureOr<Values> LineLoops::walkLongLine(ValueRange carried, Step step) {
  constexpr int64_t together = 4;
  int64_t threads = group->size();
  int64_t whole = vectors / (together * threads) * together * threads;
  auto some = [&](Value number, ValueRange values, int64_t count) {
    FailureOr<Values> next = Values(values);
    for (int64_t i = 0; i < count && succeeded(next); ++i)
      next = turn(kernel.add(number, i * threads), /*always=*/true,
                  Values(*next), step);
    return next;
  };
  FailureOr<Values> most = kernel.forLoop(
      group->thread(), kernel.index(whole), together * threads, carried,
      [&](Value number, ValueRange values) {
        return some(number, values, together);
      });
  if (failed(most) || whole == vectors)
    return most;
  return kernel.forLoop(kernel.add(group->thread(), whole),
                        kernel.index(vectors), threads, *most,
                        [&](Value number, ValueRange values) {
                          return some(number, values, 1);
                        });
}

/// A thread takes every `threads`-th vector, so that neighbours read
/// neighbours. Few turns are written one by one: what is kept of each can stay
/// in registers.
FailureOr<Values> LineLoops::walkShared(ValueRange carried, Step step) {
  if (chunks.empty())
    return Values(carried);
  int64_t threads = group->size();
  if (turns > turnsInRegisters)
    return walkLongLine(carried, step);
  Values values(carried);
  for (taken = 0; taken < turns; ++taken) {
    Value number = kernel.add(group->thread(), taken * threads);
    bool always = (taken + 1) * threads <= vectors;
    FailureOr<Values> next = turn(number, always, values, step);
    if (failed(next))
      return failure();
    values = *next;
  }
  return values;
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
  return group ? group->reduce(result, combine) : result;
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
  if (isOnDevice(kernel)) { // in registers: what one thread takes of a line
    bool isOneLoop = group && lineLength == loops[laneLoop].within;
    if (!isOneLoop || turns > turnsInRegisters)
      return {};
    elements = turns * lanes;
  }
  if (elements * (compute.getWidth() / 8) > mostLineBytes)
    return {};
  return kernel.scratch({std::max<int64_t>(elements, 1)}, compute);
}

Value LineLoops::memoryOffset() {
  if (group)
    return kernel.index(taken * lanes);
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
      memory(kernel.inputBuffer(tensor) && !isOnDevice(kernel)
                 ? Value()
                 : lines.lineMemory()) {}

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
