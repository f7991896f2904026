//===- AttentionBackward.cpp - Tiled gradient of attention ----------------===//
// A task owns every `splits`-th tile of keys of one key head. For each tile it
// walks the queries that see it, computes their scores again, and adds up the
// cotangents of keys and values in scratch and those of queries in the task's
// own part of the result, all in program order: the same sums on any number of
// threads. Probabilities come from the log-sum-exp of the forward direction
// (Dao, "FlashAttention-2", arXiv 2307.08691, algorithm 2).
//===----------------------------------------------------------------------===//
#include "AttentionBackward.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

/// Tiles of keys are as high as their sums fill half of the second-level
/// cache: what is packed of the queries is packed once a tile.
void AttentionBackwardEmitter::chooseKeyTile() {
  int64_t width = accumulator.getIntOrFloatBitWidth() / 8;
  int64_t bytes = std::max<int64_t>((depth + valueDepth) * width, 1);
  int64_t blocks = (kernel.target.l2Bytes / 2) / (bytes * tileRows);
  int64_t needed = llvm::divideCeil(std::max<int64_t>(staticKeys, 1), tileRows);
  keyTile = tileRows * std::clamp<int64_t>(blocks, 1, std::min<int64_t>(32, needed));
  columns = RegisterTile::forTarget(kernel.target, accumulator).lanes;
}

AttentionBackwardEmitter::Sums
AttentionBackwardEmitter::allocateSums(int64_t size) {
  Sums sums;
  sums.size = size;
  sums.padded = llvm::alignTo(size, columns);
  sums.buffer = kernel.scratch({keyTile * sums.padded}, accumulator);
  return sums;
}

void AttentionBackwardEmitter::allocateScratch() {
  panels = kernel.scratch({depth * lanes}, accumulator);
  outputPanels = kernel.scratch({valueDepth * lanes}, accumulator);
  scores = kernel.scratch({keyTile * lanes}, accumulator);
  cotangents = kernel.scratch({keyTile * lanes}, accumulator);
  if (!op.score->empty() || op.softCap)
    raws = kernel.scratch({keyTile * lanes}, accumulator);
  if (hasMaskMatrix())
    masks = kernel.scratch({keyTile * lanes}, accumulator);
  shifts = kernel.scratch({lanes}, accumulator);
  products = kernel.scratch({lanes}, accumulator);
  keySums = allocateSums(depth);
  valueSums = allocateSums(valueDepth);
  queryRows = kernel.scratch({lanes * keySums.padded}, accumulator);
  outputRows = kernel.scratch({lanes * valueSums.padded}, accumulator);
  querySums = kernel.scratch({depth * lanes}, accumulator);
  turned = kernel.scratch({lanes * depth}, accumulator);
}

bool AttentionBackwardEmitter::isWritten(Value result) {
  return result && llvm::is_contained(kernel.yields(), result);
}

LogicalResult AttentionBackwardEmitter::clear(Value buffer, Value begin,
                                              Value end) {
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  Value zero = kernel.constant(element, 0);
  return kernel.forLoop(begin, end, 1, [&](Value i) {
    memref::StoreOp::create(kernel.builder, kernel.loc, zero, buffer, i);
    return success();
  });
}

/// The rows of `count` sequence entries, and of packed operands those in front
/// of the first sequence and behind the last one.
LogicalResult AttentionBackwardEmitter::clearQueries() {
  Value buffer = queryCotangent.buffer;
  if (!buffer)
    return success();
  Value group = kernel.index(heads / keyHeads);
  return kernel.forLoop(kernel.index(0), group, 1, [&](Value member) {
    head = kernel.add(kernel.mul(keyHead, heads / keyHeads), member);
    Value begin = queryStart, end = kernel.add(queryStart, queryCount);
    if (packed) {
      auto at = [&](Value condition, Value a, Value b) {
        return select(condition, a, b);
      };
      Value first = compare(arith::CmpIPredicate::eq, batchIndex, kernel.index(0));
      Value last = compare(arith::CmpIPredicate::eq, batchIndex,
                           kernel.index(batches - 1));
      begin = at(first, kernel.index(0), begin);
      end = at(last, kernel.index(staticQueries), end);
    }
    return kernel.forLoop(begin, end, 1, [&](Value row) {
      Value from = kernel.add(rowOffset(queryCotangent, head, row), split);
      return clear(buffer, from, kernel.add(from, depth));
    });
  });
}

/// Keys and values of packed operands that no sequence has.
LogicalResult AttentionBackwardEmitter::clearBetween() {
  if (!packed)
    return success();
  auto write = [&](Value result, int64_t size, Value row) {
    if (!isWritten(result))
      return success();
    Value zero = kernel.constant(elementTypeOf(result), 0);
    return kernel.forLoop(kernel.index(0), kernel.index(size), 1, [&](Value d) {
      return kernel.store(result, zero, SmallVector<Value>{row, keyHead, d});
    });
  };
  auto rows = [&](Value begin, Value end) {
    return kernel.forLoop(begin, end, 1, [&](Value row) -> LogicalResult {
      if (failed(write(backward.getDKey(), depth, row)))
        return failure();
      return write(backward.getDValue(), valueDepth, row);
    });
  };
  Value zero = kernel.index(0), total = kernel.index(staticKeys);
  Value first = compare(arith::CmpIPredicate::eq, batchIndex, zero);
  Value last = compare(arith::CmpIPredicate::eq, batchIndex,
                       kernel.index(batches - 1));
  if (failed(rows(zero, select(first, keyStart, zero))))
    return failure();
  return rows(select(last, kernel.add(keyStart, keyCount), total), total);
}

