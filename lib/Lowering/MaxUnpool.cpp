//===- MaxUnpool.cpp - Loops that put maxima back -------------------------===//
// Zeros first, then one element after the other, so that of equal indices the
// last one wins. Planes are independent of each other when indices count in
// them; otherwise all is one task.
//===----------------------------------------------------------------------===//
#include "IndexCheck.h"
#include "Pooling.h"

#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace lacuna;

using Values = SmallVector<Value>;

namespace {
class UnpoolEmitter {
public:
  UnpoolEmitter(KernelBuilder &kernel, MaxUnpoolOp op)
      : kernel(kernel), op(op),
        from(PoolShape::of(op.getInput(), op.getResult(), op.getLayout())) {}
  LogicalResult emit();

private:
  bool whole() { return op.getIndexMode() == IndexMode::Whole; }
  LogicalResult fill(Value image, Value channel);
  LogicalResult scatter(Value image, Value channel);
  LogicalResult overPlanes(
      llvm::function_ref<LogicalResult(Value image, Value channel)> body);

  KernelBuilder &kernel;
  MaxUnpoolOp op;
  /// Inputs and outputs of each dimension.
  PoolShape from;
};
} // namespace

LogicalResult UnpoolEmitter::fill(Value image, Value channel) {
  Value zero = arith::ConstantOp::create(
      kernel.builder, kernel.loc,
      kernel.builder.getZeroAttr(elementTypeOf(op.getResult())));
  return walkSpace(kernel, from.outputs(), [&](ValueRange at) {
    return kernel.store(op.getResult(), zero, from.at(image, channel, at));
  });
}

LogicalResult UnpoolEmitter::scatter(Value image, Value channel) {
  SmallVector<int64_t> inputs, space = from.outputs();
  for (const PoolDim &dim : from.dims)
    inputs.push_back(dim.input);
  if (whole())
    space.insert(space.begin(), {from.batch, from.channels});
  int64_t size = 1;
  for (int64_t each : space)
    size *= each;
  if (size == 0)
    return success();
  return walkSpace(kernel, inputs, [&](ValueRange at) -> LogicalResult {
    Position place = from.at(image, channel, at);
    FailureOr<Value> element = kernel.load(op.getInput(), place);
    FailureOr<Value> index = loadIndex(kernel, op.getIndices(), place);
    if (failed(element) || failed(index))
      return failure();
    Value checked = checkRange(kernel, *index, 0, size - 1,
                               "an index is outside of the result");
    Values to = kernel.delinearize(checked, space);
    Value toImage = whole() ? to[0] : image;
    Value toChannel = whole() ? to[1] : channel;
    return kernel.store(op.getResult(), *element,
                        from.at(toImage, toChannel,
                                ValueRange(to).drop_front(whole() ? 2 : 0)));
  });
}

LogicalResult UnpoolEmitter::overPlanes(
    llvm::function_ref<LogicalResult(Value, Value)> body) {
  return walkSpace(kernel, {from.batch, from.channels}, [&](ValueRange at) {
    return body(at[0], at[1]);
  });
}

LogicalResult UnpoolEmitter::emit() {
  auto fillPlane = [&](Value image, Value channel) {
    return fill(image, channel);
  };
  auto scatterPlane = [&](Value image, Value channel) {
    return scatter(image, channel);
  };
  if (whole())
    return kernel.parallelLoop({1}, 1, [&](ValueRange) -> LogicalResult {
      if (failed(overPlanes(fillPlane)))
        return failure();
      return overPlanes(scatterPlane);
    });
  int64_t work = 1;
  for (const PoolDim &dim : from.dims)
    work *= std::max<int64_t>(dim.outputs, 1);
  return kernel.parallelLoop({from.batch, from.channels}, 16384 / work,
                             [&](ValueRange at) -> LogicalResult {
                               if (failed(fillPlane(at[0], at[1])))
                                 return failure();
                               return scatterPlane(at[0], at[1]);
                             });
}

LogicalResult lacuna::emitMaxUnpool(KernelBuilder &kernel, Operation *root) {
  return UnpoolEmitter(kernel, cast<MaxUnpoolOp>(root)).emit();
}
