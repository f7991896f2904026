//===- Attention.cpp - Tiled attention with online softmax ----------------===//
// A task owns a block of queries of one head and walks the keys in tiles. All
// is kept transposed, queries along the lanes: scores are K Q^T and outputs
// V^T P^T, so that maxima and sums over keys are element-wise on vectors and
// neither keys nor values are ever packed. No buffer grows with the sequence;
// tiles that a mask of indices (causal, window, lengths) empties are skipped.
// Online softmax: Milakov and Gimelshein, arXiv 1805.02867.
//===----------------------------------------------------------------------===//
#include "AttentionEmitter.h"
#include "IndexCheck.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

static constexpr double infinity = std::numeric_limits<double>::infinity();


Value AttentionTiles::select(Value condition, Value a, Value b) {
  return arith::SelectOp::create(kernel.builder, kernel.loc, condition, a, b);
}
Value AttentionTiles::compare(arith::CmpIPredicate predicate, Value a,
                                Value b) {
  return arith::CmpIOp::create(kernel.builder, kernel.loc, predicate, a, b);
}
Value AttentionTiles::smaller(Value a, Value b) {
  return arith::MinSIOp::create(kernel.builder, kernel.loc, a, b);
}
Value AttentionTiles::larger(Value a, Value b) {
  return arith::MaxSIOp::create(kernel.builder, kernel.loc, a, b);
}
Value AttentionTiles::sub(Value a, Value b) {
  return arith::SubIOp::create(kernel.builder, kernel.loc, a, b);
}
Value AttentionTiles::loadRow(Value buffer, Value offset) {
  return vector::LoadOp::create(kernel.builder, kernel.loc, vectorType, buffer,
                                offset);
}
void AttentionTiles::storeRow(Value value, Value buffer, Value offset) {
  vector::StoreOp::create(kernel.builder, kernel.loc, value, buffer, offset);
}
/// `count` neighbouring elements of an operand, in the accumulator's type.
Value AttentionTiles::loadBlock(Value buffer, Value offset, int64_t count) {
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  return widen(vector::LoadOp::create(kernel.builder, kernel.loc,
                                      VectorType::get({count}, element), buffer,
                                      offset));
}
Value AttentionTiles::widen(Value value) {
  return widenTo(kernel, value, accumulator);
}
/// The side of the squares in which rows of `size` elements are turned: one
/// register, or less where that leaves no rest.
int64_t AttentionTiles::blockSize(int64_t size) const {
  int64_t width = kernel.target.lanes(accumulator.getIntOrFloatBitWidth());
  while (width > 4 && size % width != 0 && size % (width / 2) == 0)
    width /= 2;
  return std::min(width, lanes);
}

/// Offset of (batch, head, row, 0) in an operand of any layout.
Value AttentionTiles::rowOffset(const Operand &operand, Value headIndex,
                                  Value row) {
  Value offset = kernel.add(kernel.mul(batch, operand.batchStride),
                            kernel.mul(headIndex, operand.headStride));
  return kernel.add(offset, kernel.mul(row, operand.rowStride));
}

/// Rows of one group of queries times `factor`, transposed: panel[d][lane],
/// from `base` on. Lanes past the end repeat the last query.
LogicalResult AttentionTiles::packRows(const Operand &rows, int64_t size, double factor,
                                       Value first, Value panel, Value base) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  Value lastRow = sub(queryCount, kernel.index(1));
  auto from = [&](Value lane) {
    Value row = smaller(kernel.add(first, lane), lastRow);
    return rowOffset(rows, head, kernel.add(row, queryStart));
  };
  auto scaled = [&](Value x) -> Value {
    if (factor == 1)
      return x;
    return arith::MulFOp::create(b, loc, x,
                                 kernel.constant(x.getType(), factor));
  };
  int64_t block = blockSize(size);
  int64_t whole = size / block * block;
  LogicalResult turned = kernel.forLoop(
      kernel.index(0), kernel.index(lanes), block, [&](Value lane) {
        SmallVector<Value> offsets;
        for (int64_t r = 0; r < block; ++r)
          offsets.push_back(from(kernel.add(lane, r)));
        return kernel.forLoop(
            kernel.index(0), kernel.index(whole), block, [&](Value d) {
              SmallVector<Value> tile;
              for (Value offset : offsets)
                tile.push_back(scaled(loadBlock(
                    rows.buffer, kernel.add(offset, d), block)));
              turnTile(kernel, tile);
              for (auto [r, row] : llvm::enumerate(tile)) {
                Value to = kernel.mul(kernel.add(d, int64_t(r)), lanes);
                storeRow(row, panel, kernel.add(kernel.add(base, to), lane));
              }
              return success();
            });
      });
  if (failed(turned) || whole == size)
    return turned;
  return kernel.forLoop(kernel.index(0), kernel.index(lanes), 1, [&](Value lane) {
    Value offset = from(lane);
    return kernel.forLoop(kernel.index(whole), kernel.index(size), 1, [&](Value d) {
      Value x = memref::LoadOp::create(b, loc, rows.buffer, kernel.add(offset, d));
      Value to = kernel.add(kernel.add(base, kernel.mul(d, lanes)), lane);
      memref::StoreOp::create(b, loc, scaled(widen(x)), panel, to);
      return success();
    });
  });
}

