//===- Pooling.cpp - Loops of pools ---------------------------------------===//
// The walk over windows and bins. Ranges are cut to the input beforehand, so
// no element is tested; windows that lie inside run in straight-line code.
//===----------------------------------------------------------------------===//
#include "Pooling.h"

#include "DeviceGroup.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

using Values = SmallVector<Value>;

/// Windows of at most so many elements are unrolled.
static constexpr int64_t unrollLimit = 32;

PoolShape PoolShape::of(Value input, Value result, Layout layout) {
  auto in = SpatialShape::of(shapeOf(input), layout);
  auto out = SpatialShape::of(shapeOf(result), layout);
  PoolShape shape{input, layout, in.batch, in.channels, {}};
  for (auto [size, outputs] : llvm::zip(in.spatial, out.spatial)) {
    PoolDim dim;
    dim.input = size;
    dim.outputs = outputs;
    shape.dims.push_back(dim);
  }
  return shape;
}

PoolShape PoolShape::ofBins(Value input, ArrayRef<int64_t> outputs,
                            Layout layout, PoolDim::Kind kind) {
  PoolShape shape = of(input, input, layout);
  for (auto [dim, count] : llvm::zip(shape.dims, outputs)) {
    dim.kind = kind;
    dim.outputs = count;
  }
  return shape;
}

SmallVector<int64_t> PoolShape::outputs() const {
  SmallVector<int64_t> sizes;
  for (const PoolDim &dim : dims)
    sizes.push_back(dim.outputs);
  return sizes;
}

bool PoolShape::isEmpty() const {
  return batch == 0 || channels == 0 || llvm::is_contained(outputs(), 0);
}

int64_t PoolShape::taps() const {
  int64_t count = 1;
  for (const PoolDim &dim : dims)
    count *= std::max<int64_t>(std::min(dim.most(), dim.input), 1);
  return count;
}

Position PoolShape::at(Value image, Value channel, ValueRange indices,
                       int64_t lanes) const {
  Values all{image};
  llvm::append_range(all, indices);
  int64_t dim = channelDim(layout, all.size() + 1);
  all.insert(all.begin() + dim, channel);
  return Position(all, lanes, dim);
}

VectorBlocks PoolShape::channelBlocks(const CPUTarget &target) const {
  if (layout == Layout::ChannelsFirst)
    return VectorBlocks::single(channels);
  return VectorBlocks::of(target, elementTypeOf(input), channels);
}

/// The index `k` steps into `range`.
static Value elementOf(KernelBuilder &kernel, const PoolRange &range,
                       Value k) {
  return kernel.add(range.first, kernel.mul(k, range.step));
}

static FailureOr<Values> walkFrom(KernelBuilder &kernel,
                                  ArrayRef<PoolRange> ranges, Values &indices,
                                  ValueRange carried, VisitElement visit) {
  if (indices.size() == ranges.size())
    return visit(indices, carried);
  const PoolRange &range = ranges[indices.size()];
  return kernel.forLoop(
      kernel.index(0), range.count, 1, carried,
      [&](Value k, ValueRange values) -> FailureOr<Values> {
        indices.push_back(elementOf(kernel, range, k));
        auto next = walkFrom(kernel, ranges, indices, values, visit);
        indices.pop_back();
        return next;
      });
}

FailureOr<Values> lacuna::walkElements(KernelBuilder &kernel,
                                       ArrayRef<PoolRange> ranges,
                                       ValueRange carried,
                                       VisitElement visit) {
  Values indices;
  return walkFrom(kernel, ranges, indices, carried, visit);
}

LogicalResult
lacuna::walkSpace(KernelBuilder &kernel, ArrayRef<int64_t> sizes,
          llvm::function_ref<LogicalResult(ValueRange)> visit) {
  SmallVector<PoolRange> ranges;
  for (int64_t size : sizes)
    ranges.push_back({kernel.index(0), kernel.index(size), 1});
  return walkElements(kernel, ranges, {},
                      [&](ValueRange at, ValueRange) -> FailureOr<Values> {
                        if (failed(visit(at)))
                          return failure();
                        return Values();
                      });
}

