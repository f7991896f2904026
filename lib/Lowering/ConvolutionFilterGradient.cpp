//===- ConvolutionFilterGradient.cpp - Sums over pixels, channels last ----===//
// For one tap, the gradient is a product of the input's and the cotangent's
// pixels, both of which hold their channels side by side: outer products of a
// few channels of one with a vector of channels of the other, summed over all
// pixels in registers. Pixels whose tap lies in the padding are not visited. A
// task owns what it sums, so the order of a sum is always the same.
//===----------------------------------------------------------------------===//
#include "RegisterTile.h"
#include "VectorBlocks.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

using Values = SmallVector<Value>;

/// Rows of at most so many pixels are summed without leaving the registers.
static constexpr int64_t shortRow = 16;
/// Channels, other than those in vectors, that one task works on.
static constexpr int64_t blockChannels = 64;

namespace {
/// One operand: its channels, and how they lie in memory.
struct Side {
  Value buffer;
  Type element;
  int64_t channels = 1, perGroup = 1;
  /// Elements from one index of a spatial dimension to the next.
  SmallVector<int64_t> pitches;
  int64_t imagePitch = 1;

  Side(KernelBuilder &kernel, Value tensor, int64_t groups);
};

class FilterGradientEmitter {
public:
  FilterGradientEmitter(KernelBuilder &kernel, ConvolutionFilterGradientOp op);
  LogicalResult emit();

private:
  using Walk = llvm::function_ref<FailureOr<Values>(Value x, Value d,
                                                    ValueRange sums)>;
  void chooseTiles();
  LogicalResult sumShortRows();
  LogicalResult sumLongRows();
  LogicalResult
  emitTiles(llvm::function_ref<LogicalResult(Value tap, Value tile)> each);
  LogicalResult
  sumTile(Value tap, Value tile, ValueRange sums,
          llvm::function_ref<FailureOr<Values>(ValueRange)> walk);
  FailureOr<Values> walkRows(ValueRange sums, Walk walk);
  FailureOr<Values> walkRow(int64_t dim, Value x, Value d, ValueRange sums,
                            Walk walk);
  FailureOr<Values> walkPixels(Value tap, Value x, Value d, Value scalarStart,
                               ValueRange sums);
  Values multiplyAdd(Value x, Value d, Value scalarStart, ValueRange sums);
  LogicalResult storeSum(Value tile, Value row, Value lane, Value tap);
  LogicalResult storeSums();
  std::pair<Value, Value> liveOutputs(int64_t dim, Value tap);
  Value widen(Value value);
  Value scalarStart(Value tile);
  Value lastTile();
  Value partialAt(Value tile, Value tap, int64_t row);
  VectorType vectorType() {
    return VectorType::get({panels.width}, accumulator);
  }
  int64_t rank() const { return kernelSizes.size(); }

  KernelBuilder &kernel;
  ConvolutionFilterGradientOp op;
  ArrayRef<int64_t> kernelSizes;
  SmallVector<int64_t> inputs, outputs;
  int64_t batch, groups;
  Side x, d;
  Type accumulator;
  /// Whether vectors hold channels of the input rather than the cotangent.
  bool turned = false, depthwise = false;
  VectorBlocks panels;
  int64_t scalars = 1, rows = 1, tiles = 1, blockTiles = 1;
  Value partial;
  // What the loops being emitted stand at.
  Value group, panelNumber, panel, firstTile;
  Values outerTaps;
};
} // namespace

Side::Side(KernelBuilder &kernel, Value tensor, int64_t groups)
    : buffer(flatten(kernel, kernel.inputBuffer(tensor))),
      element(elementTypeOf(tensor)), channels(shapeOf(tensor).back()),
      perGroup(channels / groups) {
  imagePitch = channels;
  ArrayRef<int64_t> spatial = shapeOf(tensor).drop_front().drop_back();
  pitches.resize(spatial.size());
  for (int64_t d = spatial.size() - 1; d >= 0; --d) {
    pitches[d] = imagePitch;
    imagePitch *= spatial[d];
  }
}

FilterGradientEmitter::FilterGradientEmitter(KernelBuilder &kernel,
                                             ConvolutionFilterGradientOp op)
    : kernel(kernel), op(op), kernelSizes(op.getKernel()),
      inputs(shapeOf(op.getInput()).drop_front().drop_back()),
      outputs(shapeOf(op.getCotangent()).drop_front().drop_back()),
      batch(shapeOf(op.getInput()).front()), groups(op.getGroups()),
      x(kernel, op.getInput(), groups), d(kernel, op.getCotangent(), groups) {
  accumulator = x.element.isF64() ? x.element : Type(kernel.builder.getF32Type());
  depthwise = groups > 1 && x.perGroup == 1 && d.perGroup == 1;
  chooseTiles();
}

