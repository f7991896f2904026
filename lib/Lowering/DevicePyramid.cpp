//===- DevicePyramid.cpp - Pooling pyramids by blocks of threads ----------===//
// A block of threads reads some channels of an image once, into the cells that
// its bins are made of, and reduces every level from these in shared memory.
//===----------------------------------------------------------------------===//
#include "DeviceGroup.h"
#include "DeviceKernels.h"
#include "Pooling.h"
#include "lacuna/IR/PyramidCells.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace lacuna;

using Values = SmallVector<Value>;

static std::optional<PyramidBlocks> blocksOf(PoolingPyramidOp op) {
  if (op.getLayout() != Layout::ChannelsLast)
    return std::nullopt;
  auto type = cast<RankedTensorType>(op.getInput().getType());
  return PyramidBlocks::of(type, op.getBins(), op.getWindows());
}

bool lacuna::fitsDevicePyramid(PoolingPyramidOp op) {
  return bool(blocksOf(op));
}

/// `values[index]`, by arithmetic.
static Value choose(KernelBuilder &kernel, ArrayRef<int64_t> values,
                    Value index) {
  int64_t step = values.size() > 1 ? values[1] - values[0] : 0;
  bool isRegular = true;
  for (auto [i, value] : llvm::enumerate(values))
    isRegular &= value == values[0] + int64_t(i) * step;
  if (isRegular)
    return kernel.add(kernel.mul(index, step), values[0]);
  Value chosen = kernel.index(values.back());
  for (int64_t i = int64_t(values.size()) - 2; i >= 0; --i)
    chosen = arith::SelectOp::create(
        kernel.builder, kernel.loc, kernel.less(index, kernel.index(i + 1)),
        kernel.index(values[i]), chosen);
  return chosen;
}

namespace {
class DevicePyramid {
public:
  DevicePyramid(KernelBuilder &kernel, PoolingPyramidOp op)
      : kernel(kernel), op(op), bins(op.getBins()), blocks(*blocksOf(op)),
        shape(PoolShape::of(op.getInput(), op.getInput(), op.getLayout())),
        reducer(kernel, op.getMode(), elementTypeOf(op.getInput())),
        group(kernel, PyramidBlocks::threads) {
    for (PoolDim &dim : shape.dims) {
      dims.push_back(PyramidCells::of(dim.input, bins, op.getWindows()));
      counts.push_back(dims.back().count());
      dim.kind = op.getWindows() == PyramidWindows::SPP
                     ? PoolDim::Kind::SPPBins
                     : PoolDim::Kind::AdaptiveBins;
    }
  }
  LogicalResult emit();

private:
  LogicalResult readCells(Value image, Value channel);
  LogicalResult readCell(Value image, Value channel, Value item, Value vector);
  LogicalResult joinParts();
  LogicalResult emitLevel(int64_t level, Value image, Value channel);
  FailureOr<Value> reduceBin(int64_t level, Value lane, ValueRange bin);
  LogicalResult store(int64_t level, Value value, Value image, Value channel,
                      ValueRange bin);
  /// The first number of part 0 of a cell.
  Value cellAt(Value cell) {
    return kernel.mul(cell, blocks.parts * blocks.channels());
  }
  Value load(Value at) { return loadLanes(kernel, memory, at, 1); }

  KernelBuilder &kernel;
  PoolingPyramidOp op;
  ArrayRef<int64_t> bins;
  PyramidBlocks blocks;
  PoolShape shape;
  PoolReducer reducer;
  DeviceGroup group;
  SmallVector<PyramidCells> dims;
  SmallVector<int64_t> counts;
  Value memory;
};
} // namespace

/// Part of a cell, `item` of all, into shared memory.
LogicalResult DevicePyramid::readCell(Value image, Value channel, Value item,
                                      Value vector) {
  Values part = kernel.delinearize(item, {blocks.cells, blocks.parts});
  Values cell = kernel.delinearize(part[0], counts);
  SmallVector<PoolRange> ranges;
  for (auto [dim, index] : llvm::zip(dims, cell)) {
    Value begin = choose(kernel, dim.borders, index);
    Value end = choose(kernel, dim.borders, kernel.add(index, 1));
    ranges.push_back({begin, kernel.builder.createOrFold<arith::SubIOp>(
                                 kernel.loc, end, begin), 1});
  }
  auto visit = [&](ValueRange at, ValueRange carried) -> FailureOr<Values> {
    auto pixel = kernel.load(shape.input,
                             shape.at(image, channel, at, blocks.width));
    if (failed(pixel))
      return failure();
    return Values{reducer.merge(carried[0], reducer.start(*pixel))};
  };
  auto reduced = walkStrided(kernel, ranges, part[1], blocks.parts,
                             reducer.neutral(blocks.width), visit);
  if (failed(reduced))
    return failure();
  storeLanes(kernel, (*reduced)[0], memory,
             kernel.add(kernel.mul(item, blocks.channels()), vector));
  return success();
}

/// Neighbouring threads read neighbouring channels, then neighbouring pixels.
LogicalResult DevicePyramid::readCells(Value image, Value channel) {
  Values thread =
      kernel.delinearize(group.thread(), {blocks.lanes(), blocks.vectors});
  Value vector = kernel.mul(thread[1], blocks.width);
  return kernel.forLoop(
      thread[0], kernel.index(blocks.cells * blocks.parts), blocks.lanes(),
      [&](Value item) {
        return readCell(image, kernel.add(channel, vector), item, vector);
      });
}