FailureOr<Values> lacuna::unrollElements(KernelBuilder &kernel,
                                         ArrayRef<PoolRange> ranges,
                                         ArrayRef<int64_t> counts,
                                         ValueRange carried,
                                         VisitElement visit) {
  Values values(carried);
  int64_t total = 1;
  for (int64_t count : counts)
    total *= count;
  for (int64_t element = 0; element < total; ++element) {
    Values indices(ranges.size());
    int64_t rest = element;
    for (int64_t d = int64_t(ranges.size()) - 1; d >= 0; --d) {
      indices[d] = kernel.add(ranges[d].first,
                              rest % counts[d] * ranges[d].step);
      rest /= counts[d];
    }
    auto next = visit(indices, values);
    if (failed(next))
      return failure();
    values = *next;
  }
  return values;
}

/// The quotient and the remainder of two small indices.
static std::pair<Value, Value> divide(KernelBuilder &kernel, Value index,
                                      Value count) {
  OpBuilder &b = kernel.builder;
  auto cast = [&](Type type, Value value) {
    return arith::IndexCastUIOp::create(b, kernel.loc, type, value);
  };
  Value left = cast(b.getI32Type(), index), right = cast(b.getI32Type(), count);
  Value quotient = arith::DivUIOp::create(b, kernel.loc, left, right);
  Value rest = arith::RemUIOp::create(b, kernel.loc, left, right);
  return {cast(b.getIndexType(), quotient), cast(b.getIndexType(), rest)};
}

FailureOr<Values> lacuna::walkStrided(KernelBuilder &kernel,
                                      ArrayRef<PoolRange> ranges, Value first,
                                      int64_t stride, ValueRange carried,
                                      VisitElement visit) {
  Value count = ranges[0].count;
  for (const PoolRange &range : ranges.drop_front())
    count = kernel.builder.createOrFold<arith::MulIOp>(kernel.loc, count,
                                                       range.count);
  auto visitAt = [&](Value k, ValueRange values) {
    Values indices(ranges.size());
    for (int64_t d = int64_t(ranges.size()) - 1; d > 0; --d) {
      auto [rest, at] = divide(kernel, k, ranges[d].count);
      indices[d] = elementOf(kernel, ranges[d], at);
      k = rest;
    }
    indices[0] = elementOf(kernel, ranges[0], k);
    return visit(indices, values);
  };
  // Several elements are on their way at a time.
  constexpr int64_t unroll = 4;
  Value rounds = divide(kernel, count, kernel.index(unroll * stride)).first;
  Value whole = kernel.mul(rounds, unroll * stride);
  auto most = kernel.forLoop(
      first, whole, unroll * stride, carried, [&](Value k, ValueRange values) {
        FailureOr<Values> next = Values(values);
        for (int64_t i = 0; i < unroll && succeeded(next); ++i)
          next = visitAt(kernel.add(k, i * stride), Values(*next));
        return next;
      });
  if (failed(most))
    return failure();
  return kernel.forLoop(kernel.add(whole, first), count, stride, *most,
                        visitAt);
}

Value lacuna::asDivisor(KernelBuilder &kernel, Value count, Type type) {
  OpBuilder &b = kernel.builder;
  count = arith::MaxSIOp::create(b, kernel.loc, count, kernel.index(1));
  count = arith::IndexCastOp::create(b, kernel.loc, b.getI64Type(), count);
  return arith::SIToFPOp::create(b, kernel.loc, type, count);
}

namespace {
/// Emits a pool output by output.
class PoolEmitter {
public:
  PoolEmitter(KernelBuilder &kernel, const PoolShape &shape,
              PoolReducer &reducer, Value result)
      : kernel(kernel), shape(shape), reducer(reducer), result(result),
        blocks(shape.channelBlocks(kernel.target)) {}
  LogicalResult emit();
  LogicalResult emitOnDevice();

private:
  LogicalResult emitOutput(Value image, ValueRange outputs, Value channel);
  FailureOr<Value> reduce(ArrayRef<PoolRange> ranges, VisitElement visit);
  FailureOr<Value> reduceShared(ArrayRef<PoolRange> ranges,
                                VisitElement visit);
  Value mergeShared(Value own);
  void shareWindows(int64_t outputs);

  KernelBuilder &kernel;
  const PoolShape &shape;
  PoolReducer &reducer;
  Value result;
  VectorBlocks blocks;
  /// The threads of a GPU that share a window.
  std::optional<DeviceGroup> group;
};
} // namespace

