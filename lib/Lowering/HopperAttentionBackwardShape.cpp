//===- HopperAttentionBackwardShape.cpp - Tiles of a gradient -------------===//
#include "HopperAttentionBackwardShape.h"
#include "HopperScores.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace mlir;
using namespace lacuna;

int64_t HopperAttentionBackwardSizes::firstKeyTile(int64_t tile) const {
  if (!left)
    return 0;
  return std::max<int64_t>(tile * queryTile - *left + offset, 0) / keyTile;
}

int64_t HopperAttentionBackwardSizes::lastKeyTile(int64_t tile) const {
  if (!right)
    return keyTiles() - 1;
  int64_t key = (tile + 1) * queryTile - 1 + *right + offset;
  return key < 0 ? -1 : std::min(keyTiles() - 1, key / keyTile);
}

bool HopperAttentionBackwardSizes::hasBlindTiles() const {
  if (hasLengths || sequences)
    return true;
  for (int64_t tile = 0; tile < queryTiles(); ++tile)
    if (lastKeyTile(tile) < firstKeyTile(tile))
      return true;
  return false;
}

/// Why `op` is left to other back ends; empty if it is not.
static std::string refuse(AttentionBackwardOp op) {
  Type element = cast<ShapedType>(op.getQuery().getType()).getElementType();
  if (!element.isBF16() && !element.isF16())
    return "the element type is neither bf16 nor f16";
  if (op.getDScores())
    return "it has results for scores";
  if (!isHopperComputable(op.getScore()) ||
      !isHopperComputable(op.getScoreBackward()))
    return "its score region has more than short scalar ops";
  for (Value side :
       {Value(op.getMask()), Value(op.getKeyLengths()),
        Value(op.getCuSeqlensQuery()), Value(op.getCuSeqlensKey())})
    if (side && !isHopperReadable(side))
      return "its mask or lengths cannot be read by element";
  for (Value tensor :
       {op.getDQuery(), op.getQuery(), op.getKey(), op.getValue()}) {
    auto type = cast<RankedTensorType>(tensor.getType());
    if (!type.hasStaticShape())
      return "its shape is not static";
    if (type.getNumElements() == 0)
      return "it is empty";
    if (type.getNumElements() >= INT32_MAX)
      return "it is too large for indices of 32 bits";
    if (type.getShape().back() % 8 || type.getShape().back() > 256)
      return "a depth is no multiple of 8 up to 256";
  }
  if (op.getScale() && op.getScale()->convertToDouble() <= 0)
    return "its scale is not positive";
  return "";
}

static void chooseTile(HopperAttentionBackwardShape &shape) {
  int64_t depth = std::max(shape.depth, shape.valueDepth);
  shape.split = depth > 128;
  if (shape.split) {
    shape.keyPanels = llvm::divideCeil(shape.depth, 64);
    shape.valuePanels = llvm::divideCeil(shape.valueDepth, 64);
    shape.keyTile = shape.queryTile = 64;
    shape.narrowKeys = shape.keyPanels + shape.valuePanels > 6 ? 48 : 64;
  } else {
    shape.keyPanels = shape.valuePanels = depth > 64 ? 2 : 1;
    shape.keyTile = 128;
    shape.queryTile = depth > 64 ? 64 : 128;
  }
  // Queries and cotangents of a section stay in the L2.
  int64_t headBytes =
      shape.group() * shape.queries * (6 * shape.depth + 2 * shape.valueDepth);
  int64_t fit = std::clamp<int64_t>((32 << 20) / headBytes, 1, 4);
  shape.sectionHeads = std::min<int64_t>(fit, shape.batches * shape.keyHeads);
  if (shape.sequences) {
    shape.preparedRows = shape.queryTile;
    return;
  }
  int64_t share = llvm::divideCeil(shape.heads() * shape.paddedRows(),
                                   2 * shape.processors);
  shape.preparedRows =
      std::min<int64_t>(llvm::alignTo(share, 64), shape.paddedRows());
}

/// Whether a block is to find out which tiles see which.
static void chooseHidden(const AttentionParts &op,
                         HopperAttentionBackwardShape &shape) {
  if (shape.split || shape.sequences || shape.hasLengths)
    return;
  shape.hidesByPlace = hidesByPlace(op, shape.rangeTables);
  if (shape.findingBytes() > shape.barrierOffset())
    shape.hidesByPlace = false;
}

std::optional<HopperAttentionBackwardShape>
lacuna::hopperAttentionBackwardShape(AttentionBackwardOp op, int64_t processors,
                                     std::string &reason) {
  reason = refuse(op);
  if (!reason.empty())
    return std::nullopt;
  HopperAttentionBackwardShape shape;
  AttentionParts parts = AttentionParts::of(op);
  shape.read(parts);
  shape.processors = processors;
  shape.splits = op.getSplits();
  chooseTile(shape);
  chooseHidden(parts, shape);
  return shape;
}
