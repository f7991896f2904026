//===- PoolingPyramid.cpp - Loops of pooling pyramids ---------------------===//
// All borders of all bins cut the input into cells; each bin is a union of
// cells, so the input is read once, into the cells, and every level is reduced
// from these. Where there are too many cells, each bin reads the input.
//===----------------------------------------------------------------------===//
#include "DeviceGroup.h"
#include "DeviceKernels.h"
#include "Pooling.h"

#include "lacuna/IR/PyramidCells.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

using Values = SmallVector<Value>;

/// Bytes of cells that are kept on the stack, and bins that are tabled.
static constexpr int64_t mostCellBytes = 128 << 10;
static constexpr int64_t mostBins = 256;
/// Elements of a line of the input that is kept beside them.
static constexpr int64_t longestLine = 8192;

namespace {
/// The cells of one dimension, in memory.
struct CellDim : PyramidCells {
  Value bordersTable, firsts, counts;
};

class PyramidEmitter {
public:
  PyramidEmitter(KernelBuilder &kernel, PoolingPyramidOp op)
      : kernel(kernel), op(op), bins(op.getBins()),
        shape(PoolShape::of(op.getInput(), op.getInput(), op.getLayout())),
        reducer(kernel, op.getMode(), elementTypeOf(op.getInput())),
        blocks(shape.channelBlocks(kernel.target)) {}
  LogicalResult emit();

private:
  int64_t rank() const { return shape.dims.size(); }
  bool planCells();
  Value table(ArrayRef<int64_t> values);
  Value lookUp(Value table, Value index);
  LogicalResult fillCells(Value image, Value channel);
  LogicalResult fillLineOfCells(Value image, Value channel, ValueRange outer,
                                ArrayRef<PoolRange> ranges);
  LogicalResult emitLevel(int64_t level, Value image, Value channel);
  LogicalResult emitBin(int64_t level, Value image, Value channel,
                        ValueRange index);
  FailureOr<Values> mergeCell(ValueRange cell, ValueRange carried);
  LogicalResult store(int64_t level, Value value, Value image, Value channel,
                      ValueRange index);
  PoolRange elementsOf(const CellDim &dim, Value first, Value stop);
  Value cellAt(ValueRange cell);

  KernelBuilder &kernel;
  PoolingPyramidOp op;
  ArrayRef<int64_t> bins;
  PoolShape shape;
  PoolReducer reducer;
  VectorBlocks blocks;
  SmallVector<CellDim> dims;
  Value cells, line;
};
} // namespace

/// Cuts all dimensions; false when the cells are too many to keep.
bool PyramidEmitter::planCells() {
  if (llvm::sum_of(bins, int64_t(0)) > mostBins ||
      shape.dims.back().input > longestLine)
    return false;
  int64_t bytes = blocks.width * 8;
  for (const PoolDim &dim : shape.dims) {
    dims.push_back({PyramidCells::of(dim.input, bins, op.getWindows()), {}, {}, {}});
    bytes *= dims.back().count();
    if (bytes > mostCellBytes)
      return false;
  }
  return true;
}

/// Numbers in memory, to be looked up by an index known at run time.
Value PyramidEmitter::table(ArrayRef<int64_t> values) {
  Value memory = kernel.scratch({int64_t(values.size())},
                                kernel.builder.getIndexType());
  for (auto [i, value] : llvm::enumerate(values))
    memref::StoreOp::create(kernel.builder, kernel.loc, kernel.index(value),
                            memory, kernel.index(i));
  return memory;
}

Value PyramidEmitter::lookUp(Value table, Value index) {
  return memref::LoadOp::create(kernel.builder, kernel.loc, table, index);
}

/// The input elements of the cells [first, stop).
PoolRange PyramidEmitter::elementsOf(const CellDim &dim, Value first,
                                     Value stop) {
  Value begin = lookUp(dim.bordersTable, first);
  Value end = lookUp(dim.bordersTable, stop);
  return {begin,
          arith::SubIOp::create(kernel.builder, kernel.loc, end, begin), 1};
}

