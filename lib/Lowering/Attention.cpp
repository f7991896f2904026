//===- Attention.cpp - Tiled attention with online softmax ----------------===//
// A task owns a block of queries of one head and walks the keys in tiles. All
// is kept transposed, queries along the lanes: scores are K Q^T and outputs
// V^T P^T, so that maxima and sums over keys are element-wise on vectors and
// neither keys nor values are ever packed. No buffer grows with the sequence;
// tiles that a mask of indices (causal, window, lengths) empties are skipped.
// Online softmax: Milakov and Gimelshein, arXiv 1805.02867.
//===----------------------------------------------------------------------===//
#include "AttentionEmitter.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

static constexpr double infinity = std::numeric_limits<double>::infinity();

Value AttentionEmitter::select(Value condition, Value a, Value b) {
  return arith::SelectOp::create(kernel.builder, kernel.loc, condition, a, b);
}
Value AttentionEmitter::compare(arith::CmpIPredicate predicate, Value a,
                                Value b) {
  return arith::CmpIOp::create(kernel.builder, kernel.loc, predicate, a, b);
}
Value AttentionEmitter::smaller(Value a, Value b) {
  return arith::MinSIOp::create(kernel.builder, kernel.loc, a, b);
}
Value AttentionEmitter::larger(Value a, Value b) {
  return arith::MaxSIOp::create(kernel.builder, kernel.loc, a, b);
}
Value AttentionEmitter::sub(Value a, Value b) {
  return arith::SubIOp::create(kernel.builder, kernel.loc, a, b);
}
Value AttentionEmitter::loadRow(Value buffer, Value offset) {
  return vector::LoadOp::create(kernel.builder, kernel.loc, vectorType, buffer,
                                offset);
}
void AttentionEmitter::storeRow(Value value, Value buffer, Value offset) {
  vector::StoreOp::create(kernel.builder, kernel.loc, value, buffer, offset);
}
Value AttentionEmitter::widen(Value value) {
  if (value.getType() == accumulator)
    return value;
  return arith::ExtFOp::create(kernel.builder, kernel.loc, accumulator, value);
}

/// Offset of (batch, head, row, 0) in an operand of any layout.
Value AttentionEmitter::rowOffset(const Operand &operand, Value headIndex,
                                  Value row) {
  Value offset = kernel.add(kernel.mul(batch, operand.batchStride),
                            kernel.mul(headIndex, operand.headStride));
  return kernel.add(offset, kernel.mul(row, operand.rowStride));
}

/// Queries of one group, scaled, transposed: panel[d][lane].
LogicalResult AttentionEmitter::packQueries(Value group, Value first) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value base = kernel.mul(group, depth * lanes);
  Value scale = kernel.constant(accumulator, scaleFactor);
  return kernel.forLoop(kernel.index(0), kernel.index(lanes), 1, [&](Value lane) {
    Value row = kernel.add(first, lane);
    Value inside = compare(arith::CmpIPredicate::slt, row, queryCount);
    Value safe = kernel.add(select(inside, row, kernel.index(0)), queryStart);
    Value from = rowOffset(query, head, safe);
    return kernel.forLoop(kernel.index(0), kernel.index(depth), 1, [&](Value d) {
      Value x = widen(memref::LoadOp::create(b, loc, query.buffer, kernel.add(from, d)));
      x = arith::MulFOp::create(b, loc, x, scale);
      x = select(inside, x, kernel.constant(accumulator, 0));
      Value to = kernel.add(kernel.add(base, kernel.mul(d, lanes)), lane);
      memref::StoreOp::create(b, loc, x, panels, to);
      return success();
    });
  });
}

