//===- PackFilter.cpp - Loops that pack a filter --------------------------===//
#include "DeviceGroup.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace lacuna;

/// Copies a filter into panels. Filters hold the taps of one input side by
/// side, so all of them are copied at once.
static LogicalResult emitPackFilter(KernelBuilder &kernel, Operation *root) {
  auto op = cast<PackFilterOp>(root);
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  ArrayRef<int64_t> shape = shapeOf(op.getResult());
  ArrayRef<int64_t> filter = shapeOf(op.getFilter());
  int64_t lanes = op.getLanes(), taps = shape[1], inputs = shape[2];
  int64_t groups = inputs == 1 && int64_t(op.getGroups()) == filter[0] ? 1 : op.getGroups();
  int64_t perGroup = filter[0] / groups, panelsPerGroup = shape[0] / groups;
  Value zero = kernel.constant(elementTypeOf(op.getResult()), 0);
  Value count = kernel.index(panelsPerGroup);
  auto copy = [&](Value number, Value tap, Value i, Value lane) -> LogicalResult {
    Value group = arith::DivUIOp::create(b, loc, number, count);
    Value panel = arith::RemUIOp::create(b, loc, number, count);
    Value first = kernel.mul(panel, lanes), base = kernel.mul(group, perGroup);
    Value output = kernel.add(first, lane);
    Value inside = kernel.less(output, kernel.index(perGroup));
    Value safe = arith::SelectOp::create(b, loc, inside, output, kernel.index(0));
    SmallVector<Value> from{kernel.add(safe, base), i};
    llvm::append_range(from, kernel.delinearize(tap, filter.drop_front(2)));
    FailureOr<Value> value = kernel.load(op.getFilter(), from);
    if (failed(value))
      return failure();
    Value kept = arith::SelectOp::create(b, loc, inside, *value, zero);
    return kernel.store(op.getResult(), kept,
                        SmallVector<Value>{number, tap, i, lane});
  };
  if (isOnDevice(kernel))
    return kernel.parallelLoop(
        {shape[0], taps, inputs, lanes}, 1, [&](ValueRange at) {
          return copy(at[0], at[1], at[2], at[3]);
        });
  auto over = [&](int64_t size, llvm::function_ref<LogicalResult(Value)> body) {
    return kernel.forLoop(kernel.index(0), kernel.index(size), 1, body);
  };
  return kernel.parallelLoop(
      {shape[0], inputs}, 1 + 4096 / std::max<int64_t>(taps * lanes, 1),
      [&](ValueRange at) {
        return over(taps, [&](Value tap) {
          return over(lanes, [&](Value lane) {
            return copy(at[0], tap, at[1], lane);
          });
        });
      });
}

void lacuna::registerPackFilterEmitters(EmitterTable &table) {
  table.add<PackFilterOp>(emitPackFilter);
}
