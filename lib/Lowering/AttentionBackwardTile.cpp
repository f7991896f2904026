//===- AttentionBackwardTile.cpp - One tile of attention's gradient -------===//
// Scores to probabilities and back, and the three products that add a tile to
// the cotangents. Queries lie along the lanes as in the forward direction;
// sums over queries have features along the lanes.
//===----------------------------------------------------------------------===//
#include "AttentionBackward.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

/// One row of an operand times `factor` to rows[lane]; zeros where there is no
/// such query.
LogicalResult AttentionBackwardEmitter::copyRow(const Operand &operand,
                                                const Sums &like, double factor,
                                                Value row, Value lane,
                                                Value isRow, Value target) {
  Value from = rowOffset(operand, head, row);
  Value to = kernel.mul(lane, like.padded);
  auto copy = [&](Value d, int64_t count) {
    Value x = loadBlock(operand.buffer, kernel.add(from, d), count);
    Value scale = kernel.constant(x.getType(), factor);
    x = arith::MulFOp::create(kernel.builder, kernel.loc, x, scale);
    storeRow(select(isRow, x, kernel.constant(x.getType(), 0)), target,
             kernel.add(to, d));
    return success();
  };
  int64_t block = blockSize(like.size), whole = like.size / block * block;
  if (failed(kernel.forLoop(kernel.index(0), kernel.index(whole), block,
                            [&](Value d) { return copy(d, block); })))
    return failure();
  return kernel.forLoop(kernel.index(whole), kernel.index(like.size), 1,
                        [&](Value d) { return copy(d, 1); });
}

/// sum over d of output and its cotangent in one row.
Value AttentionBackwardEmitter::productOfRows(Value row) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value left = rowOffset(output, head, row);
  Value right = rowOffset(outputCotangent, head, row);
  int64_t block = blockSize(valueDepth), whole = valueDepth / block * block;
  auto add = [&](int64_t count) {
    return [&, count](Value d, ValueRange carried) -> FailureOr<Values> {
      Value x = loadBlock(output.buffer, kernel.add(left, d), count);
      Value y = loadBlock(outputCotangent.buffer, kernel.add(right, d), count);
      return Values{math::FmaOp::create(b, loc, x, y, carried[0])};
    };
  };
  Value none = kernel.constant(VectorType::get({block}, accumulator), 0);
  Value sums = (*kernel.forLoop(kernel.index(0), kernel.index(whole), block,
                                none, add(block)))[0];
  Value sum = vector::ReductionOp::create(b, loc, vector::CombiningKind::ADD, sums);
  Value one = vector::BroadcastOp::create(
      b, loc, VectorType::get({1}, accumulator), sum);
  Value rest = (*kernel.forLoop(kernel.index(whole), kernel.index(valueDepth), 1,
                                one, add(1)))[0];
  return vector::ExtractOp::create(b, loc, rest, 0);
}

/// All that is read of a group of queries: both operands as panels and as
/// rows, log-sum-exps and products. A lane without a query has probability 0.
LogicalResult AttentionBackwardEmitter::packGroup(Value first) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Value zero = kernel.index(0);
  if (failed(packRows(query, depth, scaleFactor, first, panels, zero)) ||
      failed(packRows(outputCotangent, valueDepth, 1, first, outputPanels, zero)))
    return failure();
  Value lastRow = sub(queryCount, kernel.index(1));
  return kernel.forLoop(zero, kernel.index(lanes), 1, [&](Value lane) -> LogicalResult {
    Value number = kernel.add(first, lane);
    Value isRow = compare(arith::CmpIPredicate::slt, number, queryCount);
    Value local = smaller(number, lastRow), row = kernel.add(local, queryStart);
    Values at{batch, head, local};
    if (packed)
      at = {row, head};
    FailureOr<Value> shift = kernel.load(backward.getLogSumExp(), at);
    if (failed(shift) ||
        failed(copyRow(query, keySums, scaleFactor, row, lane, isRow, queryRows)) ||
        failed(copyRow(outputCotangent, valueSums, 1, row, lane, isRow, outputRows)))
      return failure();
    // A row that sees no key has -inf, and scores of -inf.
    Value empty = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, *shift,
                                        kernel.constant(accumulator, -infinity));
    Value none = kernel.constant(accumulator, 0);
    Value kept = select(empty, none, *shift);
    memref::StoreOp::create(b, loc, select(isRow, kept, kernel.constant(accumulator, infinity)),
                            shifts, lane);
    memref::StoreOp::create(b, loc, select(isRow, productOfRows(row), none), products, lane);
    return success();
  });
}