void FilterGradientEmitter::chooseTiles() {
  RegisterTile tile = RegisterTile::forTarget(kernel.target, accumulator);
  turned = d.perGroup < tile.lanes && x.perGroup > d.perGroup;
  int64_t vectors = depthwise ? groups : turned ? x.perGroup : d.perGroup;
  int64_t width = std::min<int64_t>(tile.lanes, llvm::bit_floor<uint64_t>(vectors));
  panels = {int64_t(llvm::divideCeil(vectors, width)), width, vectors};
  if (depthwise)
    return;
  scalars = turned ? d.perGroup : x.perGroup;
  // The most rows among those that waste the fewest products.
  int64_t best = INT64_MAX;
  for (int64_t each = std::min(tile.rows, scalars); each >= 1; --each) {
    int64_t products = llvm::divideCeil(scalars, each) * each;
    if (products < best && (2 * each > tile.rows || best == INT64_MAX)) {
      best = products;
      rows = each;
    }
  }
  tiles = llvm::divideCeil(scalars, rows);
  blockTiles = std::clamp<int64_t>(blockChannels / rows, 1, tiles);
}

Value FilterGradientEmitter::widen(Value value) {
  return widenTo(kernel, value, accumulator);
}

/// The outputs along `dim` that tap `tap` takes from inside of the input.
std::pair<Value, Value> FilterGradientEmitter::liveOutputs(int64_t dim,
                                                           Value tap) {
  OpBuilder &b = kernel.builder;
  int64_t stride = op.getStrides()[dim], pad = op.getPadsBegin()[dim];
  Value reach = kernel.mul(tap, op.getDilations()[dim]);
  auto bound = [&](int64_t edge) -> Value {
    Value distance = arith::SubIOp::create(b, kernel.loc,
                                           kernel.index(edge + pad), reach);
    Value positive =
        arith::MaxSIOp::create(b, kernel.loc, distance, kernel.index(0));
    Value steps = arith::DivUIOp::create(
        b, kernel.loc, kernel.add(positive, stride - 1), kernel.index(stride));
    return arith::MinUIOp::create(b, kernel.loc, steps,
                                  kernel.index(outputs[dim]));
  };
  return {bound(0), bound(inputs[dim])};
}

/// Channel `tile` starts at; the last tile is moved back to end with them.
Value FilterGradientEmitter::scalarStart(Value tile) {
  return arith::MinUIOp::create(kernel.builder, kernel.loc,
                                kernel.mul(tile, rows),
                                kernel.index(scalars - rows));
}

/// The end of the tiles of the block.
Value FilterGradientEmitter::lastTile() {
  return arith::MinUIOp::create(kernel.builder, kernel.loc,
                                kernel.add(firstTile, blockTiles),
                                kernel.index(tiles));
}

Value FilterGradientEmitter::partialAt(Value tile, Value tap, int64_t row) {
  Value inBlock =
      arith::SubIOp::create(kernel.builder, kernel.loc, tile, firstTile);
  Value at = kernel.add(kernel.mul(tap, blockTiles), inBlock);
  return kernel.mul(kernel.add(kernel.mul(at, rows), row), panels.width);
}

/// Adds one pixel of each operand to the sums.
Values FilterGradientEmitter::multiplyAdd(Value xAt, Value dAt,
                                          Value scalarStart, ValueRange sums) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  auto vector = [&](Side &side, Value at) {
    return widen(vector::LoadOp::create(
        b, loc, VectorType::get({panels.width}, side.element), side.buffer,
        kernel.add(at, panel)));
  };
  Values next(sums);
  if (depthwise) {
    next[0] = math::FmaOp::create(b, loc, vector(x, xAt), vector(d, dAt),
                                  sums[0]);
    return next;
  }
  Side &many = turned ? x : d, &few = turned ? d : x;
  Value right = vector(many, turned ? xAt : dAt);
  Value left = kernel.add(turned ? dAt : xAt, scalarStart);
  for (auto [row, sum] : llvm::enumerate(next)) {
    Value scalar = widen(memref::LoadOp::create(
        b, loc, few.buffer, kernel.add(left, int64_t(row))));
    Value factor =
        vector::BroadcastOp::create(b, loc, vectorType(), scalar);
    sum = math::FmaOp::create(b, loc, factor, right, sum);
  }
  return next;
}

