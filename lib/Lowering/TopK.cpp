//===- TopK.cpp - The largest elements of each line -----------------------===//
// Element and index become one integer that orders as they do: equal elements
// differ by their index, so the order is total and the result stable. A heap
// of the k best so far (its root the worst of them) is kept while a line is
// read, and then sorted in place.
//===----------------------------------------------------------------------===//
#include "AxisLines.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace lacuna;

/// Heaps up to this size lie on the stack.
static constexpr int64_t stackBytes = 64 << 10;

namespace {
/// Emits one top_k.
class TopKEmitter {
public:
  TopKEmitter(KernelBuilder &kernel, TopKOp op) : kernel(kernel), op(op) {}
  LogicalResult emit();

private:
  LogicalResult emitLine(Position at);
  LogicalResult fill(Position &at);
  LogicalResult write(Position &at);
  FailureOr<Value> entry(Position &at, Value place);
  Value orderedBits(Value element);
  void siftDown(Value start, Value count);
  Value load(Value place) {
    return memref::LoadOp::create(kernel.builder, kernel.loc, heap, place);
  }
  void store(Value value, Value place) {
    memref::StoreOp::create(kernel.builder, kernel.loc, value, heap, place);
  }
  Value integer(Type type, const APInt &value) {
    return arith::ConstantOp::create(
        kernel.builder, kernel.loc,
        kernel.builder.getIntegerAttr(
            type, value.sextOrTrunc(type.getIntOrFloatBitWidth())));
  }
  Value shiftOf(Type type) { return integer(type, APInt(64, bits)); }

  KernelBuilder &kernel;
  TopKOp op;
  int64_t axis = 0, k = 0;
  /// Width of the key and of the index in an entry.
  unsigned bits = 32;
  Type wide;
  Value heap;
};
} // namespace

/// A signed integer of `bits` that orders as `element` does, NaN above all.
Value TopKEmitter::orderedBits(Value element) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Type type = b.getIntegerType(bits);
  if (element.getType().isIndex())
    return arith::IndexCastOp::create(b, loc, type, element);
  if (element.getType().isInteger(1))
    return arith::ExtUIOp::create(b, loc, type, element);
  if (element.getType().isInteger())
    return element.getType() == type
               ? element
               : Value(arith::ExtSIOp::create(b, loc, type, element));
  Value x = widenElement(kernel, element);
  // -0 + 0 is +0: the two are equal.
  Value zero = kernel.constant(x.getType(), 0);
  Value nan = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, x, x);
  x = arith::AddFOp::create(b, loc, x, zero);
  Value raw = arith::BitcastOp::create(b, loc, type, x);
  // Negative numbers order backwards: flip all but the sign.
  Value sign = arith::ShRSIOp::create(b, loc, raw,
                                      integer(type, APInt(64, bits - 1)));
  Value mask = arith::AndIOp::create(
      b, loc, sign, integer(type, APInt::getSignedMaxValue(bits)));
  Value ordered = arith::XOrIOp::create(b, loc, raw, mask);
  return arith::SelectOp::create(
      b, loc, nan, integer(type, APInt::getSignedMaxValue(bits)), ordered);
}

/// Key and index of the element at `place` of the line; more is better.
FailureOr<Value> TopKEmitter::entry(Position &at, Value place) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  at.indices[axis] = place;
  FailureOr<Value> element = kernel.load(op.getInput(), at);
  if (failed(element))
    return failure();
  Value key = orderedBits(*element);
  Value ones = integer(key.getType(), APInt::getAllOnes(64));
  if (op.getKind() == Extreme::Min)
    key = arith::XOrIOp::create(b, loc, key, ones);
  Value index = arith::IndexCastOp::create(b, loc, key.getType(), place);
  // The lower index is the better one.
  index = arith::XOrIOp::create(b, loc, index, ones);
  Value high = arith::ShLIOp::create(
      b, loc, arith::ExtSIOp::create(b, loc, wide, key), shiftOf(wide));
  return Value(arith::OrIOp::create(
      b, loc, high, arith::ExtUIOp::create(b, loc, wide, index)));
}

