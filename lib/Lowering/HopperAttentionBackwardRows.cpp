//===- HopperAttentionBackwardRows.cpp - What a gradient needs of rows ----===//
// Sixteen threads a row multiply a result with its cotangent. Rows without a
// key, and those beyond the last, get a logarithm whose probabilities are 0.
//===----------------------------------------------------------------------===//
#include "HopperAttentionBackwardState.h"
#include "HopperKernel.h"
#include "HopperScalars.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

#include <cmath>

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

/// The row's place among rows of all heads.
Value HopperAttentionBackwardState::rowOffset(const Sequence &sequence,
                                              Value head, Value row,
                                              int64_t depth) {
  int64_t heads = shape.queryHeads, rows = shape.queries;
  if (shape.sequences) {
    Value place =
        b.smaller(b.add(sequence.queryStart, row), b.number(rows - 1));
    return b.mul(b.add(b.mul(place, heads), head), depth);
  }
  Value batch = sequence.batch;
  bool headsFirst = op.getLayout() == AttentionLayout::BHSD;
  Value line = headsFirst
                   ? b.add(b.mul(b.add(b.mul(batch, heads), head), rows), row)
                   : b.add(b.mul(b.add(b.mul(batch, rows), row), heads), head);
  return b.mul(line, depth);
}

/// `body(i)` for the rows of a block below `count`, by the thread's sixteen.
static void forRows(HopperBuilder &b, Value thread, Value count,
                    llvm::function_ref<void(Value)> body) {
  constexpr int64_t rowsAtOnce = 16, unrolled = 8;
  Value mine = b.div(thread, 16);
  b.forLoop(b.number(0), count, b.number(rowsAtOnce * unrolled), {},
            [&](Value i, ValueRange) -> Values {
              for (int64_t k = 0; k < unrolled; ++k)
                body(b.add(b.add(mine, i), rowsAtOnce * k));
              return {};
            });
}

void HopperAttentionBackwardState::prepareRows() {
  int64_t tiles = shape.preparedTiles();
  Value wave = b.div(block, tiles), index = b.rem(block, tiles);
  Value firstRow = b.mul(index, shape.preparedRows);
  Value part = b.bitAnd(thread, 15);
  if (shape.sequences) {
    // The rows of a tile, all heads of each.
    Sequence sequence = sequenceOf(wave, index);
    firstRow = b.mul(index, shape.queryTile);
    Value count = b.number(shape.queryTile * shape.queryHeads);
    forRows(b, thread, count, [&](Value i) {
      prepareRow(sequence, b.rem(i, shape.queryHeads),
                 b.add(firstRow, b.div(i, shape.queryHeads)), part,
                 b.greater(count, i));
    });
  } else {
    Value head = b.rem(wave, shape.queryHeads);
    Sequence sequence = sequenceOf(b.div(wave, shape.queryHeads), index);
    Value count = b.smaller(b.number(shape.preparedRows),
                            b.sub(b.number(shape.paddedRows()), firstRow));
    forRows(b, thread, count, [&](Value i) {
      prepareRow(sequence, head, b.add(firstRow, i), part, b.greater(count, i));
    });
  }
  NamedBarrierOp::create(b, b.number(1), 128 * shape.consumers,
                         /*arrive=*/false);
  b.branch(b.equal(thread, 0), [&] {
    CounterNextOp::create(b, b.getI32Type(),
                          ownAddress(shape.preparedMemory(), wave),
                          b.number(INT32_MAX));
  });
}