/// Reduces all elements of `ranges`, with a fast path for whole windows.
FailureOr<Value> PoolEmitter::reduce(ArrayRef<PoolRange> ranges,
                                     VisitElement visit) {
  OpBuilder &b = kernel.builder;
  Value neutral = reducer.neutral(blocks.width);
  SmallVector<int64_t> counts;
  int64_t taps = 1;
  Value whole;
  for (auto [dim, range] : llvm::zip(shape.dims, ranges)) {
    counts.push_back(dim.most());
    taps *= std::min(dim.most(), unrollLimit + 1);
    if (dim.isUniform())
      continue;
    Value fits = arith::CmpIOp::create(b, kernel.loc, arith::CmpIPredicate::eq,
                                       range.count, kernel.index(dim.most()));
    whole = whole ? arith::AndIOp::create(b, kernel.loc, whole, fits) : fits;
  }
  FailureOr<Values> reduced;
  if (taps > unrollLimit) {
    reduced = walkElements(kernel, ranges, neutral, visit);
  } else if (!whole) {
    reduced = unrollElements(kernel, ranges, counts, neutral, visit);
  } else {
    auto branch = scf::IfOp::create(b, kernel.loc, neutral.getType(), whole,
                                    /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    auto inside = unrollElements(kernel, ranges, counts, neutral, visit);
    if (failed(inside))
      return failure();
    scf::YieldOp::create(b, kernel.loc, *inside);
    b.setInsertionPointToStart(branch.elseBlock());
    auto border = walkElements(kernel, ranges, neutral, visit);
    if (failed(border))
      return failure();
    scf::YieldOp::create(b, kernel.loc, *border);
    return branch.getResult(0);
  }
  if (failed(reduced))
    return failure();
  return (*reduced)[0];
}

/// Each thread takes every `threads`-th element: of each line where pixels are
/// neighbours, of the whole window where channels are.
FailureOr<Value> PoolEmitter::reduceShared(ArrayRef<PoolRange> ranges,
                                           VisitElement visit) {
  bool first = shape.layout == Layout::ChannelsFirst;
  ArrayRef<PoolRange> outer = ranges.take_front(first ? ranges.size() - 1 : 0);
  ArrayRef<PoolRange> inner = ranges.drop_front(outer.size());
  auto part = [&](ValueRange before, ValueRange carried) {
    auto visitAt = [&](ValueRange at, ValueRange values) {
      Values indices(before);
      llvm::append_range(indices, at);
      return visit(indices, values);
    };
    return walkStrided(kernel, inner, group->thread(), group->size(), carried,
                       visitAt);
  };
  auto own = walkElements(kernel, outer, reducer.neutral(blocks.width), part);
  if (failed(own))
    return failure();
  return mergeShared((*own)[0]);
}

/// What all threads of the group have found, lane by lane.
Value PoolEmitter::mergeShared(Value own) {
  OpBuilder &b = kernel.builder;
  Values lanes{own};
  auto vector = dyn_cast<VectorType>(own.getType());
  if (vector)
    lanes = vector::ToElementsOp::create(b, kernel.loc, own).getResults();
  lanes = group->reduce(lanes, [&](ValueRange left, ValueRange right) {
    Values merged;
    for (auto [x, y] : llvm::zip_equal(left, right))
      merged.push_back(reducer.merge(x, y));
    return merged;
  });
  return vector ? vector::FromElementsOp::create(b, kernel.loc, vector, lanes)
                      .getResult()
                : lanes[0];
}

LogicalResult PoolEmitter::emitOutput(Value image, ValueRange outputs,
                                      Value channel) {
  SmallVector<PoolRange> ranges;
  Value count = kernel.index(1);
  for (auto [dim, output] : llvm::zip(shape.dims, outputs)) {
    ranges.push_back(dim.range(kernel, output));
    Value part = dim.divisor(kernel, output, ranges.back());
    count = kernel.builder.createOrFold<arith::MulIOp>(kernel.loc, count, part);
  }
  auto visit = [&](ValueRange indices,
                   ValueRange carried) -> FailureOr<Values> {
    auto element = kernel.load(
        shape.input, shape.at(image, channel, indices, blocks.width));
    if (failed(element))
      return failure();
    return Values{reducer.merge(carried[0], reducer.start(*element))};
  };
  FailureOr<Value> reduced =
      group ? reduceShared(ranges, visit) : reduce(ranges, visit);
  if (failed(reduced))
    return failure();
  if (reducer.mode() == PoolMode::Average)
    count = asDivisor(kernel, count, reducer.partialType());
  return kernel.store(result, reducer.finish(*reduced, count),
                      shape.at(image, channel, outputs, blocks.width));
}

/// With few outputs, so many threads share one that a GPU is filled, each with
/// some elements at least.
void PoolEmitter::shareWindows(int64_t outputs) {
  constexpr int64_t wanted = int64_t(1) << 17, fewest = 16;
  int64_t threads = 1;
  while (threads < 8 * DeviceGroup::warp && outputs * threads < wanted &&
         fewest * threads <= shape.taps())
    threads *= 2;
  if (threads > 1)
    group.emplace(kernel, threads);
}

/// Every output is a step, or a vector of channels where those are neighbours;
/// a group of threads shares a large window.
LogicalResult PoolEmitter::emitOnDevice() {
  constexpr int64_t largeWindow = 64;
  SmallVector<int64_t> steps{shape.batch};
  llvm::append_range(steps, shape.outputs());
  if (shape.layout == Layout::ChannelsFirst) {
    steps.insert(steps.begin() + 1, shape.channels);
    int64_t line = std::min(shape.dims.back().most(), shape.dims.back().input);
    if (shape.taps() >= largeWindow)
      group.emplace(kernel, std::min<int64_t>(llvm::bit_floor(uint64_t(line)),
                                              DeviceGroup::warp));
    return kernel.parallelLoop(steps, 1, [&](ValueRange at) {
      return emitOutput(at[0], at.drop_front(2), at[1]);
    });
  }
  int64_t most = 128 / elementTypeOf(shape.input).getIntOrFloatBitWidth();
  blocks = VectorBlocks::single(shape.channels);
  while (2 * blocks.width <= most && shape.channels % (2 * blocks.width) == 0)
    blocks.width *= 2;
  steps.push_back(shape.channels / blocks.width);
  shareWindows(llvm::product_of(steps));
  return kernel.parallelLoop(steps, 1, [&](ValueRange at) {
    Value channel = kernel.mul(at.back(), blocks.width);
    return emitOutput(at[0], at.drop_front().drop_back(), channel);
  });
}

LogicalResult PoolEmitter::emit() {
  // With few outputs the channels make the tasks; with many, all channels of
  // an output follow each other.
  SmallVector<int64_t> steps{shape.batch};
  llvm::append_range(steps, ArrayRef(shape.outputs()).drop_back());
  int64_t rows = 1;
  for (int64_t size : steps)
    rows *= size;
  bool blocksOutside = rows < 64 || shape.layout == Layout::ChannelsFirst;
  steps.insert(steps.begin() + 1, blocksOutside ? blocks.count : 1);
  int64_t work = shape.taps() * blocks.width * shape.dims.back().outputs *
                 (blocksOutside ? 1 : blocks.count);
  return kernel.parallelLoop(steps, 32768 / work, [&](ValueRange at) {
    return kernel.forLoop(
        kernel.index(0), kernel.index(shape.dims.back().outputs), 1,
        [&](Value last) {
          Values outputs(at.drop_front(2));
          outputs.push_back(last);
          if (blocksOutside)
            return emitOutput(at[0], outputs, blocks.first(kernel, at[1]));
          return blocks.forEach(kernel, [&](Value channel) {
            return emitOutput(at[0], outputs, channel);
          });
        });
  });
}

LogicalResult lacuna::emitPool(KernelBuilder &kernel, const PoolShape &shape,
                               PoolReducer &reducer, Value result) {
  if (shape.isEmpty()) {
    kernel.setRange(0, 1);
    return success();
  }
  if (isOnDevice(kernel))
    return PoolEmitter(kernel, shape, reducer, result).emitOnDevice();
  if (shape.layout == Layout::ChannelsFirst && fitsPoolOfLines(shape))
    return emitPoolOfLines(kernel, shape, reducer, result);
  return PoolEmitter(kernel, shape, reducer, result).emit();
}