LogicalResult DevicePyramid::joinParts() {
  int64_t channels = blocks.channels();
  return kernel.forLoop(
      group.thread(), kernel.index(blocks.cells * channels), group.size(),
      [&](Value number) -> LogicalResult {
        Values place = kernel.delinearize(number, {blocks.cells, channels});
        Value first = kernel.add(cellAt(place[0]), place[1]);
        auto joined = kernel.forLoop(
            kernel.index(1), kernel.index(blocks.parts), 1, load(first),
            [&](Value part, ValueRange carried) -> FailureOr<Values> {
              Value at = kernel.add(first, kernel.mul(part, channels));
              return Values{reducer.merge(carried[0], load(at))};
            });
        if (failed(joined))
          return failure();
        storeLanes(kernel, (*joined)[0], memory, first);
        return success();
      });
}

FailureOr<Value> DevicePyramid::reduceBin(int64_t level, Value lane,
                                          ValueRange bin) {
  int64_t before = llvm::sum_of(bins.take_front(level), int64_t(0));
  SmallVector<PoolRange> ranges;
  Value count = kernel.index(1);
  for (auto [dim, pool, index] : llvm::zip(dims, shape.dims, bin)) {
    SmallVector<int64_t> firsts, lengths;
    for (auto [first, stop] : ArrayRef(dim.bins).slice(before, bins[level])) {
      firsts.push_back(first);
      lengths.push_back(stop - first);
    }
    ranges.push_back({choose(kernel, firsts, index),
                      choose(kernel, lengths, index), 1});
    pool.outputs = bins[level];
    count = kernel.builder.createOrFold<arith::MulIOp>(
        kernel.loc, count, pool.range(kernel, index).count);
  }
  auto visit = [&](ValueRange cell, ValueRange carried) -> FailureOr<Values> {
    Value linear = kernel.index(0);
    for (auto [size, index] : llvm::zip(counts, cell))
      linear = kernel.add(kernel.mul(linear, size), index);
    Value value = load(kernel.add(cellAt(linear), lane));
    return Values{reducer.merge(carried[0], value)};
  };
  auto reduced = walkElements(kernel, ranges, reducer.neutral(1), visit);
  if (failed(reduced))
    return failure();
  if (reducer.mode() == PoolMode::Average)
    count = asDivisor(kernel, count, reducer.partialType());
  return reducer.finish((*reduced)[0], count);
}

LogicalResult DevicePyramid::store(int64_t level, Value value, Value image,
                                   Value channel, ValueRange bin) {
  if (op.getMaps())
    return kernel.store(op.getResults()[level], value,
                        shape.at(image, channel, bin));
  int64_t before = 0;
  auto binsOf = [&](int64_t count) {
    int64_t size = 1;
    for (size_t d = 0; d < dims.size(); ++d)
      size *= count;
    return size;
  };
  for (int64_t count : bins.take_front(level))
    before += shape.channels * binsOf(count);
  Value place = channel;
  for (Value index : bin)
    place = kernel.add(kernel.mul(place, bins[level]), index);
  return kernel.store(op.getResults()[0], value,
                      Values{image, kernel.add(place, before)});
}

/// Neighbouring threads have what lies side by side in the result: bins where
/// it is flat, else channels.
LogicalResult DevicePyramid::emitLevel(int64_t level, Value image,
                                       Value channel) {
  SmallVector<int64_t> sizes(dims.size(), bins[level]);
  sizes.insert(op.getMaps() ? sizes.end() : sizes.begin(), blocks.channels());
  return kernel.forLoop(
      group.thread(), kernel.index(llvm::product_of(sizes)), group.size(),
      [&](Value number) -> LogicalResult {
        Values bin = kernel.delinearize(number, sizes);
        Value lane = op.getMaps() ? bin.back() : bin.front();
        bin.erase(op.getMaps() ? bin.end() - 1 : bin.begin());
        FailureOr<Value> value = reduceBin(level, lane, bin);
        if (failed(value))
          return failure();
        return store(level, *value, image, kernel.add(channel, lane), bin);
      });
}

LogicalResult DevicePyramid::emit() {
  memory = group.shared({blocks.cells * blocks.parts * blocks.channels()},
                        reducer.partialType());
  auto step = [&](ValueRange at) -> LogicalResult {
    Value channel = kernel.mul(at[1], blocks.channels());
    group.barrier(); // the step before has been read
    if (failed(readCells(at[0], channel)))
      return failure();
    group.barrier();
    if (blocks.parts > 1) {
      if (failed(joinParts()))
        return failure();
      group.barrier();
    }
    for (size_t level = 0; level < bins.size(); ++level)
      if (failed(emitLevel(level, at[0], channel)))
        return failure();
    return success();
  };
  return kernel.parallelLoop(
      {shape.batch, shape.channels / blocks.channels()}, 1, step);
}

LogicalResult lacuna::emitDevicePyramid(KernelBuilder &kernel,
                                        PoolingPyramidOp op) {
  return DevicePyramid(kernel, op).emit();
}