/// Eight columns at a time, a zero where there are none.
Value HopperAttentionBackwardState::productOfRow(const Sequence &sequence,
                                                 Value head, Value row,
                                                 Value part) {
  auto type = VectorType::get({8}, shape.element);
  auto wide = VectorType::get({8}, b.getF32Type());
  Value start = rowOffset(sequence, head, row, shape.valueDepth);
  Value zero = b.real(0), product = zero;
  for (int64_t from = 0; from < shape.valueDepth; from += 128) {
    Value chunk = b.add(part, from / 8);
    Value isInside = b.greater(b.number(shape.valueDepth / 8), chunk);
    Value offset =
        b.add(start, b.mul(b.select(isInside, chunk, b.number(0)), 8));
    auto read = [&](Value tensor) {
      Value pointer = memory.buffers[hopperBuffer(tensor)];
      Value given = LLVM::LoadOp::create(
          b, type, hopperAddress(b, pointer, offset, shape.element), 16);
      return b.elements(arith::ExtFOp::create(b, wide, given));
    };
    Value sum = zero;
    for (auto [x, y] :
         llvm::zip_equal(read(op.getOutput()), read(op.getDOutput())))
      sum = b.fma(x, y, sum);
    product = b.fadd(product, b.select(isInside, sum, zero));
  }
  for (int64_t distance : {8, 4, 2, 1})
    product = b.fadd(product,
                     ShuffleOp::create(b, product.getType(), product, distance,
                                       /*broadcast=*/false));
  return product;
}

/// A row of the sequence, or padding behind it; `exists` unless it is another
/// block's.
void HopperAttentionBackwardState::prepareRow(const Sequence &sequence,
                                              Value head, Value row, Value part,
                                              Value exists) {
  auto both = [&](Value x, Value y) -> Value {
    return arith::AndIOp::create(b, x, y);
  };
  Value isInside = both(exists, b.greater(sequence.queries, row));
  Value inside =
      b.larger(b.smaller(row, b.add(sequence.queries, -1)), b.number(0));
  Value product = productOfRow(sequence, head, inside, part);
  b.branch(both(b.equal(part, 0), exists), [&] {
    Value index = rowOffset(sequence, head, inside, 1);
    if (!shape.sequences)
      index = b.add(b.mul(globalHead(sequence, head), shape.queries), inside);
    Value logarithm =
        loadHopperElement(b, memory.buffers[hopperBuffer(op.getLogSumExp())],
                          index, b.getF32Type());
    Value isSeen = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT,
                                         logarithm, b.real(-INFINITY));
    constexpr double log2OfE = 1.4426950408889634;
    logarithm = b.select(both(isSeen, isInside),
                         b.fmul(logarithm, b.real(log2OfE)), b.real(INFINITY));
    Value line = lineOf(sequence, head, row);
    LLVM::StoreOp::create(b, logarithm, ownAddress(0, line));
    LLVM::StoreOp::create(b, b.select(isInside, product, b.real(0)),
                          ownAddress(shape.productMemory(), line));
  });
  b.branch(isInside, [&] { clearRows(sequence, head, row, part); });
}

void HopperAttentionBackwardState::clearRow(Value offset, Value part) {
  Value pointer = memory.buffers[hopperBuffer(op.getDQuery())];
  for (int64_t from = 0; from < shape.depth; from += 16) {
    Value column = b.add(part, from);
    b.branch(b.greater(b.number(shape.depth), column), [&] {
      LLVM::StoreOp::create(
          b, b.real(0),
          hopperAddress(b, pointer, b.add(offset, column), b.getF32Type()));
    });
  }
}

/// All sums but the first, and that of rows whose tile sees no keys: no block
/// computes a cotangent for them.
void HopperAttentionBackwardState::clearRows(const Sequence &sequence,
                                             Value head, Value row,
                                             Value part) {
  Value offset = rowOffset(sequence, head, row, shape.depth);
  int64_t size = shape.heads() * shape.queries * shape.depth;
  if (shape.splits > 1)
    b.forLoop(b.number(1), b.number(shape.splits), b.number(1), {},
              [&](Value i, ValueRange) -> Values {
                clearRow(b.add(offset, b.mul(i, size)), part);
                return {};
              });
  if (shape.split || !shape.hasBlindTiles())
    return;
  Value zero = b.number(0);
  Value start = b.mul(b.div(row, shape.queryTile), shape.queryTile);
  Value stands = b.add(start, sequence.offset);
  Value last = b.add(sequence.keys, -1), first = zero;
  if (shape.right)
    last = b.smaller(last, b.add(stands, shape.queryTile - 1 + *shape.right));
  if (shape.left)
    first = b.larger(zero, b.add(stands, -*shape.left));
  // Of whole tiles of keys, as blocks have it.
  first = b.mul(b.div(first, shape.keyTile), shape.keyTile);
  b.branch(b.greater(first, last), [&] { clearRow(offset, part); });
}
