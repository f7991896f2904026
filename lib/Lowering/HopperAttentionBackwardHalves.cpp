//===- HopperAttentionBackwardHalves.cpp - Gradients of deep heads --------===//
// 64 keys and two warpgroups: one computes probabilities and the sums for
// values, the other cotangents of scores and the sums for keys. Probabilities
// pass through shared memory, to the thread of the same place. The product of
// the next tile of queries runs beside the sum over this one.
//===----------------------------------------------------------------------===//
#include "HopperAttentionBackward.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

/// Scores, or cotangents of probabilities, of keys as rows.
Value HopperAttentionBackward::issue(bool isValue, const Step &step) {
  Value stage = stageOf(step.step);
  Loaded which = isValue ? Queries : Outputs;
  BarrierWaitOp::create(b, slot(rowBarriers(which).full, stage),
                        phaseOf(step.step));
  int64_t offset = isValue ? shape.queryOffset() : shape.outputOffset();
  int64_t bytes = isValue ? shape.queryBytes() : shape.outputBytes();
  return multiplyRows(isValue ? keyMatrix : valueMatrix, shape.keyTile,
                      b.add(at(offset), b.mul(stage, bytes)), shape.queryTile,
                      isValue ? shape.keyPanels : shape.valuePanels);
}

Value HopperAttentionBackward::sumHalf(Value sums, Value words, bool isValue,
                                       Value step) {
  Value stage = stageOf(step);
  Loaded which = isValue ? Outputs : Queries;
  BarrierWaitOp::create(b, slot(rowBarriers(which).full, stage), phaseOf(step));
  int64_t offset = isValue ? shape.outputOffset() : shape.queryOffset();
  int64_t bytes = isValue ? shape.outputBytes() : shape.queryBytes();
  return addProduct(sums, words, b.add(at(offset), b.mul(stage, bytes)),
                    shape.queryTile);
}

/// Four by four: threads lie together.
void HopperAttentionBackward::givePieces(const Step &step,
                                         ArrayRef<Value> pieces) {
  Value buffer = b.bitAnd(step.step, 1);
  Value parity = b.bitAnd(b.div(step.step, 2), 1);
  BarrierWaitOp::create(b, slot(sumBarriers().empty, buffer),
                        b.bitXor(parity, b.number(1)));
  Value start =
      b.add(b.add(at(shape.scoreOffset()), b.mul(buffer, shape.scoreBytes())),
            b.mul(b.bitAnd(thread, 127), 16));
  for (size_t i = 0; i < pieces.size(); i += 4)
    LLVM::StoreOp::create(b, b.vectorOf(pieces.slice(i, 4)),
                          b.sharedPointer(b.add(start, i / 4 * 2048)), 16);
  WarpBarrierOp::create(b);
  BarrierArriveOp::create(b, slot(sumBarriers().full, buffer), isLeader,
                          Value());
}

Values HopperAttentionBackward::takePieces(const Step &step) {
  Value buffer = b.bitAnd(step.step, 1);
  BarrierWaitOp::create(b, slot(sumBarriers().full, buffer),
                        b.bitAnd(b.div(step.step, 2), 1));
  Value start =
      b.add(b.add(at(shape.scoreOffset()), b.mul(buffer, shape.scoreBytes())),
            b.mul(b.bitAnd(thread, 127), 16));
  auto type = VectorType::get({4}, b.getF32Type());
  Values result;
  for (int64_t i = 0; i < shape.queryTile / 2; i += 4) {
    Value pointer = b.sharedPointer(b.add(start, i / 4 * 2048));
    llvm::append_range(result,
                       b.elements(LLVM::LoadOp::create(b, type, pointer, 16)));
  }
  WarpBarrierOp::create(b);
  BarrierArriveOp::create(b, slot(sumBarriers().empty, buffer), isLeader,
                          Value());
  return result;
}

/// What the warpgroup makes of its product, for its sums.
Values HopperAttentionBackward::half(const Tile &tile, const Step &step,
                                     const Spot &spot, bool isValue,
                                     bool masked, Value product) {
  release(isValue ? Queries : Outputs, stageOf(step.step));
  if (!isValue)
    return changes(takePieces(step), product, step);
  Values slopes;
  Values chances = probabilities(tile, step, spot, masked, product, slopes);
  givePieces(step, sloped(chances, slopes));
  return chances;
}

void HopperAttentionBackward::emitHalf(const Tile &tile, bool isValue) {
  int64_t panels = isValue ? shape.valuePanels : shape.keyPanels;
  int64_t count = panels * 32;
  bool hides = shape.masked() || shape.hasTail(shape.keyTile);
  Step first;
  first.number = tile.first;
  first.head = b.mul(tile.keyHead, shape.group());
  first.step = b.number(0);
  Value product = issue(isValue, first);
  Spot spot = isValue ? spotOf(tile, first, hides) : Spot();
  b.waitFor(product, {}, 0);
  Values carried(count, b.real(0));
  Value words = packed(half(tile, first, spot, isValue, hides, product));
  llvm::append_range(carried, b.elements(words));
  auto split = [&](ValueRange all) {
    return std::pair(b.vectorOf(Values(all.take_front(count))),
                     b.vectorOf(Values(all.drop_front(count))));
  };
  auto body = [&](Step step, bool masked, ValueRange values) {
    auto [sums, words] = split(values);
    Value before = b.add(step.step, -1);
    Value product = issue(isValue, step);
    Value next = sumHalf(sums, words, isValue, before);
    Spot spot = isValue ? spotOf(tile, step, masked) : Spot();
    b.waitFor(product, {}, 1);
    Values pieces = half(tile, step, spot, isValue, masked, product);
    b.waitFor(next, words, 0);
    release(isValue ? Outputs : Queries, stageOf(before));
    Values result = b.elements(next);
    llvm::append_range(result, b.elements(packed(pieces)));
    return result;
  };
  carried = forSteps(tile, /*split=*/true, carried, body, /*skipFirst=*/true);
  auto [sums, last] = split(carried);
  Value steps = b.mul(tile.count, shape.group());
  Value total = sumHalf(sums, last, isValue, b.add(steps, -1));
  b.waitFor(total, last, 0);
  Values results = b.elements(total);
  if (!isValue)
    for (Value &sum : results)
      sum = b.fmul(sum, b.real(shape.scale));
  // What is behind the last sequence is of no account, but may be no number.
  if (shape.sequences)
    for (Value &sum : results)
      sum = b.select(b.greater(tile.queries, b.number(0)), sum, b.real(0));
  // What was read is done with.
  NamedBarrierOp::create(b, b.number(3), 256, /*arrive=*/false);
  writePanels(tile, results, isValue ? shape.valueOffset() : 0,
              isValue ? 6 : 5);
}

void HopperAttentionBackward::emitHalves(const Tile &tile) {
  startThread(/*split=*/true);
  keyMatrix = b.descriptor(base, 16);
  valueMatrix = b.descriptor(at(shape.valueOffset()), 16);
  BarrierWaitOp::create(b, at(keyBarrier()), b.number(0));
  BarrierWaitOp::create(b, at(valueBarrier()), b.number(0));
  b.branch(b.equal(group, 0), [&] { emitHalf(tile, /*isValue=*/true); });
  b.branch(b.equal(group, 1), [&] { emitHalf(tile, /*isValue=*/false); });
  b.branch(isFirst, [&] { StoreWaitOp::create(b); });
}
