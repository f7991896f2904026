//===- Convolution.cpp - Direct channels-last convolution -----------------===//
// No im2col and no padded copy. Along the innermost spatial dimension it is
// known for each tile of outputs which taps meet the input for which pixels;
// along the others the live taps are a range computed for each row. What would
// only multiply padding is never computed, which is most of the work at large
// dilations. Sums of a tile stay in registers over all taps and a block of
// input channels.
//===----------------------------------------------------------------------===//
#include "DeviceGroup.h"
#include "DeviceKernels.h"
#include "RegisterTile.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

namespace {
struct Span {
  int64_t begin, end;
  bool operator==(const Span &other) const {
    return begin == other.begin && end == other.end;
  }
  int64_t size() const { return end - begin; }
};

/// `count` tiles of `pixels` outputs each, side by side along the innermost
/// dimension from `begin` on. Tap k reads the input for the pixels `live[k]`
/// of a tile, the same ones in each; elsewhere it meets padding.
struct TileRun {
  int64_t begin, count, pixels;
  SmallVector<Span> live;
};

/// Static sizes of one convolution. Spatial arrays have one entry a dimension.
struct Geometry {
  SmallVector<int64_t> input, output, kernel, strides, dilations, pads;
  int64_t batch, channels, outputs, groups, lanes;
  bool depthwise;

  static Geometry of(PackedConvolutionOp op);
  int64_t rank() const { return kernel.size(); }
  int64_t inputsPerGroup() const { return depthwise ? 1 : channels / groups; }
  int64_t outputsPerGroup() const {
    return depthwise ? outputs : outputs / groups;
  }
  int64_t panelsPerGroup() const {
    return llvm::divideCeil(outputsPerGroup(), lanes);
  }
  int64_t groupCount() const { return depthwise ? 1 : groups; }
  int64_t taps() const {
    int64_t count = 1;
    for (int64_t size : kernel)
      count *= size;
    return count;
  }
  int64_t rows() const {
    int64_t count = 1;
    for (int64_t size : ArrayRef(output).drop_back())
      count *= size;
    return count;
  }
  /// The tiles of a row, of at most `most` pixels and nearly equal size.
  SmallVector<TileRun> tileRuns(int64_t most) const;
  Span livePixels(int64_t tap, int64_t begin, int64_t pixels) const;
};

class ConvolutionEmitter {
public:
  ConvolutionEmitter(KernelBuilder &kernel, PackedConvolutionOp op)
      : kernel(kernel), op(op), g(Geometry::of(op)) {}
  LogicalResult emit();

private:
  using Values = SmallVector<Value>;
  LogicalResult emitRow(Value row, int64_t depth0, int64_t depth);
  LogicalResult emitTile(Value pixel, const TileRun &run, int64_t depth0,
                         int64_t depth);
  FailureOr<Values> walkRows(int64_t dim, Value inputOffset, Value tap,
                             Values sums, const TileRun &run, Value pixel,
                             int64_t depth);
  FailureOr<Values> walkTaps(Value inputOffset, Value tap, Values sums,
                             const TileRun &run, Value pixel, int64_t depth);
  FailureOr<Values> addTaps(Span taps, Span pixels, Value origin, Value tap,
                            Values sums, int64_t depth);
  FailureOr<Values> accumulate(Value inputOffset, Value tap, Values sums,
                               int64_t depth);
  std::pair<Value, Value> liveTaps(int64_t dim, Value output);
  LogicalResult finish(Value pixel, Values sums);
  VectorType vectorType() const {
    return VectorType::get({g.lanes}, accumulator);
  }
  Value widen(Value value);

  KernelBuilder &kernel;
  PackedConvolutionOp op;
  Geometry g;
  Type accumulator;
  int64_t tileRows = 6, depthBlocks = 1;
  Value input, panels, partial;
  // What the loops being emitted stand at.
  Value image, group, panel, rowInBlock, width;
  Values rowIndices;
  bool first = true, last = true;
};
} // namespace

