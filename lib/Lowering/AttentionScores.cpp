//===- AttentionScores.cpp - From scores to probabilities -----------------===//
// What happens to a tile of scores before it meets the values: the score
// region, the soft cap, masks, and one step of the online softmax.
//===----------------------------------------------------------------------===//
#include "AttentionEmitter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

static constexpr double infinity = std::numeric_limits<double>::infinity();

/// The element of a captured tensor that each lane asks for. Lanes past the
/// last query compute with indices of their own; they are held inside.
FailureOr<Value> AttentionTiles::extract(Value tensor, ValueRange indices) {
  OpBuilder &b = kernel.builder;
  if (llvm::is_contained(shapeOf(tensor), 0))
    return op.operation->emitOpError("must not extract from a tensor without elements");
  auto at = [&](int64_t lane) {
    SmallVector<Value> place;
    for (auto [index, size] : llvm::zip(indices, shapeOf(tensor))) {
      Value i = index;
      if (isa<VectorType>(i.getType()))
        i = vector::ExtractOp::create(b, kernel.loc, i, lane);
      place.push_back(arith::MinUIOp::create(b, kernel.loc, i,
                                             kernel.index(size - 1)));
    }
    return kernel.load(tensor, place);
  };
  bool same = llvm::none_of(indices.getTypes(), llvm::IsaPred<VectorType>);
  if (same)
    return at(0);
  SmallVector<Value> elements;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    FailureOr<Value> element = at(lane);
    if (failed(element))
      return failure();
    elements.push_back(*element);
  }
  auto type = VectorType::get({lanes}, elementTypeOf(tensor));
  return Value(vector::FromElementsOp::create(b, kernel.loc, type, elements));
}

/// One op of the score region; what is the same in all lanes stays a scalar.
FailureOr<Value> AttentionTiles::applyScoreOp(Operation &inner,
                                                IRMapping &mapping) {
  OpBuilder &b = kernel.builder;
  if (auto extracted = dyn_cast<tensor::ExtractOp>(inner)) {
    SmallVector<Value> indices;
    for (Value index : extracted.getIndices())
      indices.push_back(mapped(index, mapping));
    return extract(extracted.getTensor(), indices);
  }
  OperationState state(kernel.loc, inner.getName());
  for (Value operand : inner.getOperands())
    state.operands.push_back(mapped(operand, mapping));
  bool wide = llvm::any_of(state.operands, [](Value value) {
    return isa<VectorType>(value.getType());
  });
  if (wide)
    for (Value &operand : state.operands)
      operand = kernel.broadcast(operand, lanes);
  Type type = inner.getResult(0).getType();
  state.types.push_back(wide ? VectorType::get({lanes}, type) : type);
  state.attributes = inner.getAttrs();
  state.propertiesAttr = inner.getPropertiesAsAttribute();
  return b.create(state)->getResult(0);
}

/// A value of the score region; constants outside of it are brought along.
Value AttentionTiles::mapped(Value value, IRMapping &mapping) {
  if (Value known = mapping.lookupOrNull(value))
    return known;
  Value constant = kernel.builder.clone(*value.getDefiningOp())->getResult(0);
  mapping.map(value, constant);
  return constant;
}

/// A region on scores of a vector of queries and one key; `extra` are vectors
/// of its arguments behind the indices.
FailureOr<Value> AttentionTiles::applyRegion(Region &region, Value score,
                                             Value queryIndex, Value keyIndex,
                                             ValueRange extra) {
  Block &body = region.front();
  IRMapping mapping;
  OpBuilder &b = kernel.builder;
  Type wanted = body.getArgument(0).getType();
  auto narrowed = [&](Value value) -> Value {
    if (wanted == accumulator)
      return value;
    return arith::TruncFOp::create(b, kernel.loc, VectorType::get({lanes}, wanted), value);
  };
  SmallVector<Value> arguments{narrowed(score), batchIndex, head, queryIndex, keyIndex};
  for (Value value : extra)
    arguments.push_back(narrowed(value));
  for (auto [argument, value] : llvm::zip_equal(body.getArguments(), arguments))
    mapping.map(argument, value);
  for (Operation &inner : body.without_terminator()) {
    FailureOr<Value> result = applyScoreOp(inner, mapping);
    if (failed(result))
      return failure();
    mapping.map(inner.getResult(0), *result);
  }
  Value result = kernel.broadcast(
      mapped(body.getTerminator()->getOperand(0), mapping), lanes);
  if (wanted != accumulator)
    result = arith::ExtFOp::create(b, kernel.loc, vectorType, result);
  return result;
}

