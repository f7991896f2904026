//===- PoolLines.cpp - Pools of planes, line by line ----------------------===//
// Channels first, a pool is two pools of one dimension: all input lines that
// an output line reads become one, in vectors along the width; then the
// windows of that line are reduced. Both sides of the line are filled with
// what changes no result, so that no window is tested.
//===----------------------------------------------------------------------===//
#include "Pooling.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace lacuna;

using Values = SmallVector<Value>;

/// Elements of the line that is kept on the stack.
static constexpr int64_t longestLine = 16384;
/// Windows of at most so many elements along a line are unrolled.
static constexpr int64_t unrollLimit = 16;

/// Elements from the first window's start to the last one's end.
static int64_t lineLength(const PoolDim &dim) {
  if (dim.kind != PoolDim::Kind::Window)
    return dim.input;
  const Window &w = dim.window;
  int64_t reach = (dim.outputs - 1) * w.stride + (w.kernel - 1) * w.dilation;
  return std::max(reach + 1, w.padBegin + dim.input);
}

bool lacuna::fitsPoolOfLines(const PoolShape &shape) {
  const PoolDim &dim = shape.dims.back();
  return lineLength(dim) <= longestLine && dim.outputs <= longestLine &&
         dim.input > 0;
}

LogicalResult lacuna::reduceLines(KernelBuilder &kernel, const PoolShape &shape,
                                  PoolReducer &reducer, Value image,
                                  Value channel, ArrayRef<PoolRange> ranges,
                                  Value line, int64_t offset) {
  OpBuilder &b = kernel.builder;
  int64_t size = shape.dims.back().input;
  int64_t bits = reducer.partialType().getIntOrFloatBitWidth();
  int64_t width =
      std::min(2 * kernel.target.lanes(std::max<int64_t>(bits, 8)), size);
  int64_t blocks = llvm::divideCeil(size, width);
  return kernel.forLoop(
      kernel.index(0), kernel.index(blocks), 1,
      [&](Value block) -> LogicalResult {
        // The last block is moved back to end with the line.
        Value x =
            arith::MinUIOp::create(b, kernel.loc, kernel.mul(block, width),
                                   kernel.index(size - width));
        auto visit = [&](ValueRange indices,
                         ValueRange carried) -> FailureOr<Values> {
          Values all(indices);
          all.push_back(x);
          Position at = shape.at(image, channel, all);
          auto element = kernel.load(
              shape.input, Position(at.indices, width, at.indices.size() - 1));
          if (failed(element))
            return failure();
          return Values{reducer.merge(carried[0], reducer.start(*element))};
        };
        auto reduced =
            walkElements(kernel, ranges, reducer.neutral(width), visit);
        if (failed(reduced))
          return failure();
        storeLanes(kernel, (*reduced)[0], line, kernel.add(x, offset));
        return success();
      });
}

namespace {
class LineEmitter {
public:
  LineEmitter(KernelBuilder &kernel, const PoolShape &shape,
              PoolReducer &reducer, Value result)
      : kernel(kernel), shape(shape), reducer(reducer), result(result),
        dim(shape.dims.back()) {}
  LogicalResult emit();

private:
  LogicalResult fillPadding();
  LogicalResult fillDivisors();
  LogicalResult reduceWindows(Value image, Value channel, ValueRange outputs,
                              Value linesCount);
  FailureOr<Value> reduceWindow(Value output);
  Value lineAt(Value index) {
    return memref::LoadOp::create(kernel.builder, kernel.loc, line, index);
  }
  int64_t padding() const {
    return dim.kind == PoolDim::Kind::Window ? dim.window.padBegin : 0;
  }

  KernelBuilder &kernel;
  const PoolShape &shape;
  PoolReducer &reducer;
  Value result;
  const PoolDim &dim;
  Value line, divisors;
};
} // namespace

LogicalResult LineEmitter::fillPadding() {
  OpBuilder &b = kernel.builder;
  Value neutral = reducer.neutral(1);
  auto fill = [&](int64_t from, int64_t to) -> LogicalResult {
    if (from >= to)
      return success();
    return kernel.forLoop(kernel.index(from), kernel.index(to), 1,
                          [&](Value i) {
                            memref::StoreOp::create(b, kernel.loc, neutral,
                                                    line, i);
                            return success();
                          });
  };
  if (failed(fill(0, padding())))
    return failure();
  return fill(padding() + dim.input, lineLength(dim));
}

