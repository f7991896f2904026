//===- PoolingGradient.cpp - Cotangents back to the maxima ----------------===//
// A task owns some channels of an image: it writes zeros, then visits windows
// in order, finds where each has its maximum and adds the cotangent there. So
// no two tasks add to one element, and sums have one order.
//===----------------------------------------------------------------------===//
#include "Pooling.h"

#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

using Values = SmallVector<Value>;

namespace {
class MaxGradientEmitter {
public:
  MaxGradientEmitter(KernelBuilder &kernel, PoolShape shape, Value cotangent,
                     Value result);
  LogicalResult emit();

private:
  LogicalResult emitBlock();
  LogicalResult clear();
  LogicalResult spread(ValueRange outputs);
  FailureOr<Value> findMaximum(ArrayRef<PoolRange> ranges);
  LogicalResult addTo(ArrayRef<PoolRange> ranges, Value place,
                      Value cotangent);
  LogicalResult addAt(ValueRange indices, Value cotangent);
  Value placeOf(ValueRange indices);
  Position at(ValueRange indices) {
    return shape.at(image, channel, indices, blocks.width);
  }

  KernelBuilder &kernel;
  PoolShape shape;
  Value cotangent, result;
  PoolReducer reducer;
  VectorBlocks blocks;
  Type placeType;
  SmallVector<int64_t> inputs;
  // What the loops being emitted stand at.
  Value image, channel;
};
} // namespace

MaxGradientEmitter::MaxGradientEmitter(KernelBuilder &kernel, PoolShape shape,
                                       Value cotangent, Value result)
    : kernel(kernel), shape(shape), cotangent(cotangent), result(result),
      reducer(kernel, PoolMode::Max, elementTypeOf(result)),
      blocks(VectorBlocks::single(shape.channels)) {
  int64_t plane = 1;
  for (const PoolDim &dim : shape.dims) {
    inputs.push_back(dim.input);
    plane *= dim.input;
  }
  placeType = plane > INT32_MAX ? kernel.builder.getI64Type()
                                : kernel.builder.getI32Type();
  if (shape.layout == Layout::ChannelsFirst)
    return;
  unsigned bits = reducer.partialType().getIntOrFloatBitWidth();
  blocks.width = std::min<int64_t>(kernel.target.lanes(bits),
                                   llvm::bit_floor<uint64_t>(shape.channels));
  blocks.count = llvm::divideCeil(shape.channels, blocks.width);
}

/// The number of an element in its plane.
Value MaxGradientEmitter::placeOf(ValueRange indices) {
  Value place = kernel.index(0);
  for (auto [dim, index] : llvm::zip_equal(shape.dims, indices))
    place = kernel.add(kernel.mul(place, dim.input), index);
  Value number = arith::IndexCastOp::create(kernel.builder, kernel.loc,
                                            placeType, place);
  return kernel.broadcast(number, blocks.width);
}

LogicalResult MaxGradientEmitter::clear() {
  Value zero = kernel.broadcast(kernel.constant(elementTypeOf(result), 0),
                                blocks.width);
  return walkSpace(kernel, inputs, [&](ValueRange indices) {
    return kernel.store(result, zero, at(indices));
  });
}

/// Where the maximum stands: the first of equals, or the first NaN.
FailureOr<Value>
MaxGradientEmitter::findMaximum(ArrayRef<PoolRange> ranges) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Values firsts;
  for (const PoolRange &range : ranges)
    firsts.push_back(range.first);
  auto visit = [&](ValueRange indices,
                   ValueRange carried) -> FailureOr<Values> {
    FailureOr<Value> element = kernel.load(shape.input, at(indices));
    if (failed(element))
      return failure();
    Value value = reducer.start(*element), best = carried[0];
    using FP = arith::CmpFPredicate;
    Value larger = arith::CmpFOp::create(b, loc, FP::UGT, value, best);
    Value number = arith::CmpFOp::create(b, loc, FP::ORD, best, best);
    Value better = arith::AndIOp::create(b, loc, larger, number);
    return Values{
        arith::SelectOp::create(b, loc, better, value, best),
        arith::SelectOp::create(b, loc, better, placeOf(indices), carried[1])};
  };
  Values start{reducer.neutral(blocks.width), placeOf(firsts)};
  FailureOr<Values> found = walkElements(kernel, ranges, start, visit);
  return failed(found) ? FailureOr<Value>(failure()) : (*found)[1];
}

LogicalResult MaxGradientEmitter::addAt(ValueRange indices, Value value) {
  OpBuilder &b = kernel.builder;
  Position position = at(indices);
  Value buffer = kernel.outputBuffer(result), old;
  if (blocks.width == 1)
    old = memref::LoadOp::create(b, kernel.loc, buffer, position.indices);
  else
    old = vector::LoadOp::create(b, kernel.loc,
                                 cast<VectorType>(value.getType()), buffer,
                                 position.indices);
  Value sum = arith::AddFOp::create(b, kernel.loc, old, value);
  return kernel.store(result, sum, position);
}