/// Lets the entry at `start` sink to its place among the first `count`.
void TopKEmitter::siftDown(Value start, Value count) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value sinking = load(start);
  auto smaller = [&](Value l, Value r) -> Value {
    return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, l, r);
  };
  auto select = [&](Value c, Value yes, Value no) -> Value {
    return arith::SelectOp::create(b, loc, c, yes, no);
  };
  Type index = b.getIndexType();
  auto loop = scf::WhileOp::create(b, loc, TypeRange{index, wide, index}, start);
  OpBuilder::InsertionGuard guard(b);
  Block *test = b.createBlock(&loop.getBefore(), {}, index, loc);
  Value at = test->getArgument(0);
  Value left = kernel.add(kernel.mul(at, 2), 1), right = kernel.add(left, 1);
  Value has = smaller(left, count);
  left = select(has, left, at);
  right = select(smaller(right, count), right, left);
  Value l = load(left), r = load(right);
  Value useRight = smaller(r, l);
  Value child = select(useRight, right, left), value = select(useRight, r, l);
  Value goes = arith::AndIOp::create(b, loc, has, smaller(value, sinking));
  scf::ConditionOp::create(b, loc, goes, ValueRange{child, value, at});
  Block *step = b.createBlock(&loop.getAfter(), {}, {index, wide, index},
                              {loc, loc, loc});
  store(step->getArgument(1), step->getArgument(2));
  scf::YieldOp::create(b, loc, ValueRange{step->getArgument(0)});
  b.setInsertionPointAfter(loop);
  store(sinking, loop.getResult(2));
}

/// The k best entries of the line, as a heap.
LogicalResult TopKEmitter::fill(Position &at) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value count = kernel.index(k), zero = kernel.index(0);
  auto put = [&](Value i) -> LogicalResult {
    FailureOr<Value> e = entry(at, i);
    if (failed(e))
      return failure();
    store(*e, i);
    return success();
  };
  if (failed(kernel.forLoop(zero, count, 1, put)))
    return failure();
  (void)kernel.forLoop(zero, kernel.index(k / 2), 1, [&](Value i) {
    siftDown(arith::SubIOp::create(b, loc, kernel.index(k / 2 - 1), i), count);
    return success();
  });
  Value size = kernel.index(shapeOf(op.getInput())[axis]);
  return kernel.forLoop(count, size, 1, [&](Value i) -> LogicalResult {
    FailureOr<Value> e = entry(at, i);
    if (failed(e))
      return failure();
    Value better = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sgt, *e,
                                         load(zero));
    return kernel.branch(better, [&] {
      store(*e, zero);
      siftDown(zero, count);
      return success();
    });
  });
}

/// Elements and indices of the sorted entries.
LogicalResult TopKEmitter::write(Position &at) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Type narrow = b.getIntegerType(bits);
  return kernel.forLoop(
      kernel.index(0), kernel.index(k), 1, [&](Value i) -> LogicalResult {
        Value index = arith::TruncIOp::create(b, loc, narrow, load(i));
        index = arith::XOrIOp::create(
            b, loc, index, integer(narrow, APInt::getAllOnes(64)));
        Value place =
            arith::IndexCastOp::create(b, loc, b.getIndexType(), index);
        at.indices[axis] = place;
        FailureOr<Value> element = kernel.load(op.getInput(), at);
        if (failed(element))
          return failure();
        Type type = elementTypeOf(op.getIndices());
        Value shown = type.isIndex() ? place
                                     : Value(arith::IndexCastOp::create(
                                           b, loc, type, place));
        at.indices[axis] = i;
        return kernel.store(
            {{op.getValues(), *element}, {op.getIndices(), shown}}, at);
      });
}

LogicalResult TopKEmitter::emitLine(Position at) {
  OpBuilder &b = kernel.builder;
  if (failed(fill(at)))
    return failure();
  // The worst goes to the end, again and again.
  (void)kernel.forLoop(kernel.index(1), kernel.index(k), 1, [&](Value done) {
    Value end = arith::SubIOp::create(b, kernel.loc, kernel.index(k), done);
    Value worst = load(kernel.index(0));
    store(load(end), kernel.index(0));
    store(worst, end);
    siftDown(kernel.index(0), end);
    return success();
  });
  return write(at);
}

LogicalResult TopKEmitter::emit() {
  ArrayRef<int64_t> shape = shapeOf(op.getInput());
  axis = *axisFromFront(op.getAxis(), shape.size());
  k = op.getK();
  Type element = elementTypeOf(op.getInput());
  bool big = element.isIndex() || element.getIntOrFloatBitWidth() > 32;
  bits = big || shape[axis] > INT32_MAX ? 64 : 32;
  wide = kernel.builder.getIntegerType(2 * bits);
  if (k == 0) {
    kernel.setRange(0, 1);
    return success();
  }
  auto type = MemRefType::get({k}, wide);
  bool large = k * bits / 4 > stackBytes;
  heap = large ? Value(memref::AllocOp::create(kernel.builder, kernel.loc, type))
               : kernel.scratch({k}, wide);
  LogicalResult done = forAxisLines(kernel, shape, axis, 1,
                                    [&](Position at) { return emitLine(at); });
  if (large)
    memref::DeallocOp::create(kernel.builder, kernel.loc, heap);
  return done;
}

static LogicalResult emitTopK(KernelBuilder &kernel, Operation *root) {
  return TopKEmitter(kernel, cast<TopKOp>(root)).emit();
}

void lacuna::registerTopKEmitters(EmitterTable &table) {
  table.add<TopKOp>(emitTopK);
}