/// scores[key][lane] = rows of one tile of keys times the panel at `panel`.
LogicalResult AttentionTiles::multiplyKeys(const Operand &operand, int64_t size,
                                           Value panelBuffer, Value panel,
                                           Value target, Value firstKey,
                                           Value keys) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  int64_t rows = tileRows;
  Value lastRow = sub(keyCount, kernel.index(1));
  return kernel.forLoop(kernel.index(0), keys, rows, [&](Value local) {
    // Rows past the end read the last key; their scores are masked later.
    SmallVector<Value> offsets;
    for (int64_t r = 0; r < rows; ++r) {
      Value row = smaller(kernel.add(kernel.add(firstKey, local), r), lastRow);
      offsets.push_back(rowOffset(operand, keyHead, kernel.add(row, keyStart)));
    }
    SmallVector<Value> sums(rows, kernel.constant(vectorType, 0));
    auto left = [&](int64_t r, Value k) {
      return widen(memref::LoadOp::create(b, loc, operand.buffer, kernel.add(offsets[r], k)));
    };
    auto right = [&](Value k) {
      return loadRow(panelBuffer, kernel.add(panel, kernel.mul(k, lanes)));
    };
    sums = emitMultiplyAdd(kernel, sums, size, left, right);
    for (int64_t r = 0; r < rows; ++r)
      storeRow(sums[r], target, kernel.mul(kernel.add(local, r), lanes));
    return success();
  });
}

/// `value` in the element type of `tensor`.
Value AttentionTiles::narrow(Value value, Value tensor) {
  Type element = elementTypeOf(tensor), type = element;
  if (auto vector = dyn_cast<VectorType>(value.getType()))
    type = vector.clone(element);
  if (value.getType() == type)
    return value;
  return arith::TruncFOp::create(kernel.builder, kernel.loc, type, value);
}

LogicalResult AttentionTiles::addRows(
    Value from, int64_t stride, Value buffer, int64_t size, Value keys,
    Value tile, Value target, Value base,
    function_ref<Value(Value)> initial) {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  using Values = SmallVector<Value>;
  auto rowsAt = [&](Value d, int64_t rows) -> LogicalResult {
    auto place = [&](int64_t r) {
      return kernel.add(base, kernel.mul(kernel.add(d, r), lanes));
    };
    Values carried;
    for (int64_t r = 0; r < rows; ++r)
      carried.push_back(initial(place(r)));
    auto done = kernel.forLoop(
        kernel.index(0), keys, 1, carried,
        [&](Value local, ValueRange now) -> FailureOr<Values> {
          Value weights = loadRow(tile, kernel.mul(local, lanes));
          Value row = kernel.add(kernel.add(from, kernel.mul(local, stride)), d);
          Values next;
          for (int64_t r = 0; r < rows; ++r) {
            Value v = widen(
                memref::LoadOp::create(b, loc, buffer, kernel.add(row, r)));
            next.push_back(math::FmaOp::create(
                b, loc, kernel.broadcast(v, lanes), weights, now[r]));
          }
          return next;
        });
    if (failed(done))
      return failure();
    for (int64_t r = 0; r < rows; ++r)
      storeRow((*done)[r], target, place(r));
    return success();
  };
  int64_t whole = size / tileRows * tileRows;
  if (whole > 0 &&
      failed(kernel.forLoop(kernel.index(0), kernel.index(whole), tileRows,
                            [&](Value d) { return rowsAt(d, tileRows); })))
    return failure();
  return whole == size ? success() : rowsAt(kernel.index(whole), size - whole);
}

/// sums[dv][lane] = sums factor + V^T P^T over one tile.
LogicalResult AttentionEmitter::multiplyValues(Value group, Value firstKey,
                                               Value keys, Value factor) {
  Value from = rowOffset(value, keyHead, kernel.add(firstKey, keyStart));
  Value base = kernel.mul(group, valueDepth * lanes);
  return addRows(from, value.rowStride, value.buffer, valueDepth, keys, scores,
                 sums, base, [&](Value place) -> Value {
                   return arith::MulFOp::create(kernel.builder, kernel.loc,
                                                loadRow(sums, place), factor);
                 });
}

