//===- DeviceGroup.cpp - Threads of a GPU that share a step ---------------===//
// Within a warp values are exchanged between registers, by butterflies; warps
// leave theirs in shared memory.
//===----------------------------------------------------------------------===//
#include "DeviceGroup.h"

#include "lacuna/IR/Names.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace lacuna;
using Values = DeviceGroup::Values;

static func::FuncOp functionOf(const KernelBuilder &kernel) {
  Value range = const_cast<KernelBuilder &>(kernel).begin();
  return cast<func::FuncOp>(range.getParentRegion()->getParentOp());
}

bool lacuna::isOnDevice(const KernelBuilder &kernel) {
  return functionOf(kernel)->hasAttr(names::group);
}

static Value callIntrinsic(KernelBuilder &kernel, StringRef name, Type result,
                           ValueRange operands) {
  OpBuilder &b = kernel.builder;
  StringAttr symbol = b.getStringAttr(name);
  if (!result) {
    LLVM::CallIntrinsicOp::create(b, kernel.loc, symbol, operands);
    return {};
  }
  return LLVM::CallIntrinsicOp::create(b, kernel.loc, result, symbol, operands)
      .getResult(0);
}

static Value integer(KernelBuilder &kernel, int64_t value) {
  return arith::ConstantIntOp::create(kernel.builder, kernel.loc, value, 32);
}

DeviceGroup::DeviceGroup(KernelBuilder &kernel, int64_t threads)
    : kernel(kernel), threads(threads) {
  functionOf(kernel)->setAttr(names::group,
                              kernel.builder.getI64IntegerAttr(threads));
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value thread = callIntrinsic(kernel, "llvm.nvvm.read.ptx.sreg.tid.x",
                               b.getI32Type(), {});
  Value within =
      arith::AndIOp::create(b, loc, thread, integer(kernel, threads - 1));
  number = arith::IndexCastUIOp::create(b, loc, b.getIndexType(), within);
  mask = integer(kernel, -1);
  if (threads < warp) { // groups of a warp may be in different places
    Value first = arith::AndIOp::create(
        b, loc, thread, integer(kernel, (warp - 1) & ~(threads - 1)));
    mask = arith::ShLIOp::create(
        b, loc, integer(kernel, (int64_t(1) << threads) - 1), first);
  }
}

void DeviceGroup::barrier() {
  callIntrinsic(kernel, "llvm.nvvm.barrier.cta.sync.aligned.all", {},
                integer(kernel, 0));
}

Value DeviceGroup::shared(ArrayRef<int64_t> shape, Type element) {
  OpBuilder &b = kernel.builder;
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(&functionOf(kernel).getBody().front());
  auto type = MemRefType::get(shape, element, MemRefLayoutAttrInterface(),
                              b.getI64IntegerAttr(3));
  return memref::AllocaOp::create(b, kernel.loc, type,
                                  b.getI64IntegerAttr(16));
}

Value DeviceGroup::exchangeWord(Value word, int64_t distance) {
  return callIntrinsic(
      kernel, "llvm.nvvm.shfl.sync.bfly.i32", word.getType(),
      {mask, word, integer(kernel, distance), integer(kernel, warp - 1)});
}

/// `value` of the thread whose number differs in the bit `distance`.
Value DeviceGroup::exchange(Value value, int64_t distance) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Type type = value.getType();
  Type i32 = b.getI32Type(), i64 = b.getI64Type();
  if (type.isIndex()) {
    Value wide = arith::IndexCastOp::create(b, loc, i64, value);
    return arith::IndexCastOp::create(b, loc, type, exchange(wide, distance));
  }
  unsigned bits = type.getIntOrFloatBitWidth();
  if (isa<FloatType>(type)) {
    Type same = b.getIntegerType(bits);
    Value word = arith::BitcastOp::create(b, loc, same, value);
    return arith::BitcastOp::create(b, loc, type, exchange(word, distance));
  }
  if (bits < 32) {
    Value wide = arith::ExtUIOp::create(b, loc, i32, value);
    return arith::TruncIOp::create(b, loc, type, exchangeWord(wide, distance));
  }
  if (bits == 32)
    return exchangeWord(value, distance);
  Value half = arith::ConstantIntOp::create(b, loc, 32, 64);
  Value low = arith::TruncIOp::create(b, loc, i32, value);
  Value high = arith::TruncIOp::create(
      b, loc, i32, arith::ShRUIOp::create(b, loc, value, half));
  auto widened = [&](Value word) -> Value {
    return arith::ExtUIOp::create(b, loc, i64, exchangeWord(word, distance));
  };
  Value upper = arith::ShLIOp::create(b, loc, widened(high), half);
  return arith::OrIOp::create(b, loc, upper, widened(low));
}

/// Combines what `lanes` neighbouring threads have, each `apart`-th.
Values DeviceGroup::reduceLanes(ValueRange values, int64_t lanes,
                                int64_t apart, Combine combine) {
  Values own(values);
  for (int64_t distance = lanes / 2; distance >= apart; distance /= 2) {
    Values others;
    for (Value value : own)
      others.push_back(exchange(value, distance));
    own = combine(own, others);
  }
  return own;
}

/// Combines what all warps have left, in `apart` places each.
Values DeviceGroup::reduceWarps(ArrayRef<Value> memories, int64_t apart,
                                Combine combine) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  int64_t warps = threads / warp;
  auto read = [&](Value place) {
    Values parts;
    for (Value memory : memories)
      parts.push_back(memref::LoadOp::create(b, loc, memory, place));
    return parts;
  };
  if (apart == 1) {
    Value other =
        arith::RemUIOp::create(b, loc, number, kernel.index(warps));
    return reduceLanes(read(other), warps, 1, combine);
  }
  Value place = arith::RemUIOp::create(b, loc, number, kernel.index(apart));
  Values result = read(place);
  for (int64_t other = 1; other < warps; ++other)
    result = combine(result, read(kernel.add(place, other * apart)));
  return result;
}

Values DeviceGroup::reduce(ValueRange values, Combine combine, int64_t apart) {
  if (threads <= warp)
    return reduceLanes(values, threads, apart, combine);
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Values own = reduceLanes(values, warp, apart, combine);
  Value mine = arith::DivUIOp::create(b, loc, number, kernel.index(warp));
  if (apart > 1)
    mine = arith::AddIOp::create(
        b, loc, kernel.mul(mine, apart),
        arith::RemUIOp::create(b, loc, number, kernel.index(apart)));
  Values memories;
  for (Value value : own)
    memories.push_back(shared({threads / warp * apart}, value.getType()));
  barrier(); // nobody reads what an earlier exchange left
  for (auto [value, memory] : llvm::zip(own, memories))
    memref::StoreOp::create(b, loc, value, memory, mine);
  barrier();
  return reduceWarps(memories, apart, combine);
}