/// Sums over the pixels of a row, which starts at `xRow` and `dRow`.
FailureOr<Values> FilterGradientEmitter::walkPixels(Value tap, Value xRow,
                                                    Value dRow,
                                                    Value scalarStart,
                                                    ValueRange sums) {
  int64_t dim = rank() - 1;
  auto [low, high] = liveOutputs(dim, tap);
  Value first = kernel.add(kernel.mul(tap, op.getDilations()[dim]),
                           -op.getPadsBegin()[dim]);
  Value xTap = kernel.add(xRow, kernel.mul(first, x.pitches[dim]));
  return kernel.forLoop(
      low, high, 1, sums,
      [&](Value pixel, ValueRange carried) -> FailureOr<Values> {
        Value xAt = kernel.add(
            xTap, kernel.mul(pixel, op.getStrides()[dim] * x.pitches[dim]));
        Value dAt = kernel.add(dRow, kernel.mul(pixel, d.pitches[dim]));
        return multiplyAdd(xAt, dAt, scalarStart, carried);
      });
}

FailureOr<Values> FilterGradientEmitter::walkRow(int64_t dim, Value xAt,
                                                 Value dAt, ValueRange sums,
                                                 Walk walk) {
  if (dim == rank() - 1)
    return walk(xAt, dAt, sums);
  auto [low, high] = liveOutputs(dim, outerTaps[dim]);
  Value first = kernel.add(kernel.mul(outerTaps[dim], op.getDilations()[dim]),
                           -op.getPadsBegin()[dim]);
  Value xTap = kernel.add(xAt, kernel.mul(first, x.pitches[dim]));
  return kernel.forLoop(
      low, high, 1, sums, [&](Value output, ValueRange carried) {
        int64_t step = op.getStrides()[dim] * x.pitches[dim];
        return walkRow(dim + 1, kernel.add(xTap, kernel.mul(output, step)),
                       kernel.add(dAt, kernel.mul(output, d.pitches[dim])),
                       carried, walk);
      });
}

/// Calls `walk` for each row of each image that the outer taps meet.
FailureOr<Values> FilterGradientEmitter::walkRows(ValueRange sums, Walk walk) {
  return kernel.forLoop(
      kernel.index(0), kernel.index(batch), 1, sums,
      [&](Value image, ValueRange carried) {
        Value xAt = kernel.add(kernel.mul(image, x.imagePitch),
                               kernel.mul(group, x.perGroup));
        Value dAt = kernel.add(kernel.mul(image, d.imagePitch),
                               kernel.mul(group, d.perGroup));
        return walkRow(0, xAt, dAt, carried, walk);
      });
}

/// Calls `each` for each tap along the last dimension and tile of the block.
LogicalResult FilterGradientEmitter::emitTiles(
    llvm::function_ref<LogicalResult(Value, Value)> each) {
  return kernel.forLoop(
      kernel.index(0), kernel.index(kernelSizes.back()), 1, [&](Value tap) {
        return kernel.forLoop(firstTile, lastTile(), 1, [&](Value tile) {
          return each(tap, tile);
        });
      });
}

/// Writes one sum of a tile.
LogicalResult FilterGradientEmitter::storeSum(Value tile, Value row, Value lane,
                                              Value tap) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value at = kernel.add(partialAt(tile, tap, 0), kernel.mul(row, panels.width));
  Value sum = memref::LoadOp::create(b, loc, partial, kernel.add(at, lane));
  Type element = elementTypeOf(op.getResult());
  if (element != accumulator)
    sum = arith::TruncFOp::create(b, loc, element, sum);
  Value few = kernel.add(scalarStart(tile), row);
  Value many = kernel.add(panel, lane);
  Value output = turned ? few : many, channel = turned ? many : few;
  bool last = op.getResultLayout() == Layout::ChannelsLast;
  Values indices(outerTaps);
  indices.push_back(tap);
  indices.insert(last ? indices.end() : indices.begin(), channel);
  indices.insert(indices.begin(),
                 kernel.add(kernel.mul(group, d.perGroup), output));
  return kernel.store(op.getResult(), sum, indices);
}

/// Writes the sums that are this task's own, in the order of the result.
LogicalResult FilterGradientEmitter::storeSums() {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value ownLane = arith::SubIOp::create(
      b, loc, kernel.mul(panelNumber, panels.width), panel);
  Value lanes = kernel.index(panels.width);
  Value taps = kernel.index(kernelSizes.back());
  auto overLanes = [&](llvm::function_ref<LogicalResult(Value)> body) {
    return kernel.forLoop(ownLane, lanes, 1, body);
  };
  auto overRows = [&](llvm::function_ref<LogicalResult(Value, Value)> body) {
    return kernel.forLoop(firstTile, lastTile(), 1, [&](Value tile) {
      Value own = arith::SubIOp::create(b, loc, kernel.mul(tile, rows),
                                        scalarStart(tile));
      return kernel.forLoop(own, kernel.index(rows), 1,
                            [&](Value row) { return body(tile, row); });
    });
  };
  auto overTaps = [&](Value tile, Value row, Value lane) {
    return kernel.forLoop(kernel.index(0), taps, 1, [&](Value tap) {
      return storeSum(tile, row, lane, tap);
    });
  };
  if (turned)
    return overRows([&](Value tile, Value row) {
      return overLanes([&](Value lane) { return overTaps(tile, row, lane); });
    });
  return overLanes([&](Value lane) {
    return overRows(
        [&](Value tile, Value row) { return overTaps(tile, row, lane); });
  });
}

