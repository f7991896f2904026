//===- PoolRange.cpp - Input elements of one output -----------------------===//
#include "PoolRange.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace lacuna;

int64_t PoolDim::most() const {
  if (outputs == 0)
    return 0;
  if (kind == Kind::Window)
    return window.kernel;
  if (kind == Kind::SPPBins)
    return llvm::divideCeil(input, outputs);
  // A bin is at most one element wider than the largest fair share.
  int64_t share = llvm::divideCeil(input, outputs);
  return std::min(input, input % outputs == 0 ? share : share + 1);
}

bool PoolDim::isUniform() const {
  if (outputs == 0)
    return true;
  if (kind != Kind::Window)
    return input % outputs == 0;
  int64_t last = (outputs - 1) * window.stride - window.padBegin +
                 (window.kernel - 1) * window.dilation;
  return window.padBegin == 0 && last < input;
}

/// ceil(max(distance, 0) / step), at most `limit`.
static Value stepsTo(KernelBuilder &kernel, Value distance, int64_t step,
                     int64_t limit) {
  OpBuilder &b = kernel.builder;
  Value positive =
      arith::MaxSIOp::create(b, kernel.loc, distance, kernel.index(0));
  if (step != 1)
    positive = arith::DivUIOp::create(
        b, kernel.loc, kernel.add(positive, step - 1), kernel.index(step));
  return arith::MinSIOp::create(b, kernel.loc, positive, kernel.index(limit));
}

PoolRange PoolDim::windowRange(KernelBuilder &kernel, Value index) const {
  OpBuilder &b = kernel.builder;
  int64_t step = window.dilation;
  Value origin = kernel.add(kernel.mul(index, window.stride), -window.padBegin);
  if (isUniform())
    return {origin, kernel.index(window.kernel), step};
  auto stepsFrom = [&](int64_t edge) {
    Value distance =
        arith::SubIOp::create(b, kernel.loc, kernel.index(edge), origin);
    return stepsTo(kernel, distance, step, window.kernel);
  };
  Value low = stepsFrom(0), high = stepsFrom(input);
  Value count = arith::SubIOp::create(b, kernel.loc, high, low);
  return {kernel.add(origin, kernel.mul(low, step)), count, step};
}

PoolRange PoolDim::binRange(KernelBuilder &kernel, Value index) const {
  OpBuilder &b = kernel.builder;
  if (outputs == 1)
    return {kernel.index(0), kernel.index(input), 1};
  if (input % outputs == 0) {
    int64_t width = input / outputs;
    return {kernel.mul(index, width), kernel.index(width), 1};
  }
  if (kind == Kind::SPPBins)
    return {kernel.mul(index, input / outputs),
            kernel.index(llvm::divideCeil(input, outputs)), 1};
  Value count = kernel.index(outputs), start = kernel.mul(index, input);
  Value first = arith::DivUIOp::create(b, kernel.loc, start, count);
  Value stop = arith::DivUIOp::create(
      b, kernel.loc, kernel.add(start, input + outputs - 1), count);
  return {first, arith::SubIOp::create(b, kernel.loc, stop, first), 1};
}

PoolRange PoolDim::range(KernelBuilder &kernel, Value index) const {
  return kind == Kind::Window ? windowRange(kernel, index)
                              : binRange(kernel, index);
}

Value PoolDim::divisor(KernelBuilder &kernel, Value index,
                       const PoolRange &range) const {
  if (kind != Kind::Window || !countPadding)
    return range.count;
  // Up to the end of the padding, not into the overhang of a last window.
  Value origin = kernel.add(kernel.mul(index, window.stride), -window.padBegin);
  Value distance = arith::SubIOp::create(
      kernel.builder, kernel.loc, kernel.index(input + window.padEnd), origin);
  return stepsTo(kernel, distance, window.dilation, window.kernel);
}