/// One channel goes straight to its place; of a vector each element of the
/// window takes the lanes that are its.
LogicalResult MaxGradientEmitter::addTo(ArrayRef<PoolRange> ranges,
                                        Value place, Value value) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  if (blocks.width == 1) {
    Value linear =
        arith::IndexCastOp::create(b, loc, b.getIndexType(), place);
    return addAt(kernel.delinearize(linear, inputs), value);
  }
  Value zero = kernel.constant(value.getType(), 0);
  return walkElements(
      kernel, ranges, {},
      [&](ValueRange indices, ValueRange) -> FailureOr<Values> {
        Value here = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq,
                                           place, placeOf(indices));
        Value part = arith::SelectOp::create(b, loc, here, value, zero);
        if (failed(addAt(indices, part)))
          return failure();
        return Values();
      });
}

LogicalResult MaxGradientEmitter::spread(ValueRange outputs) {
  SmallVector<PoolRange> ranges;
  Value filled = kernel.index(1);
  for (auto [dim, output] : llvm::zip_equal(shape.dims, outputs)) {
    ranges.push_back(dim.range(kernel, output));
    filled = arith::MulIOp::create(kernel.builder, kernel.loc, filled,
                                   ranges.back().count);
  }
  FailureOr<Value> value = kernel.load(cotangent, at(outputs));
  if (failed(value))
    return failure();
  // A window wholly in the padding has no maximum.
  return kernel.branch(kernel.less(kernel.index(0), filled),
                       [&]() -> LogicalResult {
                         FailureOr<Value> place = findMaximum(ranges);
                         if (failed(place))
                           return failure();
                         return addTo(ranges, *place, *value);
                       });
}

LogicalResult MaxGradientEmitter::emitBlock() {
  if (failed(clear()))
    return failure();
  return walkSpace(kernel, shape.outputs(),
                   [&](ValueRange outputs) { return spread(outputs); });
}

LogicalResult MaxGradientEmitter::emit() {
  // The last block shares channels with the one before it: one task does both.
  int64_t tasks = std::max<int64_t>(blocks.count - (blocks.width > 1), 1);
  int64_t work = shape.taps();
  for (int64_t size : shape.outputs())
    work *= std::max<int64_t>(size, 1);
  return kernel.parallelLoop(
      {shape.batch, tasks}, 8192 / work, [&](ValueRange steps) {
        OpBuilder &b = kernel.builder;
        image = steps[0];
        Value next = kernel.add(steps[1], 1);
        Value isLast = arith::CmpIOp::create(b, kernel.loc,
                                             arith::CmpIPredicate::eq, next,
                                             kernel.index(tasks));
        Value stop = arith::SelectOp::create(
            b, kernel.loc, isLast, kernel.index(blocks.count), next);
        return kernel.forLoop(steps[1], stop, 1, [&](Value block) {
          channel = blocks.first(kernel, block);
          return emitBlock();
        });
      });
}

static LogicalResult emitMaxGradient(KernelBuilder &kernel, Operation *root,
                                     PoolShape shape) {
  Value result = root->getResult(0);
  if (!kernel.outputBuffer(result))
    return root->emitOpError("must be the only result of its kernel");
  if (cast<RankedTensorType>(result.getType()).getNumElements() == 0) {
    kernel.setRange(0, 1);
    return success();
  }
  return MaxGradientEmitter(kernel, shape, root->getOperand(1), result).emit();
}

static LogicalResult emitMaxPoolGradient(KernelBuilder &kernel,
                                         Operation *root) {
  auto op = cast<MaxPoolGradientOp>(root);
  PoolShape shape =
      PoolShape::of(op.getInput(), op.getCotangent(), op.getLayout());
  for (auto [d, dim] : llvm::enumerate(shape.dims))
    dim.window = {op.getKernel()[d], op.getStrides()[d], op.getDilations()[d],
                  op.getPadsBegin()[d], op.getPadsEnd()[d]};
  return emitMaxGradient(kernel, root, shape);
}

static LogicalResult emitAdaptiveMaxPoolGradient(KernelBuilder &kernel,
                                                 Operation *root) {
  auto op = cast<AdaptiveMaxPoolGradientOp>(root);
  PoolShape shape =
      PoolShape::of(op.getInput(), op.getCotangent(), op.getLayout());
  for (PoolDim &dim : shape.dims)
    dim.kind = op.getWindows() == PyramidWindows::SPP
                   ? PoolDim::Kind::SPPBins
                   : PoolDim::Kind::AdaptiveBins;
  return emitMaxGradient(kernel, root, shape);
}

void lacuna::registerPoolingGradientEmitters(EmitterTable &table) {
  table.add<MaxPoolGradientOp>(emitMaxPoolGradient);
  table.add<AdaptiveMaxPoolGradientOp>(emitAdaptiveMaxPoolGradient);
}
