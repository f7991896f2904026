//===- HopperAttentionBackwardRows.cpp - What a gradient needs of rows ----===//
// Sixteen threads a row multiply a result with its cotangent. Rows without a
// key, and those beyond the last, get a logarithm whose probabilities are 0.
//===----------------------------------------------------------------------===//
#include "HopperAttentionBackward.h"
#include "HopperScalars.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

#include <cmath>

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

Value HopperAttentionBackward::rowOffset(Value batch, Value head, Value row,
                                         int64_t depth) {
  int64_t heads = shape.queryHeads, rows = shape.queries;
  Value line = headsFirst
                   ? b.add(b.mul(b.add(b.mul(batch, heads), head), rows), row)
                   : b.add(b.mul(b.add(b.mul(batch, rows), row), heads), head);
  return b.mul(line, depth);
}

void HopperAttentionBackward::prepareRows() {
  constexpr int64_t rowsAtOnce = 16, unrolled = 8;
  int64_t tiles = shape.preparedTiles();
  Value globalHead = b.div(block, tiles);
  Value head = b.rem(globalHead, shape.queryHeads);
  Value batch = b.div(globalHead, shape.queryHeads);
  Value firstRow = b.mul(b.rem(block, tiles), shape.preparedRows);
  Value mine = b.add(firstRow, b.div(thread, 16));
  Value part = b.bitAnd(thread, 15);
  Value rows = b.smaller(b.number(shape.preparedRows),
                         b.sub(b.number(shape.paddedRows()), firstRow));
  b.forLoop(b.number(0), rows, b.number(rowsAtOnce * unrolled), {},
            [&](Value i, ValueRange) -> Values {
              for (int64_t k = 0; k < unrolled; ++k)
                prepareRow(head, batch, b.add(b.add(mine, i), rowsAtOnce * k),
                           part);
              return {};
            });
  NamedBarrierOp::create(b, b.number(1), 128 * shape.consumers,
                         /*arrive=*/false);
  b.branch(b.equal(thread, 0), [&] {
    CounterNextOp::create(b, b.getI32Type(),
                          ownAddress(shape.preparedMemory(), globalHead),
                          b.number(INT32_MAX));
  });
}

/// Eight columns at a time, a zero where there are none.
Value HopperAttentionBackward::productOfRow(Value batch, Value head, Value row,
                                            Value part) {
  auto type = VectorType::get({8}, shape.element);
  auto wide = VectorType::get({8}, b.getF32Type());
  Value start = rowOffset(batch, head, row, shape.valueDepth);
  Value zero = b.real(0), product = zero;
  for (int64_t from = 0; from < shape.valueDepth; from += 128) {
    Value chunk = b.add(part, from / 8);
    Value isInside = b.greater(b.number(shape.valueDepth / 8), chunk);
    Value offset = b.add(
        start, b.mul(b.select(isInside, chunk, b.number(0)), 8));
    auto read = [&](Value pointer) {
      Value given = LLVM::LoadOp::create(
          b, type, hopperAddress(b, pointer, offset, shape.element), 16);
      return b.elements(arith::ExtFOp::create(b, wide, given));
    };
    Value sum = zero;
    for (auto [x, y] : llvm::zip_equal(read(memory.output),
                                       read(memory.outputCotangent)))
      sum = b.fma(x, y, sum);
    product = b.fadd(product, b.select(isInside, sum, zero));
  }
  for (int64_t distance : {8, 4, 2, 1})
    product = b.fadd(product,
                     ShuffleOp::create(b, product.getType(), product, distance,
                                       /*broadcast=*/false));
  return product;
}

void HopperAttentionBackward::prepareRow(Value head, Value batch, Value row,
                                         Value part) {
  Value isInside = b.greater(b.number(shape.queries), row);
  Value inside = b.smaller(row, b.number(shape.queries - 1));
  Value product = productOfRow(batch, head, inside, part);
  Value globalHead = b.add(b.mul(batch, shape.queryHeads), head);
  Value writes = arith::AndIOp::create(
      b, b.equal(part, 0), b.greater(b.number(shape.paddedRows()), row));
  b.branch(writes, [&] {
    Value index = b.add(b.mul(globalHead, shape.queries), inside);
    Value logarithm =
        loadHopperElement(b, memory.logarithms, index, b.getF32Type());
    Value isSeen = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT,
                                         logarithm, b.real(-INFINITY));
    isSeen = arith::AndIOp::create(b, isSeen, isInside);
    constexpr double log2OfE = 1.4426950408889634;
    logarithm = b.select(isSeen, b.fmul(logarithm, b.real(log2OfE)),
                         b.real(INFINITY));
    Value line = b.add(b.mul(globalHead, shape.paddedRows()), row);
    LLVM::StoreOp::create(b, logarithm, ownAddress(0, line));
    LLVM::StoreOp::create(b, b.select(isInside, product, b.real(0)),
                          ownAddress(shape.productMemory(), line));
  });
  b.branch(isInside, [&] { clearRows(batch, head, row, part); });
}

void HopperAttentionBackward::clearRow(Value offset, Value part) {
  for (int64_t from = 0; from < shape.depth; from += 16) {
    Value column = b.add(part, from);
    b.branch(b.greater(b.number(shape.depth), column), [&] {
      LLVM::StoreOp::create(
          b, b.real(0),
          hopperAddress(b, memory.queryCotangent, b.add(offset, column),
                        b.getF32Type()));
    });
  }
}

/// All sums but the first, and that of rows whose tile sees no keys: no block
/// computes a cotangent for them.
void HopperAttentionBackward::clearRows(Value batch, Value head, Value row,
                                        Value part) {
  Value offset = rowOffset(batch, head, row, shape.depth);
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
  Value last = b.number(shape.keys - 1), first = zero;
  if (shape.right)
    last = b.smaller(last, b.add(start, shape.queryTile - 1 + *shape.right +
                                            shape.offset));
  if (shape.left)
    first = b.larger(zero, b.add(start, shape.offset - *shape.left));
  // Of whole tiles of keys, as blocks have it.
  first = b.mul(b.div(first, shape.keyTile), shape.keyTile);
  b.branch(b.greater(first, last), [&] { clearRow(offset, part); });
}