/// The numbers of the queries in the lanes.
Value AttentionTiles::queryIndices(Value firstQuery) {
  OpBuilder &b = kernel.builder;
  Value step = vector::StepOp::create(b, kernel.loc, VectorType::get({lanes}, b.getIndexType()));
  return arith::AddIOp::create(b, kernel.loc, kernel.broadcast(firstQuery, lanes), step);
}

/// Region, cap and mask on one row of scores.
FailureOr<Value> AttentionTiles::adjust(Value score, Value firstQuery,
                                          Value keyIndex, Value local) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  if (!op.score->empty()) {
    FailureOr<Value> changed =
        applyRegion(*op.score, score, queryIndices(firstQuery), keyIndex, {});
    if (failed(changed))
      return failure();
    score = *changed;
  }
  if (op.softCap) {
    Value c = kernel.constant(vectorType, *op.softCap);
    Value inverse = kernel.constant(vectorType, 1 / *op.softCap);
    Value x = arith::MulFOp::create(b, loc, score, inverse);
    score = arith::MulFOp::create(b, loc, math::TanhOp::create(b, loc, x), c);
  }
  if (op.mask) {
    FailureOr<Value> mask = loadMask(firstQuery, keyIndex, local);
    if (failed(mask))
      return failure();
    // What is masked stays so, even where the score is infinite.
    Value lowest = kernel.constant(vectorType, -infinity);
    Value hidden = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, *mask, lowest);
    score = select(hidden, lowest, arith::AddFOp::create(b, loc, score, *mask));
  }
  return score;
}

/// Whether the mask differs from query to query and from key to key.
bool AttentionTiles::hasMaskMatrix() {
  ArrayRef<int64_t> shape = op.mask ? shapeOf(op.mask)
                                         : ArrayRef<int64_t>();
  return shape.size() >= 2 && shape.back() != 1 && shape[shape.size() - 2] != 1;
}

/// Where the mask holds the pair (`queryIndex`, `keyIndex`), broadcast from
/// the right.
SmallVector<Value> AttentionTiles::maskIndices(Value queryIndex,
                                                 Value keyIndex) {
  ArrayRef<int64_t> shape = shapeOf(op.mask);
  Value all[4] = {batchIndex, head, queryIndex, keyIndex};
  SmallVector<Value> indices;
  for (auto [dim, size] : llvm::enumerate(shape))
    indices.push_back(size == 1 ? kernel.index(0)
                                : all[4 - shape.size() + dim]);
  return indices;
}

/// A mask's elements as what is added to scores.
Value AttentionTiles::additive(Value mask) {
  OpBuilder &b = kernel.builder;
  Type wide = accumulator, from = getElementTypeOrSelf(mask.getType());
  if (auto vector = dyn_cast<VectorType>(mask.getType()))
    wide = vector.clone(accumulator);
  if (from.isInteger(1))
    return select(mask, kernel.constant(wide, 0), kernel.constant(wide, -infinity));
  if (mask.getType() == wide)
    return mask;
  if (from.getIntOrFloatBitWidth() > accumulator.getIntOrFloatBitWidth())
    return arith::TruncFOp::create(b, kernel.loc, wide, mask);
  return arith::ExtFOp::create(b, kernel.loc, wide, mask);
}

