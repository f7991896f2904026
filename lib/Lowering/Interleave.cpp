//===- Interleave.cpp - Loops that put phases side by side ----------------===//
// The phases of an output pixel are unrolled; channels are copied in vectors.
//===----------------------------------------------------------------------===//
#include "VectorBlocks.h"
#include "lacuna/IR/SlidingWindow.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace lacuna;

using Values = SmallVector<Value>;

namespace {
class InterleaveEmitter {
public:
  InterleaveEmitter(KernelBuilder &kernel, InterleaveOp op)
      : kernel(kernel), op(op), strides(op.getStrides()), size(op.getSize()),
        channels(shapeOf(op.getResult()).back()),
        blocks(VectorBlocks::of(kernel.target, elementTypeOf(op.getResult()),
                                channels)) {}
  LogicalResult emit();

private:
  LogicalResult emitPhase(int64_t number, ValueRange pixel);
  LogicalResult copyChannels(int64_t number, ValueRange pixel,
                             ArrayRef<Value> to);
  int64_t phaseCount() const {
    int64_t count = 1;
    for (int64_t stride : strides)
      count *= stride;
    return count;
  }

  KernelBuilder &kernel;
  InterleaveOp op;
  ArrayRef<int64_t> strides, size;
  int64_t channels;
  VectorBlocks blocks;
};
} // namespace

/// `pixel`: batch and indices in the phase; `to`: those in the result.
LogicalResult InterleaveEmitter::copyChannels(int64_t number, ValueRange pixel,
                                              ArrayRef<Value> to) {
  bool single = op.getPhases().size() == 1;
  Value phase = op.getPhases()[single ? 0 : number];
  return blocks.forEach(kernel, [&](Value channel) -> LogicalResult {
    Values from(pixel), target(to);
    from.push_back(single ? kernel.add(channel, number * channels) : channel);
    target.push_back(channel);
    auto element =
        kernel.load(phase, Position(from, blocks.width, from.size() - 1));
    if (failed(element))
      return failure();
    return kernel.store(op.getResult(), *element,
                        Position(target, blocks.width, target.size() - 1));
  });
}

LogicalResult InterleaveEmitter::emitPhase(int64_t number, ValueRange pixel) {
  OpBuilder &b = kernel.builder;
  Values to{pixel[0]};
  Value inside;
  int64_t rest = number;
  for (int64_t d = strides.size(); d-- > 0;) {
    Value index = kernel.add(kernel.mul(pixel[1 + d], strides[d]),
                             rest % strides[d]);
    rest /= strides[d];
    to.insert(to.begin() + 1, index);
    if (size[d] % strides[d] == 0)
      continue;
    Value within = arith::CmpIOp::create(
        b, kernel.loc, arith::CmpIPredicate::ult, index, kernel.index(size[d]));
    inside = inside ? arith::AndIOp::create(b, kernel.loc, inside, within)
                    : within;
  }
  if (!inside)
    return copyChannels(number, pixel, to);
  auto branch = scf::IfOp::create(b, kernel.loc, inside, /*else=*/false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  return copyChannels(number, pixel, to);
}

LogicalResult InterleaveEmitter::emit() {
  if (op.getResult().getType().getNumElements() == 0) {
    kernel.setRange(0, 1);
    return success();
  }
  ArrayRef<int64_t> phase = shapeOf(op.getPhases()[0]).drop_back();
  int64_t work = phase.back() * phaseCount() * channels;
  return kernel.parallelLoop(
      phase.drop_back(), 16384 / work, [&](ValueRange outer) {
        return kernel.forLoop(
            kernel.index(0), kernel.index(phase.back()), 1,
            [&](Value last) -> LogicalResult {
              Values pixel(outer);
              pixel.push_back(last);
              for (int64_t n = 0; n < phaseCount(); ++n)
                if (failed(emitPhase(n, pixel)))
                  return failure();
              return success();
            });
      });
}

static LogicalResult emitInterleave(KernelBuilder &kernel, Operation *root) {
  return InterleaveEmitter(kernel, cast<InterleaveOp>(root)).emit();
}

void lacuna::registerInterleaveEmitters(EmitterTable &table) {
  table.add<InterleaveOp>(emitInterleave);
}