Geometry Geometry::of(PackedConvolutionOp op) {
  Geometry g;
  ArrayRef<int64_t> in = shapeOf(op.getInput()), out = shapeOf(op.getResult());
  g.batch = in.front();
  g.channels = in.back();
  g.outputs = out.back();
  g.input.assign(in.begin() + 1, in.end() - 1);
  g.output.assign(out.begin() + 1, out.end() - 1);
  g.kernel = llvm::to_vector(op.getKernel());
  g.strides = llvm::to_vector(op.getStrides());
  g.dilations = llvm::to_vector(op.getDilations());
  g.pads = llvm::to_vector(op.getPadsBegin());
  g.groups = op.getGroups();
  g.lanes = shapeOf(op.getPanels()).back();
  g.depthwise = g.groups > 1 && g.groups == g.channels && g.groups == g.outputs;
  return g;
}

Span Geometry::livePixels(int64_t tap, int64_t begin, int64_t pixels) const {
  int64_t d = rank() - 1, low = pixels, high = 0;
  for (int64_t r = 0; r < pixels; ++r) {
    int64_t i = (begin + r) * strides[d] + tap * dilations[d] - pads[d];
    if (i < 0 || i >= input[d])
      continue;
    low = std::min(low, r);
    high = r + 1;
  }
  return {std::min(low, high), high};
}

SmallVector<TileRun> Geometry::tileRuns(int64_t most) const {
  SmallVector<TileRun> runs;
  int64_t width = output.back(), tiles = llvm::divideCeil(width, most), begin = 0;
  for (int64_t tile = 0; tile < tiles; ++tile) {
    TileRun run{begin, 1, width / tiles + (tile < width % tiles), {}};
    for (int64_t k = 0; k < kernel.back(); ++k)
      run.live.push_back(livePixels(k, begin, run.pixels));
    begin += run.pixels;
    if (!runs.empty() && runs.back().pixels == run.pixels &&
        runs.back().live == run.live)
      ++runs.back().count;
    else
      runs.push_back(std::move(run));
  }
  return runs;
}

Value ConvolutionEmitter::widen(Value value) {
  return widenTo(kernel, value, accumulator);
}

/// The taps of `dim` whose input lies inside, for output index `output`:
/// [ceil((pad - o s) / d), ceil((in + pad - o s) / d)) cut to the kernel.
std::pair<Value, Value> ConvolutionEmitter::liveTaps(int64_t dim,
                                                     Value output) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value start = kernel.mul(output, g.strides[dim]);
  auto bound = [&](int64_t edge) -> Value {
    Value distance =
        arith::SubIOp::create(b, loc, kernel.index(edge), start);
    Value positive =
        arith::MaxSIOp::create(b, loc, distance, kernel.index(0));
    Value rounded = arith::DivUIOp::create(
        b, loc, kernel.add(positive, g.dilations[dim] - 1),
        kernel.index(g.dilations[dim]));
    return arith::MinUIOp::create(b, loc, rounded,
                                  kernel.index(g.kernel[dim]));
  };
  return {bound(g.pads[dim]), bound(g.input[dim] + g.pads[dim])};
}

/// Adds one tap (or a run of taps that lie side by side) to the sums.
FailureOr<SmallVector<Value>>
ConvolutionEmitter::accumulate(Value inputOffset, Value tap, Values sums,
                               int64_t depth) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  int64_t step = g.strides.back() * g.channels;
  Value panelOffset = kernel.mul(tap, g.inputsPerGroup() * g.lanes);
  panelOffset = kernel.add(panelOffset, panel);
  auto right = [&](Value k) -> Value {
    Value at = kernel.add(panelOffset, kernel.mul(k, g.lanes));
    return widen(vector::LoadOp::create(b, loc, VectorType::get({g.lanes}, elementTypeOf(op.getPanels())),
                                        panels, at));
  };
  if (g.depthwise) {
    // Lanes are channels: filter and input are both vectors.
    Value filter = right(kernel.index(0));
    int64_t lanes = g.lanes;
    for (auto [r, sum] : llvm::enumerate(sums)) {
      Value at = kernel.add(inputOffset, int64_t(r) * step);
      Value x = widen(vector::LoadOp::create(
          b, loc, VectorType::get({lanes}, elementTypeOf(op.getInput())), input, at));
      sum = math::FmaOp::create(b, loc, x, filter, sum);
    }
    return sums;
  }
  auto left = [&](int64_t r, Value k) -> Value {
    Value at = kernel.add(kernel.add(inputOffset, k), r * step);
    return widen(memref::LoadOp::create(b, loc, input, at));
  };
  return emitMultiplyAdd(kernel, sums, depth, left, right);
}

