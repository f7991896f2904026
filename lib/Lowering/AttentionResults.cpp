//===- AttentionResults.cpp - Sums of attention to result rows ------------===//
// Divides the sums of a group of queries, turns them back into rows and writes
// them, and the log-sum-exp beside them.
//===----------------------------------------------------------------------===//
#include "AttentionEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

static constexpr double infinity = std::numeric_limits<double>::infinity();

/// turned[lane][d] from `size` vectors of lanes that `row` gives.
void AttentionTiles::turnRows(int64_t size, llvm::function_ref<Value(Value)> row) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  int64_t block = blockSize(size), whole = size / block * block;
  (void)kernel.forLoop(kernel.index(0), kernel.index(whole), block, [&](Value d) {
    SmallVector<Value> rows;
    for (int64_t r = 0; r < block; ++r)
      rows.push_back(row(kernel.add(d, r)));
    for (int64_t lane = 0; lane < lanes; lane += block) {
      SmallVector<Value> tile;
      for (Value wide : rows)
        tile.push_back(vector::ShuffleOp::create(
            b, loc, wide, wide, llvm::to_vector(llvm::seq(lane, lane + block))));
      turnTile(kernel, tile);
      for (auto [r, line] : llvm::enumerate(tile))
        storeRow(line, turned, kernel.add(d, (lane + int64_t(r)) * size));
    }
    return success();
  });
  (void)kernel.forLoop(kernel.index(whole), kernel.index(size), 1, [&](Value d) {
    Value x = row(d);
    for (int64_t lane = 0; lane < lanes; ++lane) {
      Value element = vector::ExtractOp::create(b, loc, x, lane);
      memref::StoreOp::create(b, loc, element, turned, kernel.add(d, lane * size));
    }
    return success();
  });
}

/// Divides the sums of a group and turns them: turned[lane][d].
void AttentionEmitter::turnSums(Value group, Value total) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value zero = kernel.constant(vectorType, 0), one = kernel.constant(vectorType, 1);
  Value empty = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, total, zero);
  Value inverse = arith::DivFOp::create(b, loc, one, select(empty, one, total));
  Value base = kernel.mul(group, valueDepth * lanes);
  turnRows(valueDepth, [&](Value d) -> Value {
    Value x = loadRow(sums, kernel.add(base, kernel.mul(d, lanes)));
    return select(empty, zero, arith::MulFOp::create(b, loc, x, inverse));
  });
}

LogicalResult AttentionEmitter::writeGroup(Value group, Value firstQuery) {
  Value at = kernel.mul(group, lanes);
  turnSums(group, loadRow(totals, at));
  Value rows = smaller(sub(queryCount, firstQuery), kernel.index(lanes));
  return kernel.forLoop(kernel.index(0), rows, 1, [&](Value lane) {
    Value row = kernel.add(firstQuery, lane);
    if (forward.getLogSumExp() &&
        failed(writeLogSumExp(row, kernel.add(at, lane))))
      return failure();
    return writeRow(row, kernel.mul(lane, valueDepth));
  });
}

/// log(sum of exp(score)) of query `row`, whose state lies at `at`.
LogicalResult AttentionEmitter::writeLogSumExp(Value row, Value at) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value total = memref::LoadOp::create(b, loc, totals, at);
  Value top = memref::LoadOp::create(b, loc, maxima, at);
  Value empty = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, total,
                                      kernel.constant(accumulator, 0));
  Value sum = arith::AddFOp::create(b, loc, top, math::LogOp::create(b, loc, total));
  sum = select(empty, kernel.constant(accumulator, -infinity), sum);
  SmallVector<Value> indices = {batch, head, row};
  if (packed)
    indices = {kernel.add(row, queryStart), head};
  if (part)
    indices.insert(indices.begin(), part);
  return kernel.store(forward.getLogSumExp(), narrow(sum, forward.getLogSumExp()), indices);
}

/// The elements of a result row, a register at a time.
LogicalResult AttentionEmitter::writeRow(Value row, Value from) {
  Value place = kernel.add(row, queryStart);
  SmallVector<Value> indices = {batch, head, place};
  if (packed)
    indices = {place, head};
  else if (op.layout == AttentionLayout::BSHD)
    indices = {batch, place, head};
  if (part)
    indices.insert(indices.begin(), part);
  auto write = [&](Value d, int64_t count) {
    Value x = loadBlock(turned, kernel.add(from, d), count);
    if (count == 1)
      x = vector::ExtractOp::create(kernel.builder, kernel.loc, x, 0);
    SmallVector<Value> at(indices);
    at.push_back(d);
    return kernel.store(forward.getResults(), narrow(x, forward.getResults()),
                        Position(at, count, at.size() - 1));
  };
  int64_t block = blockSize(valueDepth), whole = valueDepth / block * block;
  if (failed(kernel.forLoop(kernel.index(0), kernel.index(whole), block,
                            [&](Value d) { return write(d, block); })))
    return failure();
  return kernel.forLoop(kernel.index(whole), kernel.index(valueDepth), 1,
                        [&](Value d) { return write(d, 1); });
}