/// scores[key][lane] of one tile of keys and one group of queries.
LogicalResult AttentionEmitter::multiplyKeys(Value group, Value firstKey,
                                             Value keys) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  int64_t rows = tileRows;
  Value panel = kernel.mul(group, depth * lanes);
  Value lastRow = sub(keyCount, kernel.index(1));
  return kernel.forLoop(kernel.index(0), keys, rows, [&](Value local) {
    // Rows past the end read the last key; their scores are masked later.
    SmallVector<Value> offsets;
    for (int64_t r = 0; r < rows; ++r) {
      Value row = smaller(kernel.add(kernel.add(firstKey, local), r), lastRow);
      offsets.push_back(rowOffset(key, keyHead, kernel.add(row, keyStart)));
    }
    SmallVector<Value> sums(rows, kernel.constant(vectorType, 0));
    auto left = [&](int64_t r, Value k) {
      return widen(memref::LoadOp::create(b, loc, key.buffer, kernel.add(offsets[r], k)));
    };
    auto right = [&](Value k) {
      return loadRow(panels, kernel.add(panel, kernel.mul(k, lanes)));
    };
    sums = emitMultiplyAdd(kernel, sums, depth, left, right);
    for (int64_t r = 0; r < rows; ++r)
      storeRow(sums[r], scores, kernel.mul(kernel.add(local, r), lanes));
    return success();
  });
}

/// The score region of the op on a vector of queries and one key.
Value AttentionEmitter::applyRegion(Value score, Value queryIndex,
                                    Value keyIndex) {
  Block &body = op.getScore().front();
  IRMapping mapping;
  OpBuilder &b = kernel.builder;
  auto spread = [&](Value value) { return kernel.broadcast(value, lanes); };
  Type wanted = body.getArgument(0).getType();
  Value input = score;
  if (wanted != accumulator)
    input = arith::TruncFOp::create(b, kernel.loc, VectorType::get({lanes}, wanted), score);
  SmallVector<Value> arguments{input, spread(batch), spread(head), queryIndex,
                               spread(keyIndex)};
  for (auto [argument, value] : llvm::zip(body.getArguments(), arguments))
    mapping.map(argument, value);
  for (Operation &inner : body.without_terminator()) {
    OperationState state(kernel.loc, inner.getName());
    for (Value operand : inner.getOperands()) {
      Value mapped = mapping.lookupOrNull(operand);
      if (!mapped)
        mapped = b.clone(*operand.getDefiningOp())->getResult(0);
      state.operands.push_back(spread(mapped));
    }
    for (Type type : inner.getResultTypes())
      state.types.push_back(VectorType::get({lanes}, type));
    state.attributes = inner.getAttrs();
    state.propertiesAttr = inner.getPropertiesAsAttribute();
    mapping.map(inner.getResults(), b.create(state)->getResults());
  }
  Value result = spread(mapping.lookupOrDefault(body.getTerminator()->getOperand(0)));
  if (wanted != accumulator)
    result = arith::ExtFOp::create(b, kernel.loc, vectorType, result);
  return result;
}

/// Region, cap and mask on one row of scores.
FailureOr<Value> AttentionEmitter::adjust(Value score, Value firstQuery,
                                          Value keyIndex) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value step = vector::StepOp::create(b, loc, VectorType::get({lanes}, b.getIndexType()));
  Value queries = arith::AddIOp::create(b, loc, kernel.broadcast(firstQuery, lanes), step);
  if (!op.getScore().empty())
    score = applyRegion(score, queries, keyIndex);
  if (auto cap = op.getSoftCap()) {
    double value = cap->convertToDouble();
    Value c = kernel.constant(vectorType, value);
    Value inverse = kernel.constant(vectorType, 1 / value);
    Value x = arith::MulFOp::create(b, loc, score, inverse);
    score = arith::MulFOp::create(b, loc, math::TanhOp::create(b, loc, x), c);
  }
  if (op.getMask()) {
    FailureOr<Value> mask = loadMask(firstQuery, keyIndex);
    if (failed(mask))
      return failure();
    Value m = kernel.broadcast(*mask, lanes);
    if (getElementTypeOrSelf(m.getType()).isInteger(1)) {
      score = select(m, score, kernel.constant(vectorType, -infinity));
    } else {
      if (m.getType() != vectorType) {
        Type from = getElementTypeOrSelf(m.getType());
        m = from.getIntOrFloatBitWidth() > accumulator.getIntOrFloatBitWidth()
                ? Value(arith::TruncFOp::create(b, loc, vectorType, m))
                : Value(arith::ExtFOp::create(b, loc, vectorType, m));
      }
      score = arith::AddFOp::create(b, loc, score, m);
    }
  }
  return score;
}

