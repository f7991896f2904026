//===- MaxPoolIndices.cpp - Maxima and where they stood -------------------===//
#include "Pooling.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace lacuna;

using Values = SmallVector<Value>;

namespace {
class IndicesEmitter {
public:
  IndicesEmitter(KernelBuilder &kernel, MaxPoolOp op)
      : kernel(kernel), op(op), shape(PoolShape::ofWindows(op)),
        reducer(kernel, PoolMode::Max, elementTypeOf(op.getInput())),
        blocks(shape.channelBlocks(kernel.target)) {}
  LogicalResult emit();

private:
  LogicalResult emitOutput(Value image, ValueRange outputs, Value channel);
  FailureOr<Values> visit(Value image, Value channel, ValueRange indices,
                          ValueRange carried);
  Value placeInPlane(ValueRange indices);
  Value placeInTensor(Value place, Value image, Value channel);
  Value isBetter(Value value, Value best);

  KernelBuilder &kernel;
  MaxPoolOp op;
  PoolShape shape;
  PoolReducer reducer;
  VectorBlocks blocks;
};
} // namespace

/// Counted row by row, or column by column from the last dimension on.
Value IndicesEmitter::placeInPlane(ValueRange indices) {
  Value place = kernel.index(0);
  int64_t rank = shape.dims.size();
  for (int64_t i = 0; i < rank; ++i) {
    int64_t d = op.getColumnMajor() ? rank - 1 - i : i;
    place = kernel.add(kernel.mul(place, shape.dims[d].input), indices[d]);
  }
  return place;
}

/// In channels-first order whatever the layout; a vector when channels are.
Value IndicesEmitter::placeInTensor(Value place, Value image, Value channel) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Type type = b.getI64Type();
  auto cast = [&](Value value) {
    return arith::IndexCastOp::create(b, loc, type, value).getResult();
  };
  if (op.getIndexMode() == IndexMode::Plane)
    return place;
  int64_t plane = 1;
  for (const PoolDim &dim : shape.dims)
    plane *= dim.input;
  Value first = kernel.add(kernel.mul(image, shape.channels), channel);
  Value base = kernel.broadcast(cast(kernel.mul(first, plane)), blocks.width);
  if (blocks.width > 1) {
    SmallVector<int64_t> offsets;
    for (int64_t lane = 0; lane < blocks.width; ++lane)
      offsets.push_back(lane * plane);
    Value lanes = arith::ConstantOp::create(
        b, loc, b.getI64VectorAttr(offsets));
    base = arith::AddIOp::create(b, loc, base, lanes);
  }
  return arith::AddIOp::create(b, loc, base, place);
}

/// Larger, or the first NaN.
Value IndicesEmitter::isBetter(Value value, Value best) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  if (!isa<FloatType>(reducer.partialType()))
    return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sgt, value,
                                 best);
  using FP = arith::CmpFPredicate;
  Value larger = arith::CmpFOp::create(b, loc, FP::UGT, value, best);
  Value number = arith::CmpFOp::create(b, loc, FP::ORD, best, best);
  return arith::AndIOp::create(b, loc, larger, number);
}

FailureOr<Values> IndicesEmitter::visit(Value image, Value channel,
                                        ValueRange indices,
                                        ValueRange carried) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  auto element = kernel.load(shape.input,
                             shape.at(image, channel, indices, blocks.width));
  if (failed(element))
    return failure();
  Value value = reducer.start(*element);
  Value place = arith::IndexCastOp::create(b, loc, b.getI64Type(),
                                           placeInPlane(indices));
  Value better = isBetter(value, carried[0]);
  return Values{
      arith::SelectOp::create(b, loc, better, value, carried[0]),
      arith::SelectOp::create(b, loc, better,
                              kernel.broadcast(place, blocks.width),
                              carried[1])};
}

LogicalResult IndicesEmitter::emitOutput(Value image, ValueRange outputs,
                                         Value channel) {
  OpBuilder &b = kernel.builder;
  SmallVector<PoolRange> ranges;
  Values firsts;
  for (auto [dim, output] : llvm::zip(shape.dims, outputs)) {
    ranges.push_back(dim.range(kernel, output));
    firsts.push_back(ranges.back().first);
  }
  // A window without anything above -inf yields its first element.
  Value first = arith::IndexCastOp::create(b, kernel.loc, b.getI64Type(),
                                           placeInPlane(firsts));
  Values initial{reducer.neutral(blocks.width),
                 kernel.broadcast(first, blocks.width)};
  auto best = walkElements(kernel, ranges, initial,
                           [&](ValueRange indices, ValueRange carried) {
                             return visit(image, channel, indices, carried);
                           });
  if (failed(best))
    return failure();
  Value maximum = reducer.finish((*best)[0], {});
  Value place = placeInTensor((*best)[1], image, channel);
  return kernel.store({{op.getResult(), maximum}, {op.getIndices(), place}},
                      shape.at(image, channel, outputs, blocks.width));
}

LogicalResult IndicesEmitter::emit() {
  SmallVector<int64_t> steps{shape.batch, blocks.count};
  llvm::append_range(steps, shape.outputs());
  return kernel.parallelLoop(
      steps, 8192 / (shape.taps() * blocks.width), [&](ValueRange at) {
        return emitOutput(at[0], at.drop_front(2),
                          blocks.first(kernel, at[1]));
      });
}

LogicalResult lacuna::emitMaxPoolWithIndices(KernelBuilder &kernel,
                                             MaxPoolOp op) {
  IndicesEmitter emitter(kernel, op);
  if (PoolShape::ofWindows(op).isEmpty()) {
    kernel.setRange(0, 1);
    return success();
  }
  return emitter.emit();
}