/// The mask of one tile, turned: masks[key][lane]. Queries past the end repeat
/// the last one.
LogicalResult AttentionTiles::packMask(Value firstQuery, Value firstKey,
                                         Value keys) {
  OpBuilder &b = kernel.builder;
  int64_t block = std::min(blockSize(0), lanes);
  ArrayRef<int64_t> shape = shapeOf(op.mask);
  Value lastRow = kernel.index(shape[shape.size() - 2] - 1);
  auto load = [&](Value lane, Value key, int64_t count) -> FailureOr<Value> {
    Value row = smaller(kernel.add(firstQuery, lane), lastRow);
    Position at(maskIndices(row, key), count, shape.size() - 1);
    FailureOr<Value> element = kernel.load(op.mask, at);
    if (failed(element))
      return failure();
    return additive(kernel.broadcast(*element, count));
  };
  auto squares = [&](Value local) {
    return kernel.forLoop(kernel.index(0), kernel.index(lanes), block, [&](Value lane) -> LogicalResult {
      SmallVector<Value> tile;
      for (int64_t r = 0; r < block; ++r) {
        auto line = load(kernel.add(lane, r), kernel.add(firstKey, local), block);
        if (failed(line))
          return failure();
        tile.push_back(*line);
      }
      turnTile(kernel, tile);
      for (auto [r, row] : llvm::enumerate(tile))
        storeRow(row, masks, kernel.add(kernel.mul(kernel.add(local, int64_t(r)), lanes), lane));
      return success();
    });
  };
  auto elements = [&](Value begin) {
    return kernel.forLoop(begin, keys, 1, [&](Value local) {
      return kernel.forLoop(kernel.index(0), kernel.index(lanes), 1, [&](Value lane) -> LogicalResult {
        auto element = load(lane, kernel.add(firstKey, local), 1);
        if (failed(element))
          return failure();
        memref::StoreOp::create(b, kernel.loc, *element, masks,
                                kernel.add(kernel.mul(local, lanes), lane));
        return success();
      });
    });
  };
  Value whole = kernel.mul(
      arith::DivUIOp::create(b, kernel.loc, keys, kernel.index(block)), block);
  if (failed(kernel.forLoop(kernel.index(0), whole, block, squares)))
    return failure();
  return elements(whole);
}

/// The mask for a vector of queries and one key of the tile, to be added.
FailureOr<Value> AttentionTiles::loadMask(Value firstQuery, Value keyIndex,
                                            Value local) {
  if (hasMaskMatrix())
    return loadRow(masks, kernel.mul(local, lanes));
  ArrayRef<int64_t> shape = shapeOf(op.mask);
  if (shape.size() < 2 || shape[shape.size() - 2] == 1) {
    FailureOr<Value> element =
        kernel.load(op.mask, Position(maskIndices(firstQuery, keyIndex)));
    if (failed(element))
      return failure();
    return kernel.broadcast(additive(*element), lanes);
  }
  // The same for all keys: a column, lane by lane.
  SmallVector<Value> elements;
  Value lastRow = kernel.index(shape[shape.size() - 2] - 1);
  for (int64_t lane = 0; lane < lanes; ++lane) {
    Value row = smaller(kernel.add(firstQuery, lane), lastRow);
    FailureOr<Value> element =
        kernel.load(op.mask, Position(maskIndices(row, keyIndex)));
    if (failed(element))
      return failure();
    elements.push_back(additive(*element));
  }
  return Value(vector::FromElementsOp::create(kernel.builder, kernel.loc,
                                              vectorType, elements));
}

/// Which lanes may see the key at `keyIndex`.
Value AttentionTiles::visible(Value firstQuery, Value keyIndex) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value inRange = kernel.broadcast(
      compare(arith::CmpIPredicate::slt, keyIndex, keyLimit), lanes);
  if (!boundedRight && !boundedLeft)
    return inRange;
  Value queries = queryIndices(kernel.add(firstQuery, alignment));
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
LogicalResult AttentionTiles::adjustTile(Value firstQuery, Value firstKey,
                                           Value keys, Value isPartial) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  bool adjusts = !op.score->empty() || op.softCap || op.mask;
  if (hasMaskMatrix() && failed(packMask(firstQuery, firstKey, keys)))
    return failure();
  if (adjusts) {
    LogicalResult done = kernel.forLoop(
        kernel.index(0), keys, 1, [&](Value local) -> LogicalResult {
          Value at = kernel.mul(local, lanes);
          Value keyIndex = smaller(kernel.add(firstKey, local),
                                   sub(keyCount, kernel.index(1)));
          FailureOr<Value> score = adjust(loadRow(scores, at), firstQuery, keyIndex, local);
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