/// The cotangent of a score before the cap and the region.
FailureOr<Value> AttentionBackwardEmitter::throughScore(Value raw, Value cotangent,
                                                        Value first, Value keyIndex) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value queries = queryIndices(first), score = raw;
  if (op.softCap) {
    if (!op.score->empty()) {
      FailureOr<Value> changed = applyRegion(*op.score, raw, queries, keyIndex, {});
      if (failed(changed))
        return failure();
      score = *changed;
    }
    Value inverse = kernel.constant(vectorType, 1 / *op.softCap);
    Value t = math::TanhOp::create(b, loc, arith::MulFOp::create(b, loc, score, inverse));
    Value slope = arith::SubFOp::create(b, loc, kernel.constant(vectorType, 1),
                                        arith::MulFOp::create(b, loc, t, t));
    cotangent = arith::MulFOp::create(b, loc, cotangent, slope);
  }
  if (op.score->empty())
    return cotangent;
  return applyRegion(backward.getScoreBackward(), raw, queries, keyIndex, cotangent);
}

/// Scores to probabilities, and cotangents of probabilities to those of scores.
LogicalResult AttentionBackwardEmitter::differentiateTile(Value first, Value firstKey,
                                                          Value keys) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value shift = loadRow(shifts, kernel.index(0));
  Value product = loadRow(products, kernel.index(0));
  auto pass = [&](Value local) -> LogicalResult {
    Value at = kernel.mul(local, lanes);
    Value p = math::ExpOp::create(
        b, loc, arith::SubFOp::create(b, loc, loadRow(scores, at), shift));
    storeRow(p, scores, at);
    Value g = arith::SubFOp::create(b, loc, loadRow(cotangents, at), product);
    storeRow(arith::MulFOp::create(b, loc, p, g), cotangents, at);
    return success();
  };
  if (failed(kernel.forLoop(kernel.index(0), keys, 1, pass)))
    return failure();
  if (isWritten(backward.getDScores()) &&
      failed(writeScores(first, firstKey, keys)))
    return failure();
  if (!raws)
    return success();
  return kernel.forLoop(kernel.index(0), keys, 1, [&](Value local) -> LogicalResult {
    Value at = kernel.mul(local, lanes);
    Value keyIndex = smaller(kernel.add(firstKey, local), sub(keyCount, kernel.index(1)));
    FailureOr<Value> inner =
        throughScore(loadRow(raws, at), loadRow(cotangents, at), first, keyIndex);
    if (failed(inner))
      return failure();
    // What is not seen has no gradient, whatever the region makes of it.
    Value none = kernel.constant(vectorType, 0);
    Value unseen = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ,
                                         loadRow(scores, at), none);
    storeRow(select(unseen, none, *inner), cotangents, at);
    return success();
  });
}

/// The cotangents of scores as the mask was added to them.
LogicalResult AttentionBackwardEmitter::writeScores(Value first, Value firstKey,
                                                    Value keys) {
  Value rows = smaller(sub(queryCount, first), kernel.index(lanes));
  return kernel.forLoop(kernel.index(0), rows, 1, [&](Value lane) {
    return kernel.forLoop(kernel.index(0), keys, 1, [&](Value local) {
      Value x = memref::LoadOp::create(kernel.builder, kernel.loc, cotangents,
                                       kernel.add(kernel.mul(local, lanes), lane));
      return kernel.store(backward.getDScores(), x,
                          Values{batch, head, kernel.add(first, lane),
                                 kernel.add(firstKey, local)});
    });
  });
}