/// One group of queries of one head against one tile of keys.
LogicalResult AttentionBackwardEmitter::emitGroup(Value first, Value firstKey,
                                                  Value keys) {
  Value zero = kernel.index(0);
  Value lastKey = kernel.add(firstKey, sub(keys, kernel.index(1)));
  if (failed(packGroup(first)) ||
      failed(multiplyKeys(key, depth, panels, zero, scores, firstKey, keys)) ||
      failed(multiplyKeys(value, valueDepth, outputPanels, zero, cotangents,
                          firstKey, keys)))
    return failure();
  if (raws)
    (void)kernel.forLoop(zero, keys, 1, [&](Value local) {
      Value at = kernel.mul(local, lanes);
      storeRow(loadRow(scores, at), raws, at);
      return success();
    });
  if (failed(adjustTile(first, firstKey, keys, isPartial(first, firstKey, lastKey))) ||
      failed(differentiateTile(first, firstKey, keys)))
    return failure();
  if (isWritten(backward.getDValue()) &&
      failed(addToKeys(valueSums, scores, outputRows, keys)))
    return failure();
  if (isWritten(backward.getDKey()) &&
      failed(addToKeys(keySums, cotangents, queryRows, keys)))
    return failure();
  return queryCotangent.buffer ? addToQueries(first, firstKey, keys) : success();
}

/// All queries that may see one of the keys.
LogicalResult AttentionBackwardEmitter::emitQueries(Value firstKey, Value keys) {
  OpBuilder &b = kernel.builder;
  Value zero = kernel.index(0), start = zero, stop = queryCount;
  if (boundedRight) {
    start = larger(sub(sub(firstKey, kernel.index(right)), alignment), zero);
    Value group = arith::DivUIOp::create(b, kernel.loc, start, kernel.index(lanes));
    start = kernel.mul(group, lanes);
  }
  if (boundedLeft) {
    Value last = sub(kernel.add(kernel.add(firstKey, keys), left), alignment);
    stop = larger(smaller(stop, last), zero);
  }
  return kernel.forLoop(start, stop, lanes, [&](Value first) {
    return emitGroup(first, firstKey, keys);
  });
}

/// All cotangents of scores with a tile of keys: of some nothing comes.
LogicalResult AttentionBackwardEmitter::clearScores(Value firstKey, Value keys) {
  Value scores = backward.getDScores();
  if (!isWritten(scores))
    return success();
  Value zero = kernel.constant(accumulator, 0);
  return kernel.forLoop(kernel.index(0), queryCount, 1, [&](Value row) {
    return kernel.forLoop(kernel.index(0), keys, 1, [&](Value local) {
      return kernel.store(scores, zero,
                          Values{batch, head, row, kernel.add(firstKey, local)});
    });
  });
}

/// One tile of keys.
LogicalResult AttentionBackwardEmitter::emitKeys(Value firstKey) {
  Value zero = kernel.index(0), group = kernel.index(heads / keyHeads);
  Value keys = smaller(sub(keyCount, firstKey), kernel.index(keyTile));
  for (const Sums &sums : {keySums, valueSums})
    if (failed(clear(sums.buffer, zero, kernel.index(keyTile * sums.padded))))
      return failure();
  Value isSeen = compare(arith::CmpIPredicate::slt, firstKey, keyLimit);
  LogicalResult done = kernel.forLoop(zero, group, 1, [&](Value member) -> LogicalResult {
    head = kernel.add(kernel.mul(keyHead, heads / keyHeads), member);
    if (failed(clearScores(firstKey, keys)))
      return failure();
    return kernel.branch(isSeen, [&] { return emitQueries(firstKey, keys); });
  });
  if (failed(done) ||
      failed(writeKeys(backward.getDKey(), keySums, firstKey, keys)))
    return failure();
  return writeKeys(backward.getDValue(), valueSums, firstKey, keys);
}

LogicalResult AttentionBackwardEmitter::emit() {
  if (failed(prepare()))
    return failure();
  for (Value tensor : {backward.getOutput(), backward.getDOutput()})
    if (!kernel.inputBuffer(tensor))
      return backward.emitOpError("operands must be buffers");
  chooseKeyTile();
  allocateScratch();
  output = operand(backward.getOutput());
  outputCotangent = operand(backward.getDOutput());
  queryCotangent = query;
  queryCotangent.buffer = kernel.outputBuffer(backward.getDQuery());
  if (queryCotangent.buffer)
    queryCotangent.buffer = flatten(kernel, queryCotangent.buffer);
  for (Value rows : {queryRows, outputRows}) // padding stays 0
    if (failed(clear(rows, kernel.index(0),
                     kernel.index(cast<MemRefType>(rows.getType()).getNumElements()))))
      return failure();
  int64_t splits = backward.getSplits();
  int64_t part = cast<RankedTensorType>(op.query.getType()).getNumElements();
  return kernel.parallelLoop({batches, keyHeads, splits}, 1, [&](ValueRange at) -> LogicalResult {
    batch = at[0];
    keyHead = at[1];
    split = kernel.mul(at[2], part);
    if (failed(readLengths()) || failed(clearQueries()) || failed(clearBetween()))
      return failure();
    Value first = kernel.mul(at[2], keyTile);
    return kernel.forLoop(first, keyCount, splits * keyTile,
                          [&](Value firstKey) { return emitKeys(firstKey); });
  });
}

LogicalResult lacuna::emitAttentionBackward(KernelBuilder &kernel, Operation *root) {
  return AttentionBackwardEmitter(kernel, cast<AttentionBackwardOp>(root)).emit();
}
