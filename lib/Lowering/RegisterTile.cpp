//===- RegisterTile.cpp - Sums held in registers --------------------------===//
#include "RegisterTile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

/// Steps of k a loop iteration does: hides the loop's own instructions.
static constexpr int64_t unroll = 4;

SmallVector<Value> lacuna::emitMultiplyAdd(
    KernelBuilder &kernel, ValueRange sums, int64_t depth,
    llvm::function_ref<Value(int64_t, Value)> left,
    llvm::function_ref<Value(Value)> right) {
  auto step = [&](SmallVector<Value> carried, Value k) {
    Value vector = right(k);
    for (auto [r, sum] : llvm::enumerate(carried)) {
      // Not KernelBuilder::broadcast: sums of one lane are vectors as well.
      Value factor = vector::BroadcastOp::create(kernel.builder, kernel.loc,
                                                 sum.getType(), left(r, k));
      sum = math::FmaOp::create(kernel.builder, kernel.loc, factor, vector, sum);
    }
    return carried;
  };
  int64_t whole = depth / unroll * unroll;
  SmallVector<Value> result(sums);
  if (whole > 0) {
    auto body = [&](Value k, ValueRange carried)
        -> FailureOr<SmallVector<Value>> {
      SmallVector<Value> next(carried);
      for (int64_t u = 0; u < unroll; ++u)
        next = step(next, kernel.add(k, u));
      return next;
    };
    result = *kernel.forLoop(kernel.index(0), kernel.index(whole), unroll,
                             result, body);
  }
  for (int64_t k = whole; k < depth; ++k)
    result = step(result, kernel.index(k));
  return result;
}

Value lacuna::flatten(KernelBuilder &kernel, Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  auto flat = MemRefType::get({type.getNumElements()}, type.getElementType());
  if (type == flat)
    return buffer;
  OpBuilder::InsertionGuard guard(kernel.builder);
  return memref::ReinterpretCastOp::create(
      kernel.builder, kernel.loc, flat, buffer, /*offset=*/0,
      flat.getShape(), ArrayRef<int64_t>{1});
}

void lacuna::turnTile(KernelBuilder &kernel,
                      SmallVectorImpl<Value> &rows) {
  int64_t size = rows.size();
  for (int64_t block = 1; block < size; block *= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t i = 0; i < size; ++i) {
      bool second = i & block;
      low.push_back(second ? size + i - block : i);
      high.push_back(second ? size + i : i + block);
    }
    for (int64_t i = 0; i < size; ++i) {
      if (i & block)
        continue;
      Value a = rows[i], b = rows[i + block];
      rows[i] = vector::ShuffleOp::create(kernel.builder, kernel.loc, a, b, low);
      rows[i + block] =
          vector::ShuffleOp::create(kernel.builder, kernel.loc, a, b, high);
    }
  }
}

Value lacuna::widenTo(KernelBuilder &kernel, Value value, Type wide) {
  if (getElementTypeOrSelf(value.getType()) == wide)
    return value;
  if (auto vector = dyn_cast<VectorType>(value.getType()))
    wide = vector.clone(wide);
  return arith::ExtFOp::create(kernel.builder, kernel.loc, wide, value);
}