/// Loops over the live taps of `dim` and those inside of it.
FailureOr<SmallVector<Value>>
ConvolutionEmitter::walkRows(int64_t dim, Value inputOffset, Value tap,
                             Values sums, const TileRun &run, Value pixel,
                             int64_t depth) {
  if (dim == g.rank() - 1)
    return walkTaps(inputOffset, tap, sums, run, pixel, depth);
  int64_t pitch = g.channels;
  for (int64_t size : ArrayRef(g.input).drop_front(dim + 1))
    pitch *= size;
  Value output = rowIndices[dim];
  auto [low, high] = liveTaps(dim, output);
  // Position of tap 0; may lie outside, the loop starts inside.
  Value origin = arith::SubIOp::create(
      kernel.builder, kernel.loc, kernel.mul(output, g.strides[dim]),
      kernel.index(g.pads[dim]));
  return kernel.forLoop(low, high, 1, sums, [&](Value k, ValueRange carried) {
    Value position = kernel.add(origin, kernel.mul(k, g.dilations[dim]));
    Value offset = kernel.add(inputOffset, kernel.mul(position, pitch));
    Value next = kernel.add(kernel.mul(tap, g.kernel[dim]), k);
    return walkRows(dim + 1, offset, next, Values(carried), run, pixel, depth);
  });
}

/// The taps along the innermost dimension, in groups that are live for the
/// same pixels.
FailureOr<SmallVector<Value>>
ConvolutionEmitter::walkTaps(Value inputOffset, Value tap, Values sums,
                             const TileRun &run, Value pixel, int64_t depth) {
  int64_t dim = g.rank() - 1, taps = g.kernel[dim];
  Value position = arith::SubIOp::create(
      kernel.builder, kernel.loc, kernel.mul(pixel, g.strides[dim]),
      kernel.index(g.pads[dim]));
  Value origin = kernel.add(inputOffset, kernel.mul(position, g.channels));
  tap = kernel.mul(tap, taps);
  for (int64_t low = 0, high; low < taps; low = high) {
    for (high = low + 1; high < taps && run.live[high] == run.live[low];)
      ++high;
    if (run.live[low].size() == 0)
      continue;
    auto added = addTaps({low, high}, run.live[low], origin, tap, sums, depth);
    if (failed(added))
      return failure();
    sums = *added;
  }
  return sums;
}

/// Adds a group of taps to the sums of some of the tile's pixels.
FailureOr<SmallVector<Value>>
ConvolutionEmitter::addTaps(Span taps, Span pixels, Value origin, Value tap,
                            Values sums, int64_t depth) {
  int64_t dim = g.rank() - 1, step = g.dilations[dim] * g.channels;
  origin = kernel.add(origin, pixels.begin * g.strides[dim] * g.channels);
  Values some(ArrayRef(sums).slice(pixels.begin, pixels.size()));
  FailureOr<Values> added;
  // Neighbouring taps read neighbouring input: one run over all of them.
  if (g.dilations[dim] == 1 && g.groupCount() == 1 && !g.depthwise &&
      depth == g.channels)
    added = accumulate(kernel.add(origin, taps.begin * step),
                       kernel.add(tap, taps.begin), some,
                       depth * taps.size());
  else if (taps.size() == 1)
    added = accumulate(kernel.add(origin, taps.begin * step),
                       kernel.add(tap, taps.begin), some, depth);
  else
    added = kernel.forLoop(
        kernel.index(taps.begin), kernel.index(taps.end), 1, some,
        [&](Value k, ValueRange carried) {
          return accumulate(kernel.add(origin, kernel.mul(k, step)),
                            kernel.add(tap, k), Values(carried), depth);
        });
  if (failed(added))
    return failure();
  llvm::copy(*added, sums.begin() + pixels.begin);
  return sums;
}