/// The mask for a vector of queries and one key, broadcast from the right.
FailureOr<Value> AttentionEmitter::loadMask(Value firstQuery, Value keyIndex) {
  ArrayRef<int64_t> shape = shapeOf(op.getMask());
  Value all[4] = {batch, head, firstQuery, keyIndex};
  int64_t rank = shape.size();
  Position at;
  for (int64_t dim = 0; dim < rank; ++dim) {
    int64_t role = 4 - rank + dim;
    at.indices.push_back(shape[dim] == 1 ? kernel.index(0) : all[role]);
    if (role == 2 && shape[dim] != 1 && shape[dim] >= lanes) {
      at.lanes = lanes;
      at.laneDim = dim;
      // The last group may reach past the end: read a little earlier there
      // and turn the lanes into place by index instead.
      at.indices[dim] = firstQuery;
    }
  }
  if (at.lanes == 1 || staticQueries % lanes == 0)
    if (rank < 2 || shape[rank - 2] == 1 || at.lanes > 1)
      return kernel.load(op.getMask(), at);
  // Lane by lane with the row clamped to the mask.
  SmallVector<Value> elements;
  int64_t dim = rank - 2;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Position single(at.indices);
    single.indices[dim] = smaller(kernel.add(firstQuery, lane),
                                  kernel.index(shape[dim] - 1));
    FailureOr<Value> element = kernel.load(op.getMask(), single);
    if (failed(element))
      return failure();
    elements.push_back(*element);
  }
  Type type = VectorType::get({lanes}, elements[0].getType());
  return Value(vector::FromElementsOp::create(kernel.builder, kernel.loc,
                                              cast<VectorType>(type), elements));
}

/// Which lanes may see the key at `keyIndex`.
Value AttentionEmitter::visible(Value firstQuery, Value keyIndex) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value inRange = kernel.broadcast(
      compare(arith::CmpIPredicate::slt, keyIndex, keyLimit), lanes);
  if (!boundedRight && !boundedLeft)
    return inRange;
  Value step = vector::StepOp::create(b, loc, VectorType::get({lanes}, b.getIndexType()));
  Value aligned = kernel.add(firstQuery, alignment);
  Value queries = arith::AddIOp::create(b, loc, kernel.broadcast(aligned, lanes), step);
  Value keys = kernel.broadcast(keyIndex, lanes);
  Value seen = inRange;
  auto both = [&](Value c) { seen = arith::AndIOp::create(b, loc, seen, c); };
  auto shifted = [&](int64_t by) {
    return arith::AddIOp::create(b, loc, queries, kernel.broadcast(kernel.index(by), lanes));
  };
  if (boundedRight)
    both(compare(arith::CmpIPredicate::sle, keys, shifted(right)));
  if (boundedLeft)
    both(compare(arith::CmpIPredicate::sge, keys, shifted(-left)));
  return seen;
}

/// Masks by index on tiles that are not wholly visible, and applies what the
/// user asked of each score.
LogicalResult AttentionEmitter::adjustTile(Value firstQuery, Value firstKey,
                                           Value keys, Value isPartial) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  bool adjusts = !op.getScore().empty() || op.getSoftCap() || op.getMask();
  if (adjusts) {
    LogicalResult done = kernel.forLoop(
        kernel.index(0), keys, 1, [&](Value local) -> LogicalResult {
          Value at = kernel.mul(local, lanes);
          Value keyIndex = smaller(kernel.add(firstKey, local),
                                   sub(keyCount, kernel.index(1)));
          FailureOr<Value> score = adjust(loadRow(scores, at), firstQuery, keyIndex);
          if (failed(score))
            return failure();
          storeRow(*score, scores, at);
          return success();
        });
    if (failed(done))
      return failure();
  }
  auto branch = scf::IfOp::create(b, loc, isPartial, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  return kernel.forLoop(kernel.index(0), keys, 1, [&](Value local) {
    Value at = kernel.mul(local, lanes);
    Value seen = visible(firstQuery, kernel.add(firstKey, local));
    storeRow(select(seen, loadRow(scores, at), kernel.constant(vectorType, -infinity)),
             scores, at);
    return success();
  });
}

