//===- HopperAttentionScores.cpp - What changes scores on tensor cores ----===//
// The score region, soft caps and masks, on the scores a thread holds.
//===----------------------------------------------------------------------===//
#include "HopperAttention.h"
#include "HopperKernel.h"
#include "HopperScalars.h"
#include "HopperScores.h"

#include <cmath>

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

/// Which of the thread's two rows element `i` of an accumulator is in, and its
/// column behind the thread's first.
static int64_t rowOf(int64_t i) { return i / 2 % 2; }
static int64_t columnOf(int64_t i) { return i / 4 * 8 + i % 2; }

/// The thread's first row, as a query.
Value HopperAttention::firstQuery(const Tile &tile) {
  return b.add(b.add(tile.firstRow, b.mul(group, 64)), row);
}

HopperRegion::Place HopperAttention::regionPlace(const Tile &tile,
                                                 Value block) {
  Value key = b.add(b.mul(block, shape.keyTile), column);
  return {tile.batch, tile.head, firstQuery(tile), key};
}

/// What the region reads at the thread's keys, before the scores are there.
void HopperAttention::readRegion(const Tile &tile, Value block) {
  if (!shape.hasScore)
    return;
  SmallVector<int64_t> columns;
  for (int64_t i = 0; i < shape.keyTile / 2; ++i)
    if (rowOf(i) == 0)
      columns.push_back(columnOf(i));
  region.readColumns(regionPlace(tile, block), columns);
}

/// What of the mask falls on the thread's scores, as it is stored: neighbours
/// as pairs where they have one address. Read before the scores are there.
Values HopperAttention::readMask(const Tile &tile, Value block) {
  Value mask = op.getMask();
  if (!mask || shape.maskTiles)
    return {};
  Type type = cast<RankedTensorType>(mask.getType()).getElementType();
  Type stored = type.isInteger(1) ? Type(b.getI8Type()) : type;
  SmallVector<int64_t> stride = hopperMaskDistances(mask);
  bool even = llvm::all_of(ArrayRef(stride).drop_back(),
                           [](int64_t distance) { return distance % 2 == 0; });
  bool pair = stride[3] == 1 && even && shape.keys % 2 == 0;
  Type read = pair ? Type(VectorType::get({2}, stored)) : stored;
  Value pointer = memory.buffers[hopperBuffer(mask)];
  Value firstKey = b.add(b.mul(block, shape.keyTile), column);
  Value head = b.add(b.mul(tile.batch, stride[0]), b.mul(tile.head, stride[1]));
  Value rows[2];
  for (int64_t r : {0, 1}) {
    Value query = b.smaller(b.add(firstQuery(tile), 8 * r),
                            b.number(shape.queries - 1));
    rows[r] = hopperAddress(
        b, pointer, b.add(head, b.mul(query, stride[2])), stored);
  }
  Values elements;
  for (int64_t i = 0; i < shape.keyTile / 2; i += pair ? 2 : 1) {
    Value key = b.add(firstKey, columnOf(i));
    if (shape.keys % shape.keyTile)
      key = b.smaller(key, b.number(shape.keys - (pair ? 2 : 1)));
    Value address =
        hopperAddress(b, rows[rowOf(i)], b.mul(key, stride[3]), stored);
    elements.push_back(LLVM::LoadOp::create(b, read, address));
  }
  return elements;
}

/// The same from shared memory. Its rows are swizzled: 16 bytes at a time are
/// told apart by the row within eight.
Values HopperAttention::readMaskTile(Value step) {
  BarrierWaitOp::create(b, at(maskBarriers().full), b.bitAnd(step, 1));
  Type type = cast<RankedTensorType>(op.getMask().getType()).getElementType();
  auto shared = LLVM::LLVMPointerType::get(b.getContext(), 3);
  // The thread's rows are 8 apart: the same swizzle.
  Value line = b.add(b.add(at(shape.maskOffset()), b.mul(group, 64 * 128)),
                     b.add(b.mul(row, 128), b.mul(column, 2)));
  Value turn = b.bitAnd(row, 7);
  Values chunks, elements;
  for (int64_t chunk = 0; chunk < 8; ++chunk)
    chunks.push_back(
        b.add(line, b.mul(b.bitXor(turn, b.number(chunk)), 16)));
  for (int64_t i = 0; i < shape.keyTile / 2; i += 2) {
    int64_t group8 = i / 4;
    Value address = b.add(chunks[group8 % 8],
                          group8 / 8 * shape.rows() * 128 +
                              rowOf(i) * 8 * 128);
    elements.push_back(
        LLVM::LoadOp::create(b, VectorType::get({2}, type),
                             LLVM::IntToPtrOp::create(b, shared, address)));
  }
  WarpBarrierOp::create(b);
  BarrierArriveOp::create(b, at(maskBarriers().empty), isLeader, Value());
  return elements;
}

/// Adds the mask to `scale` times the scores, or hides them where it is false.
void HopperAttention::addMask(Values &scores, ArrayRef<Value> mask,
                              double scale) {
  Type type = cast<RankedTensorType>(op.getMask().getType()).getElementType();
  Values elements;
  for (Value read : mask) {
    if (isa<VectorType>(read.getType()))
      llvm::append_range(elements, b.elements(read));
    else
      elements.push_back(read);
  }
  for (auto [score, element] : llvm::zip_equal(scores, elements))
    score = addHopperMask(b, score, element, type, scale, shape.hasScore);
}

void HopperAttention::adjust(Values &scores, const Tile &tile, Value block,
                             ArrayRef<Value> mask, bool shown) {
  // The scale that is still to be applied to scores.
  double scale = shape.scale;
  if (shape.hasScore) {
    HopperRegion::Place place = regionPlace(tile, block);
    for (auto [i, score] : llvm::enumerate(scores))
      score = region.apply(place, b.fmul(score, b.real(scale)), 8 * rowOf(i),
                           columnOf(i), shown);
    scale = 1;
  }
  if (shape.softCap) {
    for (Value &score : scores)
      score = b.tanh(b.fmul(score, b.real(scale / *shape.softCap)));
    scale = *shape.softCap;
  }
  if (shape.hasMask)
    addMask(scores, mask, scale);
}

/// log(sum of exp), of a row's maximum and sum.
Value HopperAttention::logarithm(Value maximum, Value total) {
  Value result = b.fma(maximum, b.real(shape.exponentScale()), b.log2(total));
  result = b.fmul(result, b.real(0.6931471805599453));
  Value none = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, total,
                                     b.real(0));
  return b.select(none, b.real(-INFINITY), result);
}

/// log(sum of exp) of the thread's rows, by the first of the four threads that
/// hold each.
void HopperAttention::writeLogarithms(const Tile &tile, const State &state) {
  Value result = op.getLogSumExp();
  Value heads = b.add(b.mul(tile.batch, shape.queryHeads), tile.head);
  Value rows = shape.sequences ? tile.queries : b.number(shape.queries);
  for (int64_t r : {0, 1}) {
    Value query = b.add(firstQuery(tile), 8 * r);
    Value isMine = arith::AndIOp::create(
        b, b.equal(column, 0), b.greater(rows, query));
    b.branch(isMine, [&] {
      Value offset = b.add(b.mul(heads, shape.queries), query);
      if (shape.sequences)
        offset = b.add(b.mul(b.add(tile.queryStart, query), shape.queryHeads),
                       tile.head);
      LLVM::StoreOp::create(b, logarithm(state.maxima[r], state.totals[r]),
                            hopperAddress(b, memory.buffers[hopperBuffer(result)],
                                          offset, b.getF32Type()));
    });
  }
}
