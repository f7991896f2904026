//===- VectorBlocks.cpp - A dimension in vectors --------------------------===//
#include "VectorBlocks.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

VectorBlocks VectorBlocks::of(const CPUTarget &target, Type element,
                              int64_t size) {
  // Narrow floats are computed in f32, and booleans stand in bytes.
  bool isFloat = isa<FloatType>(element);
  int64_t bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  int64_t lanes = target.lanes(std::max<int64_t>(bits, isFloat ? 32 : 8));
  int64_t count = std::max<int64_t>(llvm::divideCeil(size, 4 * lanes), 1);
  int64_t width = llvm::alignTo(llvm::divideCeil(size, count), lanes);
  width = std::max<int64_t>(std::min(width, size), 1);
  return {int64_t(llvm::divideCeil(size, width)), width, size};
}

Value VectorBlocks::first(KernelBuilder &kernel, Value block) const {
  Value first = kernel.mul(block, width);
  if (size % width == 0)
    return first;
  return arith::MinUIOp::create(kernel.builder, kernel.loc, first,
                                kernel.index(size - width));
}

LogicalResult VectorBlocks::forEach(
    KernelBuilder &kernel,
    llvm::function_ref<LogicalResult(Value)> body) const {
  return kernel.forLoop(
      kernel.index(0), kernel.index(count), 1,
      [&](Value block) { return body(first(kernel, block)); });
}

Value lacuna::loadLanes(KernelBuilder &kernel, Value buffer, Value at,
                        int64_t lanes) {
  if (lanes == 1)
    return memref::LoadOp::create(kernel.builder, kernel.loc, buffer, at);
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  return vector::LoadOp::create(kernel.builder, kernel.loc,
                                VectorType::get({lanes}, element), buffer, at);
}

void lacuna::storeLanes(KernelBuilder &kernel, Value value, Value buffer,
                        Value at) {
  if (isa<VectorType>(value.getType()))
    vector::StoreOp::create(kernel.builder, kernel.loc, value, buffer, at);
  else
    memref::StoreOp::create(kernel.builder, kernel.loc, value, buffer, at);
}

SmallVector<Value> lacuna::foldLanes(
    KernelBuilder &kernel, ValueRange carried, int64_t lanes,
    llvm::function_ref<SmallVector<Value>(ValueRange, ValueRange)> combine) {
  OpBuilder &b = kernel.builder;
  SmallVector<Value> vectors(carried);
  if (lanes == 1)
    return vectors;
  for (int64_t half = lanes / 2; half >= 1; half /= 2) {
    SmallVector<Value> low, high;
    for (Value vector : vectors) {
      auto part = [&](int64_t first) -> Value {
        return vector::ShuffleOp::create(
            b, kernel.loc, vector, vector,
            llvm::to_vector(llvm::seq(first, first + half)));
      };
      low.push_back(part(0));
      high.push_back(part(half));
    }
    vectors = combine(low, high);
  }
  for (Value &vector : vectors)
    vector = vector::ExtractOp::create(b, kernel.loc, vector, 0);
  return vectors;
}