/// sums[key][d] += sum over lanes of tile[key][lane] rows[lane][d].
LogicalResult AttentionBackwardEmitter::addToKeys(const Sums &sums, Value tile,
                                                  Value rows, Value keys) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  auto type = VectorType::get({columns}, accumulator);
  return kernel.forLoop(kernel.index(0), keys, tileRows, [&](Value local) {
    return kernel.forLoop(kernel.index(0), kernel.index(sums.padded), columns, [&](Value d) {
      auto place = [&](int64_t r) {
        return kernel.add(kernel.mul(kernel.add(local, r), sums.padded), d);
      };
      Values carried;
      for (int64_t r = 0; r < tileRows; ++r)
        carried.push_back(vector::LoadOp::create(b, loc, type, sums.buffer, place(r)));
      auto left = [&](int64_t r, Value lane) -> Value {
        Value at = kernel.add(kernel.mul(kernel.add(local, r), lanes), lane);
        return memref::LoadOp::create(b, loc, tile, at);
      };
      auto right = [&](Value lane) -> Value {
        return vector::LoadOp::create(b, loc, type, rows,
                                      kernel.add(kernel.mul(lane, sums.padded), d));
      };
      carried = emitMultiplyAdd(kernel, carried, lanes, left, right);
      for (int64_t r = 0; r < tileRows; ++r)
        storeRow(carried[r], sums.buffer, place(r));
      return success();
    });
  });
}

/// The task's part of the queries' cotangents += cotangents^T keys.
LogicalResult AttentionBackwardEmitter::addToQueries(Value first, Value firstKey,
                                                     Value keys) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value from = rowOffset(key, keyHead, kernel.add(firstKey, keyStart));
  auto zero = [&](Value) { return kernel.constant(vectorType, 0); };
  if (failed(addRows(from, key.rowStride, key.buffer, depth, keys, cotangents,
                     querySums, kernel.index(0), zero)))
    return failure();
  Value factor = kernel.constant(vectorType, scaleFactor);
  turnRows(depth, [&](Value d) -> Value {
    return arith::MulFOp::create(b, loc, loadRow(querySums, kernel.mul(d, lanes)), factor);
  });
  Value rows = smaller(sub(queryCount, first), kernel.index(lanes));
  return kernel.forLoop(kernel.index(0), rows, 1, [&](Value lane) {
    Value row = kernel.add(kernel.add(first, lane), queryStart);
    Value to = kernel.add(rowOffset(queryCotangent, head, row), split);
    Value source = kernel.mul(lane, depth);
    auto add = [&](Value d, int64_t count) {
      Value old = loadBlock(queryCotangent.buffer, kernel.add(to, d), count);
      Value more = loadBlock(turned, kernel.add(source, d), count);
      storeRow(arith::AddFOp::create(b, loc, old, more), queryCotangent.buffer,
               kernel.add(to, d));
      return success();
    };
    int64_t block = blockSize(depth), blocks = depth / block * block;
    (void)kernel.forLoop(kernel.index(0), kernel.index(blocks), block,
                         [&](Value d) { return add(d, block); });
    return kernel.forLoop(kernel.index(blocks), kernel.index(depth), 1,
                          [&](Value d) { return add(d, 1); });
  });
}

/// The rows of a result from their sums.
LogicalResult AttentionBackwardEmitter::writeKeys(Value result, const Sums &sums,
                                                  Value firstKey, Value keys) {
  if (!isWritten(result))
    return success();
  return kernel.forLoop(kernel.index(0), keys, 1, [&](Value local) {
    Value row = kernel.add(kernel.add(firstKey, local), keyStart);
    Values at{batch, keyHead, row};
    if (packed)
      at = {row, keyHead};
    else if (op.layout == AttentionLayout::BSHD)
      at = {batch, row, keyHead};
    auto write = [&](Value d, int64_t count) {
      Value x = loadBlock(sums.buffer,
                          kernel.add(kernel.mul(local, sums.padded), d), count);
      if (count == 1)
        x = vector::ExtractOp::create(kernel.builder, kernel.loc, x, 0);
      Values place(at);
      place.push_back(d);
      return kernel.store(result, narrow(x, result),
                          Position(place, count, place.size() - 1));
    };
    int64_t block = blockSize(sums.size), whole = sums.size / block * block;
    if (failed(kernel.forLoop(kernel.index(0), kernel.index(whole), block,
                              [&](Value d) { return write(d, block); })))
      return LogicalResult(failure());
    return kernel.forLoop(kernel.index(whole), kernel.index(sums.size), 1,
                          [&](Value d) { return write(d, 1); });
  });
}