/// Sums of a tile, from `sums` on, over what `walk` visits; then in memory.
LogicalResult FilterGradientEmitter::sumTile(
    Value tap, Value tile, ValueRange sums,
    llvm::function_ref<FailureOr<Values>(ValueRange)> walk) {
  FailureOr<Values> total = walk(sums);
  if (failed(total))
    return failure();
  for (auto [row, sum] : llvm::enumerate(*total))
    vector::StoreOp::create(kernel.builder, kernel.loc, sum, partial,
                            partialAt(tile, tap, row));
  return success();
}

/// Short rows: the sums of a tile stay in registers over all of them.
LogicalResult FilterGradientEmitter::sumShortRows() {
  Values zeros(rows, kernel.constant(vectorType(), 0));
  return emitTiles([&](Value tap, Value tile) {
    return sumTile(tap, tile, zeros, [&](ValueRange sums) {
      return walkRows(sums, [&](Value xRow, Value dRow, ValueRange carried) {
        return walkPixels(tap, xRow, dRow, scalarStart(tile), carried);
      });
    });
  });
}

/// Long rows: each stays in the cache for all tiles, whose sums are in memory.
LogicalResult FilterGradientEmitter::sumLongRows() {
  OpBuilder &b = kernel.builder;
  Values zeros(rows, kernel.constant(vectorType(), 0));
  LogicalResult cleared = emitTiles([&](Value tap, Value tile) {
    return sumTile(tap, tile, zeros,
                   [](ValueRange sums) { return FailureOr<Values>(Values(sums)); });
  });
  if (failed(cleared))
    return failure();
  return walkRows({}, [&](Value xRow, Value dRow,
                          ValueRange) -> FailureOr<Values> {
    LogicalResult summed = emitTiles([&](Value tap, Value tile) {
      Values sums;
      for (int64_t row = 0; row < rows; ++row)
        sums.push_back(vector::LoadOp::create(b, kernel.loc, vectorType(),
                                              partial,
                                              partialAt(tile, tap, row)));
      return sumTile(tap, tile, sums, [&](ValueRange carried) {
        return walkPixels(tap, xRow, dRow, scalarStart(tile), carried);
      });
    });
    return failed(summed) ? FailureOr<Values>(failure()) : Values();
  });
}

LogicalResult FilterGradientEmitter::emit() {
  int64_t work = batch * blockTiles * rows * panels.width * kernelSizes.back();
  for (int64_t size : outputs)
    work *= size;
  partial = kernel.scratch(
      {kernelSizes.back() * blockTiles * rows * panels.width}, accumulator);
  SmallVector<int64_t> steps{depthwise ? 1 : groups, panels.count,
                             int64_t(llvm::divideCeil(tiles, blockTiles))};
  llvm::append_range(steps, kernelSizes.drop_back());
  return kernel.parallelLoop(
      steps, (1 << 19) / std::max<int64_t>(work, 1),
      [&](ValueRange at) -> LogicalResult {
        group = at[0];
        panelNumber = at[1];
        panel = panels.first(kernel, panelNumber);
        firstTile = kernel.mul(at[2], blockTiles);
        outerTaps = Values(at.drop_front(3));
        if (failed(outputs.back() <= shortRow ? sumShortRows() : sumLongRows()))
          return failure();
        return storeSums();
      });
}

static LogicalResult emitFilterGradient(KernelBuilder &kernel,
                                        Operation *root) {
  auto op = cast<ConvolutionFilterGradientOp>(root);
  if (!kernel.inputBuffer(op.getInput()) ||
      !kernel.inputBuffer(op.getCotangent()))
    return op.emitOpError("operands must be buffers");
  if (op.getLayout() != Layout::ChannelsLast)
    return op.emitOpError("must have channels last");
  if (cast<RankedTensorType>(op.getType()).getNumElements() == 0) {
    kernel.setRange(0, 1);
    return success();
  }
  return FilterGradientEmitter(kernel, op).emit();
}

void lacuna::registerConvolutionGradientEmitters(EmitterTable &table) {
  table.add<ConvolutionFilterGradientOp>(emitFilterGradient);
}