/// Scores to probabilities; maxima and sums move on. Returns the factor for
/// what was summed before.
FailureOr<Value> AttentionEmitter::softmaxTile(Value group, Value keys) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  using Values = SmallVector<Value>;
  Value at = kernel.mul(group, lanes);
  Value before = loadRow(maxima, at);
  auto top = kernel.forLoop(
      kernel.index(0), keys, 1, ValueRange(before),
      [&](Value local, ValueRange carried) -> FailureOr<Values> {
        Value row = loadRow(scores, kernel.mul(local, lanes));
        return Values{arith::MaxNumFOp::create(b, loc, row, carried[0])};
      });
  if (failed(top))
    return failure();
  Value now = (*top)[0];
  // A row that has seen no key yet keeps -inf; subtract 0 from it.
  Value none = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, now,
                                     kernel.constant(vectorType, -infinity));
  Value shift = select(none, kernel.constant(vectorType, 0), now);
  auto exponential = [&](Value x) -> Value {
    return math::ExpOp::create(b, loc, arith::SubFOp::create(b, loc, x, shift));
  };
  Value factor = exponential(before);
  Value sum = arith::MulFOp::create(b, loc, loadRow(totals, at), factor);
  auto total = kernel.forLoop(
      kernel.index(0), keys, 1, ValueRange(sum),
      [&](Value local, ValueRange carried) -> FailureOr<Values> {
        Value row = kernel.mul(local, lanes);
        Value p = exponential(loadRow(scores, row));
        storeRow(p, scores, row);
        return Values{arith::AddFOp::create(b, loc, carried[0], p)};
      });
  if (failed(total))
    return failure();
  storeRow(now, maxima, at);
  storeRow((*total)[0], totals, at);
  return factor;
}

/// sums[dv][lane] = sums factor + V^T P^T over one tile.
LogicalResult AttentionEmitter::multiplyValues(Value group, Value firstKey,
                                               Value keys, Value factor) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  using Values = SmallVector<Value>;
  Value base = kernel.mul(group, valueDepth * lanes);
  Value from = rowOffset(value, keyHead, kernel.add(firstKey, keyStart));
  auto tile = [&](Value d, int64_t rows) -> LogicalResult {
    Values carried;
    auto place = [&](int64_t r) {
      return kernel.add(base, kernel.mul(kernel.add(d, r), lanes));
    };
    for (int64_t r = 0; r < rows; ++r)
      carried.push_back(arith::MulFOp::create(b, loc, loadRow(sums, place(r)), factor));
    auto done = kernel.forLoop(
        kernel.index(0), keys, 1, carried,
        [&](Value local, ValueRange now) -> FailureOr<Values> {
          Value p = loadRow(scores, kernel.mul(local, lanes));
          Value row = kernel.add(kernel.add(from, kernel.mul(local, value.rowStride)), d);
          Values next;
          for (int64_t r = 0; r < rows; ++r) {
            Value v = widen(memref::LoadOp::create(b, loc, value.buffer, kernel.add(row, r)));
            next.push_back(math::FmaOp::create(b, loc, kernel.broadcast(v, lanes), p, now[r]));
          }
          return next;
        });
    if (failed(done))
      return failure();
    for (int64_t r = 0; r < rows; ++r)
      storeRow((*done)[r], sums, place(r));
    return success();
  };
  int64_t whole = valueDepth / tileRows * tileRows;
  if (whole > 0 &&
      failed(kernel.forLoop(kernel.index(0), kernel.index(whole), tileRows,
                            [&](Value d) { return tile(d, tileRows); })))
    return failure();
  return whole == valueDepth ? success()
                             : tile(kernel.index(whole), valueDepth - whole);
}