Value PyramidEmitter::cellAt(ValueRange cell) {
  Value linear = kernel.index(0);
  for (auto [dim, index] : llvm::zip(dims, cell))
    linear = kernel.add(kernel.mul(linear, dim.count()), index);
  return kernel.mul(linear, blocks.width);
}

/// Channels first: the cells of one line of them, from a line of the input.
LogicalResult PyramidEmitter::fillLineOfCells(Value image, Value channel,
                                              ValueRange outer,
                                              ArrayRef<PoolRange> ranges) {
  if (failed(reduceLines(kernel, shape, reducer, image, channel, ranges, line,
                         /*padding=*/0)))
    return failure();
  return kernel.forLoop(
      kernel.index(0), kernel.index(dims.back().count()), 1,
      [&](Value last) -> LogicalResult {
        PoolRange range = elementsOf(dims.back(), last, kernel.add(last, 1));
        auto merge = [&](ValueRange at,
                         ValueRange carried) -> FailureOr<Values> {
          return Values{reducer.merge(carried[0], lookUp(line, at[0]))};
        };
        auto reduced = walkElements(kernel, range, reducer.neutral(1), merge);
        if (failed(reduced))
          return failure();
        Values cell(outer);
        cell.push_back(last);
        memref::StoreOp::create(kernel.builder, kernel.loc, (*reduced)[0],
                                cells, cellAt(cell));
        return success();
      });
}

LogicalResult PyramidEmitter::fillCells(Value image, Value channel) {
  bool lines = shape.layout == Layout::ChannelsFirst;
  SmallVector<PoolRange> walked;
  for (const CellDim &dim : dims)
    walked.push_back({kernel.index(0), kernel.index(dim.count()), 1});
  if (lines)
    walked.pop_back();
  auto visit = [&](ValueRange cell, ValueRange) -> FailureOr<Values> {
    SmallVector<PoolRange> ranges;
    for (auto [dim, index] : llvm::zip(dims, cell))
      ranges.push_back(elementsOf(dim, index, kernel.add(index, 1)));
    if (lines) {
      if (failed(fillLineOfCells(image, channel, cell, ranges)))
        return failure();
      return Values();
    }
    auto merge = [&](ValueRange at, ValueRange carried) -> FailureOr<Values> {
      auto element = kernel.load(shape.input,
                                 shape.at(image, channel, at, blocks.width));
      if (failed(element))
        return failure();
      return Values{reducer.merge(carried[0], reducer.start(*element))};
    };
    auto reduced =
        walkElements(kernel, ranges, reducer.neutral(blocks.width), merge);
    if (failed(reduced))
      return failure();
    storeLanes(kernel, (*reduced)[0], cells, cellAt(cell));
    return Values();
  };
  return walkElements(kernel, walked, {}, visit);
}

FailureOr<Values> PyramidEmitter::mergeCell(ValueRange cell,
                                            ValueRange carried) {
  Value value = loadLanes(kernel, cells, cellAt(cell), blocks.width);
  return Values{reducer.merge(carried[0], value)};
}

/// Levels follow each other in the flat result, channels first.
LogicalResult PyramidEmitter::store(int64_t level, Value value, Value image,
                                    Value channel, ValueRange index) {
  if (op.getMaps())
    return kernel.store(op.getResults()[level], value,
                        shape.at(image, channel, index, blocks.width));
  int64_t before = 0, size = 1;
  for (auto [number, count] : llvm::enumerate(bins)) {
    size = 1;
    for (int64_t d = 0; d < rank(); ++d)
      size *= count;
    if (int64_t(number) == level)
      break;
    before += shape.channels * size;
  }
  Value place = kernel.index(0);
  for (Value i : index)
    place = kernel.add(kernel.mul(place, bins[level]), i);
  place = kernel.add(place, before);
  for (int64_t lane = 0; lane < blocks.width; ++lane) {
    Value element = value;
    if (blocks.width > 1)
      element =
          vector::ExtractOp::create(kernel.builder, kernel.loc, value, lane);
    Value at =
        kernel.add(place, kernel.mul(kernel.add(channel, lane), size));
    if (failed(kernel.store(op.getResults()[0], element, Values{image, at})))
      return failure();
  }
  return success();
}

