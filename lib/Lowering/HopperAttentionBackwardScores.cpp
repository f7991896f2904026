//===- HopperAttentionBackwardScores.cpp - Gradient: what changes scores --===//
// Score regions, soft caps and masks. A region's derivative is taken of a
// cotangent of 1, before the real one is there: it is linear in it, and scores
// need not be kept.
//===----------------------------------------------------------------------===//
#include "HopperAttentionBackward.h"
#include "HopperKernel.h"
#include "HopperScalars.h"
#include "HopperScores.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

/// Which of the thread's two rows element `i` of an accumulator is in, and its
/// column behind the thread's first.
static int64_t rowOf(int64_t i) { return i / 2 % 2; }
static int64_t columnOf(int64_t i) { return i / 4 * 8 + i % 2; }

/// How far the query, or the key, of score `i` is behind the thread's first.
static int64_t behind(int64_t i, bool isQuery, bool keysAreRows) {
  return isQuery == keysAreRows ? columnOf(i) : 8 * rowOf(i);
}

/// Whether cotangents pass the region as they are.
static bool passesCotangents(AttentionBackwardOp op) {
  if (op.getScore().empty())
    return true;
  Block &body = op.getScoreBackward().front();
  return body.getTerminator()->getOperand(0) == body.getArgument(5);
}

/// What is known of a thread's `count` scores before they are there.
HopperAttentionBackward::Spot
HopperAttentionBackward::readSpot(const HopperRegion::Place &place,
                                  int64_t count, bool keysAreRows,
                                  bool isShown) {
  Spot spot{place, {}, keysAreRows, isShown};
  llvm::SetVector<int64_t> queries, keys;
  for (int64_t i = 0; i < count; ++i) {
    queries.insert(behind(i, true, keysAreRows));
    keys.insert(behind(i, false, keysAreRows));
  }
  auto read = [&](HopperRegion &region) {
    region.readRows(place, queries.getArrayRef());
    region.readColumns(place, keys.getArrayRef());
  };
  if (shape.hasScore)
    read(region);
  if (!passesCotangents(op))
    read(regionBackward);
  if (shape.hasMask)
    readMask(spot, count);
  return spot;
}

/// Elements of the mask as they are stored. Places beyond the last are held
/// inside.
void HopperAttentionBackward::readMask(Spot &spot, int64_t count) {
  Value mask = op.getMask();
  Type type = cast<RankedTensorType>(mask.getType()).getElementType();
  Type stored = type.isInteger(1) ? Type(b.getI8Type()) : type;
  SmallVector<int64_t> distance = hopperMaskDistances(mask);
  const HopperRegion::Place &place = spot.place;
  Value start =
      b.add(b.mul(place.batch, distance[0]), b.mul(place.head, distance[1]));
  int64_t width = shape.split ? shape.narrowKeys : shape.keyTile;
  bool inside = shape.queries % shape.queryRows == 0 &&
                shape.keys % width == 0 && shape.keys % shape.keyTile == 0;
  Value pointer = memory.buffers[hopperBuffer(mask)];
  auto offsetOf = [&](Value query, Value key) {
    return b.add(b.mul(query, distance[2]), b.mul(key, distance[3]));
  };
  if (inside)
    pointer = hopperAddress(
        b, pointer, b.add(start, offsetOf(place.query, place.key)), stored);
  for (int64_t i = 0; i < count; ++i) {
    int64_t query = behind(i, true, spot.keysAreRows);
    int64_t key = behind(i, false, spot.keysAreRows);
    Value offset = b.number(query * distance[2] + key * distance[3]);
    if (!inside)
      offset = b.add(start, offsetOf(b.smaller(b.add(place.query, query),
                                               b.number(shape.queries - 1)),
                                     b.smaller(b.add(place.key, key),
                                               b.number(shape.keys - 1))));
    spot.mask.push_back(LLVM::LoadOp::create(
        b, stored, hopperAddress(b, pointer, offset, stored)));
  }
}

/// exp(score - logarithm) of score `i`; `slope`: what its cotangent is
/// multiplied by, null for 1.
Value HopperAttentionBackward::chance(const Spot &spot, int64_t i, Value score,
                                      Value logarithm, Value &slope) {
  constexpr double log2OfE = 1.4426950408889634;
  double scale = shape.scale;
  if (shape.hasScore) {
    int64_t query = behind(i, true, spot.keysAreRows);
    int64_t key = behind(i, false, spot.keysAreRows);
    Value given = b.fmul(score, b.real(scale));
    score = region.apply(spot.place, given, query, key, spot.isShown);
    scale = 1;
    if (!passesCotangents(op))
      slope = regionBackward.apply(spot.place, given, query, key,
                                   /*shown=*/false, b.real(1));
  }
  if (shape.softCap) {
    score = b.tanh(b.fmul(score, b.real(scale / *shape.softCap)));
    scale = *shape.softCap;
    Value flat = b.fma(b.fnegate(score), score, b.real(1));
    slope = slope ? b.fmul(slope, flat) : flat;
  }
  if (shape.hasMask) {
    Type type = cast<RankedTensorType>(op.getMask().getType()).getElementType();
    score = addHopperMask(b, score, spot.mask[i], type, scale, shape.hasScore);
    scale = 1;
  }
  return b.exp2(b.fma(score, b.real(scale * log2OfE), b.fnegate(logarithm)));
}

/// What is not seen has no gradient, whatever the region makes of it.
Values HopperAttentionBackward::sloped(ArrayRef<Value> chances,
                                       ArrayRef<Value> slopes) {
  Values result(chances);
  Value zero = b.real(0);
  for (auto [chance, slope] : llvm::zip(result, slopes)) {
    Value product = b.fmul(chance, slope);
    if (shape.hasScore)
      product = b.select(
          arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, chance, zero),
          zero, product);
    chance = product;
  }
  return result;
}