LogicalResult AttentionEmitter::writeGroup(Value group, Value firstQuery) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value at = kernel.mul(group, lanes);
  Value zero = kernel.constant(accumulator, 0);
  Value rows = smaller(sub(queryCount, firstQuery), kernel.index(lanes));
  Type element = elementTypeOf(op.getResults());
  bool bshd = op.getLayout() == AttentionLayout::BSHD;
  return kernel.forLoop(kernel.index(0), rows, 1, [&](Value lane) -> LogicalResult {
    Value total = memref::LoadOp::create(b, loc, totals, kernel.add(at, lane));
    Value empty = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, total, zero);
    Value row = kernel.add(kernel.add(firstQuery, lane), queryStart);
    auto position = [&](Value d) {
      SmallVector<Value> indices;
      if (packed)
        indices = {row, head};
      else if (bshd)
        indices = {batch, row, head};
      else
        indices = {batch, head, row};
      if (d)
        indices.push_back(d);
      return indices;
    };
    if (Value lse = op.getLogSumExp()) {
      Value top = memref::LoadOp::create(b, loc, maxima, kernel.add(at, lane));
      Value log = math::LogOp::create(b, loc, total);
      Value sum = arith::AddFOp::create(b, loc, top, log);
      sum = select(empty, kernel.constant(accumulator, -infinity), sum);
      SmallVector<Value> indices = {batch, head, kernel.add(firstQuery, lane)};
      if (packed)
        indices = {row, head};
      if (failed(kernel.store(lse, sum, indices)))
        return failure();
    }
    Value divisor = select(empty, kernel.constant(accumulator, 1), total);
    return kernel.forLoop(kernel.index(0), kernel.index(valueDepth), 1, [&](Value d) {
      Value place = kernel.add(kernel.mul(group, valueDepth * lanes),
                               kernel.add(kernel.mul(d, lanes), lane));
      Value x = memref::LoadOp::create(b, loc, sums, place);
      x = arith::DivFOp::create(b, loc, x, divisor);
      x = select(empty, zero, x);
      if (element != accumulator)
        x = arith::TruncFOp::create(b, loc, element, x);
      return kernel.store(op.getResults(), x, position(d));
    });
  });
}

