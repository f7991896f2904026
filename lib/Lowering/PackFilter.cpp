//===- PackFilter.cpp - Filters of convolutions to panels -----------------===//
#include "DeviceGroup.h"
#include "DeviceKernels.h"
#include "RegisterTile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace lacuna;

/// Copies a filter into panels, element by element of the result.
LogicalResult lacuna::emitPackFilter(KernelBuilder &kernel, Operation *root) {
  auto op = cast<PackFilterOp>(root);
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  ArrayRef<int64_t> shape = shapeOf(op.getResult());
  ArrayRef<int64_t> filter = shapeOf(op.getFilter());
  int64_t lanes = op.getLanes(), taps = shape[1], inputs = shape[2];
  int64_t groups = inputs == 1 && int64_t(op.getGroups()) == filter[0] ? 1 : op.getGroups();
  int64_t perGroup = filter[0] / groups, panelsPerGroup = shape[0] / groups;
  Type element = elementTypeOf(op.getResult());
  Value source = flatten(kernel, kernel.inputBuffer(op.getFilter()));
  auto copy = [&](ValueRange at, Value i, Value lane) {
    Value group = arith::DivUIOp::create(b, loc, at[0], kernel.index(panelsPerGroup));
    Value panel = arith::RemUIOp::create(b, loc, at[0], kernel.index(panelsPerGroup));
    Value output = kernel.add(kernel.mul(panel, lanes), lane);
    Value inside = kernel.less(output, kernel.index(perGroup));
    Value safe = arith::SelectOp::create(b, loc, inside, output, kernel.index(0));
    safe = kernel.add(safe, kernel.mul(group, perGroup));
    Value offset = kernel.add(kernel.mul(safe, inputs), i);
    offset = kernel.add(kernel.mul(offset, taps), at[1]);
    Value value = memref::LoadOp::create(b, loc, source, offset);
    value = arith::SelectOp::create(b, loc, inside, value, kernel.constant(element, 0));
    return kernel.store(op.getResult(), value, SmallVector<Value>{at[0], at[1], i, lane});
  };
  if (isOnDevice(kernel))
    return kernel.parallelLoop(
        {shape[0], taps, inputs, lanes}, 1,
        [&](ValueRange at) { return copy(at, at[2], at[3]); });
  return kernel.parallelLoop({shape[0], taps}, 1 + 4096 / (inputs * lanes),
                             [&](ValueRange at) {
    return kernel.forLoop(kernel.index(0), kernel.index(inputs), 1, [&](Value i) {
      return kernel.forLoop(kernel.index(0), kernel.index(lanes), 1,
                            [&](Value lane) { return copy(at, i, lane); });
    });
  });
}