LogicalResult ConvolutionEmitter::finish(Value pixel, Values sums) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Type element = elementTypeOf(op.getResult());
  int64_t stored = std::min(g.lanes, g.outputsPerGroup());
  int64_t tail = g.outputsPerGroup() % g.lanes;
  auto storeLanes = [&](int64_t lanes) -> LogicalResult {
    for (auto [r, sum] : llvm::enumerate(sums)) {
      Value value = sum;
      if (lanes < g.lanes)
        value = vector::ShuffleOp::create(
            b, loc, value, value, llvm::to_vector(llvm::seq<int64_t>(0, lanes)));
      if (element != accumulator)
        value = arith::TruncFOp::create(
            b, loc, cast<VectorType>(value.getType()).clone(element), value);
      if (lanes == 1)
        value = vector::ExtractOp::create(b, loc, value, 0);
      Values indices{image};
      indices.append(rowIndices);
      indices.push_back(kernel.add(pixel, int64_t(r)));
      Value channel = kernel.add(kernel.mul(group, g.outputsPerGroup()),
                                 kernel.mul(width, g.lanes));
      indices.push_back(channel);
      Position at(indices, lanes, indices.size() - 1);
      if (failed(kernel.store(op.getResult(), value, at)))
        return failure();
    }
    return success();
  };
  if (tail == 0)
    return storeLanes(g.lanes);
  if (g.panelsPerGroup() == 1)
    return storeLanes(stored);
  // The last panel of a group is not full.
  Value isLast = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, width,
                                       kernel.index(g.panelsPerGroup() - 1));
  auto branch = scf::IfOp::create(b, loc, isLast, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  if (failed(storeLanes(tail)))
    return failure();
  b.setInsertionPointToStart(branch.elseBlock());
  return storeLanes(g.lanes);
}

LogicalResult ConvolutionEmitter::emitTile(Value pixel, const TileRun &run,
                                           int64_t depth0, int64_t depth) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  auto partialAt = [&](int64_t r) {
    Value at = kernel.add(kernel.mul(rowInBlock, g.output.back()), pixel);
    return kernel.mul(kernel.add(at, r), g.lanes);
  };
  Values sums(run.pixels, kernel.constant(vectorType(), 0));
  int64_t imageSize = g.channels;
  for (int64_t size : g.input)
    imageSize *= size;
  Value offset = kernel.mul(image, imageSize);
  if (g.depthwise)
    offset = kernel.add(offset, kernel.mul(width, g.lanes));
  else
    offset = kernel.add(offset, kernel.mul(group, g.inputsPerGroup()));
  offset = kernel.add(offset, depth0);
  auto walked =
      walkRows(0, offset, kernel.index(0), sums, run, pixel, depth);
  if (failed(walked))
    return failure();
  sums = *walked;
  // Added at the end: short chains of sums round less than one long one.
  for (int64_t r = 0; r < run.pixels && !first; ++r)
    sums[r] = arith::AddFOp::create(
        b, loc, sums[r],
        vector::LoadOp::create(b, loc, vectorType(), partial, partialAt(r)));
  if (last)
    return finish(pixel, sums);
  for (int64_t r = 0; r < run.pixels; ++r)
    vector::StoreOp::create(b, loc, sums[r], partial, partialAt(r));
  return success();
}

LogicalResult ConvolutionEmitter::emitRow(Value row, int64_t depth0,
                                          int64_t depth) {
  if (g.rank() > 1)
    rowIndices = kernel.delinearize(row, ArrayRef(g.output).drop_back());
  for (const TileRun &run : g.tileRuns(tileRows)) {
    auto tile = [&](Value pixel) { return emitTile(pixel, run, depth0, depth); };
    int64_t end = run.begin + run.count * run.pixels;
    LogicalResult done =
        run.count == 1 ? tile(kernel.index(run.begin))
                       : kernel.forLoop(kernel.index(run.begin),
                                        kernel.index(end), run.pixels, tile);
    if (failed(done))
      return failure();
  }
  return success();
}