/// Means only: by how many elements of a line each output is divided.
LogicalResult LineEmitter::fillDivisors() {
  Type type = reducer.partialType();
  divisors = kernel.scratch({dim.outputs}, type);
  return kernel.forLoop(
      kernel.index(0), kernel.index(dim.outputs), 1, [&](Value output) {
        PoolRange range = dim.range(kernel, output);
        Value count = dim.divisor(kernel, output, range);
        memref::StoreOp::create(kernel.builder, kernel.loc,
                                asDivisor(kernel, count, type), divisors,
                                output);
        return success();
      });
}

/// One output out of the scratch line.
FailureOr<Value> LineEmitter::reduceWindow(Value output) {
  PoolRange range;
  if (dim.kind == PoolDim::Kind::Window)
    range = {kernel.mul(output, dim.window.stride),
             kernel.index(dim.window.kernel), dim.window.dilation};
  else
    range = dim.range(kernel, output);
  auto visit = [&](ValueRange at, ValueRange carried) -> FailureOr<Values> {
    return Values{reducer.merge(carried[0], lineAt(at[0]))};
  };
  bool fixed = dim.kind == PoolDim::Kind::Window || dim.isUniform();
  auto reduced = fixed && dim.most() <= unrollLimit
                     ? unrollElements(kernel, range, {dim.most()},
                                      reducer.neutral(1), visit)
                     : walkElements(kernel, range, reducer.neutral(1), visit);
  if (failed(reduced))
    return failure();
  return (*reduced)[0];
}

LogicalResult LineEmitter::reduceWindows(Value image, Value channel,
                                         ValueRange outputs,
                                         Value linesCount) {
  OpBuilder &b = kernel.builder;
  return kernel.forLoop(
      kernel.index(0), kernel.index(dim.outputs), 1,
      [&](Value output) -> LogicalResult {
        FailureOr<Value> reduced = reduceWindow(output);
        if (failed(reduced))
          return failure();
        Value count;
        if (divisors)
          count = arith::MulFOp::create(
              b, kernel.loc, linesCount,
              memref::LoadOp::create(b, kernel.loc, divisors, output));
        Values all(outputs);
        all.push_back(output);
        return kernel.store(result, reducer.finish(*reduced, count),
                            shape.at(image, channel, all));
      });
}

LogicalResult LineEmitter::emit() {
  line = kernel.scratch({lineLength(dim)}, reducer.partialType());
  if (failed(fillPadding()))
    return failure();
  bool mean = reducer.mode() == PoolMode::Average;
  if (mean && failed(fillDivisors()))
    return failure();
  ArrayRef<PoolDim> outer = ArrayRef(shape.dims).drop_back();
  SmallVector<int64_t> steps{shape.batch, shape.channels};
  for (const PoolDim &d : outer)
    steps.push_back(d.outputs);
  int64_t work = shape.taps() * dim.outputs;
  return kernel.parallelLoop(
      steps, 32768 / std::max<int64_t>(work, 1),
      [&](ValueRange at) -> LogicalResult {
        SmallVector<PoolRange> ranges;
        Value count = kernel.index(1);
        for (auto [d, output] : llvm::zip(outer, at.drop_front(2))) {
          ranges.push_back(d.range(kernel, output));
          Value part = d.divisor(kernel, output, ranges.back());
          count = kernel.builder.createOrFold<arith::MulIOp>(kernel.loc, count,
                                                             part);
        }
        if (failed(reduceLines(kernel, shape, reducer, at[0], at[1], ranges,
                               line, padding())))
          return failure();
        if (mean)
          count = asDivisor(kernel, count, reducer.partialType());
        return reduceWindows(at[0], at[1], at.drop_front(2), count);
      });
}

LogicalResult lacuna::emitPoolOfLines(KernelBuilder &kernel,
                                      const PoolShape &shape,
                                      PoolReducer &reducer, Value result) {
  return LineEmitter(kernel, shape, reducer, result).emit();
}