/// All queries of one block against the keys they may see.
LogicalResult AttentionEmitter::emitBlock(Value firstQuery) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value zero = kernel.index(0);
  Value left0 = sub(queryCount, firstQuery);
  Value blockQueries = smaller(left0, kernel.index(groups * lanes));
  Value groupCount = arith::DivUIOp::create(b, loc, kernel.add(blockQueries, lanes - 1),
                                            kernel.index(lanes));
  Value none = kernel.constant(vectorType, 0);
  Value lowest = kernel.constant(vectorType, -infinity);
  LogicalResult prepared = kernel.forLoop(zero, groupCount, 1, [&](Value group) {
    if (failed(packQueries(group, kernel.add(firstQuery, kernel.mul(group, lanes)))))
      return failure();
    storeRow(lowest, maxima, kernel.mul(group, lanes));
    storeRow(none, totals, kernel.mul(group, lanes));
    return kernel.forLoop(zero, kernel.index(valueDepth), 1, [&](Value d) {
      storeRow(none, sums, kernel.add(kernel.mul(group, valueDepth * lanes),
                                      kernel.mul(d, lanes)));
      return success();
    });
  });
  if (failed(prepared))
    return failure();
  // Keys that any query of the block may see.
  Value firstAligned = kernel.add(firstQuery, alignment);
  Value lastAligned = kernel.add(firstAligned, sub(blockQueries, kernel.index(1)));
  Value stop = keyLimit, start = zero;
  if (boundedRight)
    stop = larger(smaller(stop, kernel.add(lastAligned, right + 1)), zero);
  if (boundedLeft) {
    start = larger(sub(firstAligned, kernel.index(left)), zero);
    Value tiles = arith::DivUIOp::create(b, loc, start, kernel.index(keyTile));
    start = kernel.mul(tiles, keyTile);
  }
  LogicalResult walked = kernel.forLoop(start, stop, keyTile, [&](Value firstKey) {
    Value keys = smaller(sub(stop, firstKey), kernel.index(keyTile));
    Value lastKey = kernel.add(firstKey, sub(keys, kernel.index(1)));
    return kernel.forLoop(zero, groupCount, 1, [&](Value group) -> LogicalResult {
      Value first = kernel.add(firstQuery, kernel.mul(group, lanes));
      Value partial = compare(arith::CmpIPredicate::sge, lastKey, keyLimit);
      Value aligned = kernel.add(first, alignment);
      auto either = [&](Value c) { partial = arith::OrIOp::create(b, loc, partial, c); };
      if (boundedRight)
        either(compare(arith::CmpIPredicate::sgt, lastKey, kernel.add(aligned, right)));
      if (boundedLeft)
        either(compare(arith::CmpIPredicate::slt, firstKey,
                       kernel.add(aligned, lanes - 1 - left)));
      if (failed(multiplyKeys(group, firstKey, keys)) ||
          failed(adjustTile(first, firstKey, keys, partial)))
        return failure();
      FailureOr<Value> factor = softmaxTile(group, keys);
      if (failed(factor))
        return failure();
      return multiplyValues(group, firstKey, keys, *factor);
    });
  });
  if (failed(walked))
    return failure();
  return kernel.forLoop(zero, groupCount, 1, [&](Value group) {
    return writeGroup(group, kernel.add(firstQuery, kernel.mul(group, lanes)));
  });
}

AttentionEmitter::Operand AttentionEmitter::operand(Value tensor) {
  ArrayRef<int64_t> s = shapeOf(tensor);
  Operand result;
  result.buffer = flatten(kernel, kernel.inputBuffer(tensor));
  if (packed) {
    result.headStride = s[2];
    result.rowStride = s[1] * s[2];
  } else if (op.getLayout() == AttentionLayout::BSHD) {
    result.batchStride = s[1] * s[2] * s[3];
    result.rowStride = s[2] * s[3];
    result.headStride = s[3];
  } else {
    result.batchStride = s[1] * s[2] * s[3];
    result.headStride = s[2] * s[3];
    result.rowStride = s[3];
  }
  return result;
}

/// The integer element `at` of a vector operand, as an index.
FailureOr<Value> AttentionEmitter::readIndex(Value tensor, Value at) {
  FailureOr<Value> element = kernel.load(tensor, SmallVector<Value>{at});
  if (failed(element))
    return failure();
  return Value(arith::IndexCastOp::create(kernel.builder, kernel.loc,
                                          kernel.builder.getIndexType(), *element));
}

/// Lengths and alignment of the current batch entry.
LogicalResult AttentionEmitter::readLengths() {
  queryStart = keyStart = kernel.index(0);
  queryCount = kernel.index(staticQueries);
  keyCount = kernel.index(staticKeys);
  if (packed) {
    auto bounds = [&](Value cumulative, Value &start, Value &count) {
      FailureOr<Value> from = readIndex(cumulative, batch);
      FailureOr<Value> to = readIndex(cumulative, kernel.add(batch, 1));
      if (failed(from) || failed(to))
        return failure();
      start = *from;
      count = sub(*to, *from);
      return success();
    };
    Value keys = op.getCuSeqlensKey() ? op.getCuSeqlensKey() : op.getCuSeqlensQuery();
    if (failed(bounds(op.getCuSeqlensQuery(), queryStart, queryCount)) ||
        failed(bounds(keys, keyStart, keyCount)))
      return failure();
    batchIndex = batch;
    batch = kernel.index(0);
  }
  keyLimit = keyCount;
  if (op.getKeyLengths()) {
    FailureOr<Value> length = readIndex(op.getKeyLengths(), batch);
    if (failed(length))
      return failure();
    keyLimit = larger(smaller(*length, keyCount), kernel.index(0));
  }
  alignment = op.getCausal() == Causal::BottomRight ? sub(keyCount, queryCount)
                                                     : kernel.index(0);
  return success();
}