LogicalResult ConvolutionEmitter::emit() {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Type element = elementTypeOf(op.getResult());
  accumulator = element.isF64() ? element : Type(b.getF32Type());
  if (!kernel.inputBuffer(op.getInput()) || !kernel.inputBuffer(op.getPanels()))
    return op.emitOpError("operands must be buffers");
  input = flatten(kernel, kernel.inputBuffer(op.getInput()));
  panels = flatten(kernel, kernel.inputBuffer(op.getPanels()));
  tileRows = RegisterTile::forTarget(kernel.target, accumulator).rows;
  int64_t depth = g.inputsPerGroup();
  depthBlocks = llvm::divideCeil(depth, g.taps() > 1 ? 256 : 512);
  int64_t depthSize = llvm::divideCeil(depth, depthBlocks);
  int64_t rows = g.rows();
  int64_t panelCount = g.groupCount() * g.panelsPerGroup();
  // Rows of a task: enough tasks for many cores, and partial sums that stay
  // in the second-level cache.
  int64_t blocks =
      llvm::divideCeil(16, std::max<int64_t>(g.batch * panelCount, 1));
  int64_t rowBytes = g.output.back() * g.lanes * 4;
  if (depthBlocks > 1)
    blocks = std::max(blocks, int64_t(llvm::divideCeil(rows * rowBytes, 128 << 10)));
  blocks = std::clamp<int64_t>(blocks, 1, rows);
  int64_t blockRows = llvm::divideCeil(rows, blocks);
  blocks = llvm::divideCeil(rows, blockRows);
  if (depthBlocks > 1)
    partial = kernel.scratch({blockRows * g.output.back() * g.lanes}, accumulator);
  int64_t work = blockRows * g.output.back() * g.lanes * g.taps() * depth;
  return kernel.parallelLoop(
      {g.batch, g.groupCount(), g.panelsPerGroup(), blocks},
      (1 << 19) / std::max<int64_t>(work, 1),
      [&](ValueRange indices) -> LogicalResult {
        image = indices[0];
        group = indices[1];
        width = indices[2];
        Value row0 = kernel.mul(indices[3], blockRows);
        Value stop = arith::MinUIOp::create(
            b, loc, kernel.add(row0, blockRows), kernel.index(rows));
        for (int64_t block = 0; block < depthBlocks; ++block) {
          first = block == 0;
          last = block + 1 == depthBlocks;
          int64_t depth0 = block * depthSize;
          Value number = kernel.add(
              kernel.mul(group, g.panelsPerGroup()), width);
          panel = kernel.add(
              kernel.mul(number, g.taps() * depth * g.lanes), depth0 * g.lanes);
          LogicalResult done =
              kernel.forLoop(row0, stop, 1, [&](Value row) {
                rowInBlock = arith::SubIOp::create(b, loc, row, row0);
                return emitRow(row, depth0, std::min(depthSize, depth - depth0));
              });
          if (failed(done))
            return failure();
        }
        return success();
      });
}

static LogicalResult emitPackedConvolution(KernelBuilder &kernel,
                                           Operation *root) {
  auto op = cast<PackedConvolutionOp>(root);
  bool isDepthwise = Geometry::of(op).depthwise;
  bool areBuffers =
      kernel.inputBuffer(op.getInput()) && kernel.inputBuffer(op.getPanels());
  if (isOnDevice(kernel) && areBuffers && !isDepthwise)
    return emitDeviceConvolution(kernel, op);
  if (isOnDevice(kernel) && areBuffers && fitsDeviceDepthwise(op))
    return emitDeviceDepthwise(kernel, op);
  return ConvolutionEmitter(kernel, op).emit();
}

void lacuna::registerConvolutionEmitters(EmitterTable &table) {
  table.add<PackedConvolutionOp>(emitPackedConvolution);
}
