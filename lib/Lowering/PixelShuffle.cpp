//===- PixelShuffle.cpp - Loops of channels to space and back -------------===//
// The innermost loop runs along a line of the input or output, with the pixels
// of a block unrolled when they are few, for LLVM to vectorise.
//===----------------------------------------------------------------------===//
#include "lacuna/IR/SlidingWindow.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace lacuna;

using Values = SmallVector<Value>;

namespace {
/// Sizes on the side of the channels: `channels` of them hold one of the other
/// side each `block` squared times.
struct ShuffleEmitter {
  KernelBuilder &kernel;
  Value input, result;
  Layout layout;
  ShuffleOrder order;
  int64_t block;
  bool toSpace;
  /// Of the packed side: its spatial sizes. `channels`: of the spread side.
  SpatialShape packed;
  int64_t channels;

  template <typename OpT>
  ShuffleEmitter(KernelBuilder &kernel, OpT op, Value packedSide, bool toSpace)
      : kernel(kernel), input(op.getInput()), result(op.getResult()),
        layout(op.getLayout()), order(op.getOrder()), block(op.getBlock()),
        toSpace(toSpace),
        packed(SpatialShape::of(shapeOf(packedSide), op.getLayout())),
        channels(packed.channels / (block * block)) {}

  LogicalResult emit();
  LogicalResult move(Value image, Value channel, Value row, Value i,
                     Value column, Value j);
  Values indices(Value image, Value channel, Value row, Value column) const;
};
} // namespace

Values ShuffleEmitter::indices(Value image, Value channel, Value row,
                               Value column) const {
  if (layout == Layout::ChannelsFirst)
    return {image, channel, row, column};
  return {image, row, column, channel};
}

/// Copies pixel (i, j) of the block at (row, column).
LogicalResult ShuffleEmitter::move(Value image, Value channel, Value row,
                                   Value i, Value column, Value j) {
  Value pixel = kernel.add(kernel.mul(i, block), j);
  Value packedChannel =
      order == ShuffleOrder::CRD
          ? kernel.add(kernel.mul(channel, block * block), pixel)
          : kernel.add(kernel.mul(pixel, channels), channel);
  Values narrow = indices(image, packedChannel, row, column);
  Values wide = indices(image, channel, kernel.add(kernel.mul(row, block), i),
                        kernel.add(kernel.mul(column, block), j));
  FailureOr<Value> element = kernel.load(input, toSpace ? narrow : wide);
  if (failed(element))
    return failure();
  return kernel.store(result, *element, toSpace ? wide : narrow);
}

LogicalResult ShuffleEmitter::emit() {
  int64_t rows = packed.spatial[0], columns = packed.spatial[1];
  auto loop = [&](int64_t size, llvm::function_ref<LogicalResult(Value)> body) {
    return kernel.forLoop(kernel.index(0), kernel.index(size), 1, body);
  };
  if (layout == Layout::ChannelsFirst) {
    int64_t work = std::max<int64_t>(columns * block, 1);
    return kernel.parallelLoop(
        {packed.batch, channels, rows, block}, 16384 / work,
        [&](ValueRange at) {
          return loop(columns, [&](Value column) {
            if (block > 8)
              return loop(block, [&](Value j) {
                return move(at[0], at[1], at[2], at[3], column, j);
              });
            for (int64_t j = 0; j < block; ++j)
              if (failed(move(at[0], at[1], at[2], at[3], column,
                              kernel.index(j))))
                return LogicalResult(failure());
            return LogicalResult(success());
          });
        });
  }
  int64_t work = std::max<int64_t>(columns * block * channels, 1);
  return kernel.parallelLoop(
      {packed.batch, rows, block}, 16384 / work, [&](ValueRange at) {
        return loop(columns, [&](Value column) {
          return loop(block, [&](Value j) {
            return loop(channels, [&](Value channel) {
              return move(at[0], channel, at[1], at[2], column, j);
            });
          });
        });
      });
}

static LogicalResult emitShuffle(KernelBuilder &kernel, Operation *root) {
  auto op = cast<PixelShuffleOp>(root);
  return ShuffleEmitter(kernel, op, op.getInput(), /*toSpace=*/true).emit();
}

static LogicalResult emitUnshuffle(KernelBuilder &kernel, Operation *root) {
  auto op = cast<PixelUnshuffleOp>(root);
  return ShuffleEmitter(kernel, op, op.getResult(), /*toSpace=*/false).emit();
}

void lacuna::registerShuffleEmitters(EmitterTable &table) {
  table.add<PixelShuffleOp>(emitShuffle);
  table.add<PixelUnshuffleOp>(emitUnshuffle);
}