LogicalResult AttentionEmitter::emit() {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  packed = bool(op.getCuSeqlensQuery());
  bool bshd = op.getLayout() == AttentionLayout::BSHD;
  ArrayRef<int64_t> q = shapeOf(op.getQuery()), k = shapeOf(op.getKey());
  int64_t headDim = packed ? 1 : bshd ? 2 : 1, rowDim = packed ? 0 : bshd ? 1 : 2;
  int64_t heads = q[headDim], keyHeads = k[headDim];
  for (Value tensor : {op.getQuery(), op.getKey(), op.getValue()})
    if (!kernel.inputBuffer(tensor))
      return op.emitOpError("operands must be buffers");
  staticQueries = q[rowDim];
  staticKeys = k[rowDim];
  depth = q.back();
  valueDepth = shapeOf(op.getValue()).back();
  Type element = elementTypeOf(op.getResults());
  accumulator = element.isF64() ? element : Type(b.getF32Type());
  RegisterTile tile = RegisterTile::forTarget(kernel.target, accumulator);
  lanes = tile.lanes;
  tileRows = tile.rows;
  keyTile = 16 * tileRows;
  vectorType = VectorType::get({lanes}, accumulator);
  scaleFactor = op.getScale() ? op.getScale()->convertToDouble()
                              : 1 / std::sqrt(double(depth));
  boundedRight = op.getCausal() != Causal::None || op.getWindowRight();
  right = op.getWindowRight() ? int64_t(*op.getWindowRight())
                              : 0;
  if (op.getCausal() != Causal::None)
    right = 0;
  boundedLeft = op.getWindowLeft().has_value();
  left = boundedLeft ? int64_t(*op.getWindowLeft()) : 0;
  groups = std::min<int64_t>(4, llvm::divideCeil(staticQueries, lanes));
  groups = std::max<int64_t>(groups, 1);
  query = operand(op.getQuery());
  key = operand(op.getKey());
  value = operand(op.getValue());
  panels = kernel.scratch({groups * depth * lanes}, accumulator);
  scores = kernel.scratch({keyTile * lanes}, accumulator);
  sums = kernel.scratch({groups * valueDepth * lanes}, accumulator);
  maxima = kernel.scratch({groups * lanes}, accumulator);
  totals = kernel.scratch({groups * lanes}, accumulator);
  int64_t batches = packed ? shapeOf(op.getCuSeqlensQuery())[0] - 1 : q[0];
  int64_t blockQueries = groups * lanes;
  int64_t blocks = llvm::divideCeil(staticQueries, blockQueries);
  return kernel.parallelLoop({batches, heads, blocks}, 1, [&](ValueRange at) -> LogicalResult {
    batch = at[0];
    head = at[1];
    keyHead = arith::DivUIOp::create(b, loc, head, kernel.index(heads / keyHeads));
    if (failed(readLengths()))
      return failure();
    // Long rows first: causal blocks grow with their number.
    Value block = boundedRight ? sub(kernel.index(blocks - 1), at[2]) : at[2];
    Value first = kernel.mul(block, blockQueries);
    if (!packed)
      return emitBlock(first);
    Value inside = compare(arith::CmpIPredicate::slt, first, queryCount);
    auto branch = scf::IfOp::create(b, loc, inside, /*withElseRegion=*/false);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    return emitBlock(first);
  });
}

static LogicalResult emitAttention(KernelBuilder &kernel, Operation *root) {
  return AttentionEmitter(kernel, cast<AttentionOp>(root)).emit();
}

void lacuna::registerAttentionEmitters(EmitterTable &table) {
  table.add<AttentionOp>(emitAttention);
}