LogicalResult PyramidEmitter::emitBin(int64_t level, Value image,
                                      Value channel, ValueRange index) {
  OpBuilder &b = kernel.builder;
  SmallVector<PoolRange> ranges;
  Value count = kernel.index(1);
  int64_t before = 0;
  for (int64_t number = 0; number < level; ++number)
    before += bins[number];
  for (int64_t d = 0; d < rank(); ++d) {
    PoolDim dim = shape.dims[d];
    dim.kind = op.getWindows() == PyramidWindows::SPP
                   ? PoolDim::Kind::SPPBins
                   : PoolDim::Kind::AdaptiveBins;
    dim.outputs = bins[level];
    PoolRange elements = dim.range(kernel, index[d]);
    count = b.createOrFold<arith::MulIOp>(kernel.loc, count, elements.count);
    if (cells) {
      Value bin = kernel.add(index[d], before);
      elements = {lookUp(dims[d].firsts, bin), lookUp(dims[d].counts, bin), 1};
    }
    ranges.push_back(elements);
  }
  auto visit = [&](ValueRange at, ValueRange carried) -> FailureOr<Values> {
    if (cells)
      return mergeCell(at, carried);
    auto element =
        kernel.load(shape.input, shape.at(image, channel, at, blocks.width));
    if (failed(element))
      return failure();
    return Values{reducer.merge(carried[0], reducer.start(*element))};
  };
  auto reduced =
      walkElements(kernel, ranges, reducer.neutral(blocks.width), visit);
  if (failed(reduced))
    return failure();
  if (reducer.mode() == PoolMode::Average)
    count = asDivisor(kernel, count, reducer.partialType());
  return store(level, reducer.finish((*reduced)[0], count), image, channel,
               index);
}

LogicalResult PyramidEmitter::emitLevel(int64_t level, Value image,
                                        Value channel) {
  SmallVector<PoolRange> walked(
      rank(), {kernel.index(0), kernel.index(bins[level]), 1});
  auto visit = [&](ValueRange index, ValueRange) -> FailureOr<Values> {
    if (failed(emitBin(level, image, channel, index)))
      return failure();
    return Values();
  };
  return walkElements(kernel, walked, {}, visit);
}

LogicalResult PyramidEmitter::emit() {
  int64_t elements = 1;
  for (const PoolDim &dim : shape.dims)
    elements *= dim.input;
  if (planCells() && elements > 0) {
    int64_t size = blocks.width;
    for (CellDim &dim : dims) {
      size *= dim.count();
      SmallVector<int64_t> firsts, counts;
      for (auto [first, stop] : dim.bins) {
        firsts.push_back(first);
        counts.push_back(stop - first);
      }
      dim.bordersTable = table(dim.borders);
      dim.firsts = table(firsts);
      dim.counts = table(counts);
    }
    cells = kernel.scratch({size}, reducer.partialType());
    if (shape.layout == Layout::ChannelsFirst)
      line = kernel.scratch({shape.dims.back().input}, reducer.partialType());
  }
  return kernel.parallelLoop(
      {shape.batch, blocks.count},
      32768 / std::max<int64_t>(elements * blocks.width, 1),
      [&](ValueRange at) -> LogicalResult {
        Value channel = blocks.first(kernel, at[1]);
        if (cells && failed(fillCells(at[0], channel)))
          return failure();
        for (size_t level = 0; level < bins.size(); ++level)
          if (failed(emitLevel(level, at[0], channel)))
            return failure();
        return success();
      });
}

LogicalResult lacuna::emitPoolingPyramid(KernelBuilder &kernel,
                                         Operation *root) {
  auto op = cast<PoolingPyramidOp>(root);
  ArrayRef<int64_t> input = shapeOf(op.getInput());
  if (SpatialShape::of(input, op.getLayout()).channels == 0 || input[0] == 0) {
    kernel.setRange(0, 1);
    return success();
  }
  if (isOnDevice(kernel) && fitsDevicePyramid(op))
    return emitDevicePyramid(kernel, op);
  return PyramidEmitter(kernel, op).emit();
}