/// The keys of this part that any of `queries` queries may see.
void AttentionEmitter::boundKeys(Value firstQuery, Value queries, Value &start,
                                 Value &stop) {
  Value zero = kernel.index(0);
  Value firstAligned = kernel.add(firstQuery, alignment);
  Value lastAligned = kernel.add(firstAligned, sub(queries, kernel.index(1)));
  start = zero;
  stop = keyLimit;
  if (boundedRight)
    stop = larger(smaller(stop, kernel.add(lastAligned, right + 1)), zero);
  if (boundedLeft) {
    start = larger(sub(firstAligned, kernel.index(left)), zero);
    Value tiles = arith::DivUIOp::create(kernel.builder, kernel.loc, start,
                                         kernel.index(keyTile));
    start = kernel.mul(tiles, keyTile);
  }
  if (part) {
    Value from = kernel.mul(part, partKeys);
    start = larger(start, from);
    stop = smaller(stop, kernel.add(from, partKeys));
  }
}

/// Whether a query of the group at `first` may not see all of these keys.
Value AttentionTiles::isPartial(Value first, Value firstKey, Value lastKey) {
  Value partial = compare(arith::CmpIPredicate::sge, lastKey, keyLimit);
  Value aligned = kernel.add(first, alignment);
  auto either = [&](Value c) {
    partial = arith::OrIOp::create(kernel.builder, kernel.loc, partial, c);
  };
  if (boundedRight)
    either(compare(arith::CmpIPredicate::sgt, lastKey, kernel.add(aligned, right)));
  if (boundedLeft)
    either(compare(arith::CmpIPredicate::slt, firstKey,
                   kernel.add(aligned, lanes - 1 - left)));
  return partial;
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
    if (failed(packRows(query, depth, scaleFactor,
                        kernel.add(firstQuery, kernel.mul(group, lanes)),
                        panels, kernel.mul(group, depth * lanes))))
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
  Value start, stop;
  boundKeys(firstQuery, blockQueries, start, stop);
  LogicalResult walked = kernel.forLoop(start, stop, keyTile, [&](Value firstKey) {
    Value keys = smaller(sub(stop, firstKey), kernel.index(keyTile));
    Value lastKey = kernel.add(firstKey, sub(keys, kernel.index(1)));
    return kernel.forLoop(zero, groupCount, 1, [&](Value group) -> LogicalResult {
      Value first = kernel.add(firstQuery, kernel.mul(group, lanes));
      Value partial = isPartial(first, firstKey, lastKey);
      if (failed(multiplyKeys(key, depth, panels, kernel.mul(group, depth * lanes), scores, firstKey, keys)) ||
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

AttentionTiles::Operand AttentionTiles::operand(Value tensor) {
  ArrayRef<int64_t> s = shapeOf(tensor);
  Operand result;
  result.buffer = flatten(kernel, kernel.inputBuffer(tensor));
  if (packed) {
    result.headStride = s[2];
    result.rowStride = s[1] * s[2];
  } else if (op.layout == AttentionLayout::BSHD) {
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

/// Where the current sequence lies by `cumulative` among `total` rows. The
/// sequence behind the last one is what is left of the rows.
LogicalResult AttentionTiles::readBounds(Value cumulative, int64_t total,
                                           Value &start, Value &count) {
  constexpr StringLiteral rule = "cu_seqlens must begin with 0 and neither "
                                 "decrease nor exceed the total";
  Value all = kernel.index(total);
  Value last = kernel.index(shapeOf(cumulative)[0] - 1);
  auto from = loadIndex(kernel, cumulative, SmallVector<Value>{batch});
  auto to = loadIndex(kernel, cumulative,
                      SmallVector<Value>{smaller(kernel.add(batch, 1), last)});
  if (failed(from) || failed(to))
    return failure();
  // Each sequence checks its begin: the first is 0, others up to the total.
  Value isFirst = compare(arith::CmpIPredicate::eq, batch, kernel.index(0));
  start = checkRange(kernel, *from, kernel.index(0),
                     select(isFirst, kernel.index(0), all), rule);
  Value isRest = compare(arith::CmpIPredicate::eq, batch, last);
  Value end = checkRange(kernel, select(isRest, all, *to), start, all, rule);
  count = sub(end, start);
  return success();
}

/// Lengths and alignment of the current batch entry.
LogicalResult AttentionTiles::readLengths() {
  batchIndex = batch;
  queryStart = keyStart = kernel.index(0);
  queryCount = kernel.index(staticQueries);
  keyCount = kernel.index(staticKeys);
  if (packed) {
    Value queries = op.cuSeqlensQuery;
    Value keys = op.cuSeqlensKey ? op.cuSeqlensKey : queries;
    if (failed(readBounds(queries, staticQueries, queryStart, queryCount)) ||
        failed(readBounds(keys, staticKeys, keyStart, keyCount)))
      return failure();
    Value isRest = compare(arith::CmpIPredicate::eq, batch,
                           kernel.index(shapeOf(queries)[0] - 1));
    keyLimit = select(isRest, kernel.index(0), keyCount);
    batch = kernel.index(0);
  } else {
    keyLimit = keyCount;
  }
  if (op.keyLengths) {
    FailureOr<Value> length =
        loadIndex(kernel, op.keyLengths, SmallVector<Value>{batchIndex});
    if (failed(length))
      return failure();
    keyLimit = larger(smaller(*length, keyCount), kernel.index(0));
  }
  alignment = op.causal == Causal::BottomRight ? sub(keyCount, queryCount)
                                                     : kernel.index(0);
  return success();
}

/// Sizes of tiles, and which keys a query may see at all.
void AttentionTiles::chooseTiles() {
  RegisterTile tile = RegisterTile::forTarget(kernel.target, accumulator);
  // Two registers of queries, or one where that wastes fewer lanes.
  lanes = tile.lanes;
  int64_t half = lanes / 2;
  if (llvm::divideCeil(staticQueries, half) % 2 == 1 && staticQueries < 8 * half)
    lanes = half;
  tileRows = tile.rows;
  keyTile = 16 * tileRows;
  vectorType = VectorType::get({lanes}, accumulator);
  groups = std::clamp<int64_t>(llvm::divideCeil(staticQueries, lanes), 1, 4);
  scaleFactor = op.scale.value_or(1 / std::sqrt(double(depth)));
  bool causal = op.causal != Causal::None;
  boundedRight = causal || op.windowRight;
  right = causal ? 0 : op.windowRight.value_or(0);
  boundedLeft = op.windowLeft.has_value();
  left = op.windowLeft.value_or(0);
}

void AttentionEmitter::allocateScratch() {
  panels = kernel.scratch({groups * depth * lanes}, accumulator);
  scores = kernel.scratch({keyTile * lanes}, accumulator);
  if (hasMaskMatrix())
    masks = kernel.scratch({keyTile * lanes}, accumulator);
  sums = kernel.scratch({groups * valueDepth * lanes}, accumulator);
  turned = kernel.scratch({lanes * valueDepth}, accumulator);
  maxima = kernel.scratch({groups * lanes}, accumulator);
  totals = kernel.scratch({groups * lanes}, accumulator);
}

/// Sizes, tiles and the operands.
LogicalResult AttentionTiles::prepare() {
  packed = bool(op.cuSeqlensQuery);
  bool bshd = op.layout == AttentionLayout::BSHD;
  ArrayRef<int64_t> q = shapeOf(op.query), k = shapeOf(op.key);
  int64_t headDim = packed ? 1 : bshd ? 2 : 1, rowDim = packed ? 0 : bshd ? 1 : 2;
  heads = q[headDim];
  keyHeads = k[headDim];
  for (Value tensor : {op.query, op.key, op.value})
    if (!kernel.inputBuffer(tensor))
      return op.operation->emitOpError("operands must be buffers");
  staticQueries = q[rowDim];
  staticKeys = k[rowDim];
  depth = q.back();
  valueDepth = shapeOf(op.value).back();
  batches = packed ? shapeOf(op.cuSeqlensQuery)[0] : q[0];
  Type element = elementTypeOf(op.query);
  accumulator = element.isF64() ? element : Type(kernel.builder.getF32Type());
  chooseTiles();
  query = operand(op.query);
  key = operand(op.key);
  value = operand(op.value);
  return success();
}

LogicalResult AttentionEmitter::emit() {
  OpBuilder &b = kernel.builder;
  Location loc = kernel.loc;
  if (failed(prepare()))
    return failure();
  allocateScratch();
  int64_t blockQueries = groups * lanes;
  int64_t blocks = llvm::divideCeil(staticQueries, blockQueries);
  int64_t parts = forward.getKeyParts().value_or(1);
  partKeys = llvm::divideCeil(staticKeys, parts);
  return kernel.parallelLoop({batches, heads, blocks, parts}, 1, [&](ValueRange at) -> LogicalResult {
    if (forward.getKeyParts())
      part = at[3];
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
    return kernel.branch(
        compare(arith::CmpIPredicate::slt, first, queryCount),
        [&] { return emitBlock(first); });
  });
}

static LogicalResult emitAttention(KernelBuilder &kernel, Operation *root) {
  return AttentionEmitter(kernel, cast<AttentionOp>(root)).emit();
}

void lacuna::registerAttentionEmitters(EmitterTable &table) {
  table.add<AttentionOp>(emitAttention);
  table.add<AttentionBackwardOp>(emitAttentionBackward);
}
