//===- HopperAttentionShape.cpp - Tiles of an attention on Hopper ---------===//
// Tile shapes and schedules are those that measured fastest on an H200.
//===----------------------------------------------------------------------===//
#include "HopperAttentionShape.h"
#include "HopperKernel.h"
#include "HopperScores.h"

#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace mlir;
using namespace lacuna;

bool HopperAttentionShape::needsGuard() const {
  if (left || hasScore || hasMask || hasLengths || sequences || mayBeEmpty())
    return true;
  return right && !(keyTile == rows() && offset + *right == 0);
}

double HopperAttentionShape::exponentScale() const {
  constexpr double log2OfE = 1.4426950408889634;
  // Regions and masks want the score itself; of a cap the factor waits.
  if (hasMask || (hasScore && !softCap))
    return log2OfE;
  return (softCap ? *softCap : scale) * log2OfE;
}

/// Why `op` is left to other back ends; empty if it is not.
static std::string refuse(AttentionOp op) {
  auto query = cast<RankedTensorType>(op.getQuery().getType());
  auto value = cast<RankedTensorType>(op.getValue().getType());
  Type element = query.getElementType();
  if (!element.isBF16() && !element.isF16())
    return "the element type is neither bf16 nor f16";
  if (op.getKeyParts())
    return "its keys are in parts";
  if (!isHopperComputable(op.getScore()))
    return "its score region has more than short scalar ops";
  for (Value side : {Value(op.getMask()), Value(op.getKeyLengths()),
                     Value(op.getCuSeqlensQuery()),
                     Value(op.getCuSeqlensKey())})
    if (side && !isHopperReadable(side))
      return "its mask or lengths cannot be read by element";
  if (!query.hasStaticShape() || !value.hasStaticShape() ||
      !cast<ShapedType>(op.getKey().getType()).hasStaticShape())
    return "its shape is not static";
  int64_t depth = query.getShape().back(), valueDepth = value.getShape().back();
  if (depth % 8 || valueDepth % 8 || depth > 256 || valueDepth > 256)
    return "a depth is no multiple of 8 up to 256";
  if (query.getNumElements() == 0 || value.getNumElements() == 0)
    return "it is empty";
  if (query.getNumElements() >= INT32_MAX ||
      value.getNumElements() >= INT32_MAX)
    return "it is too large for indices of 32 bits";
  if (op.getScale() && op.getScale()->convertToDouble() <= 0)
    return "its scale is not positive";
  return "";
}

/// Whether the mask is a matrix of keys and queries, in 16 bits, that TMA can
/// read.
static bool hasMaskTiles(AttentionOp op) {
  if (!op.getMask())
    return false;
  auto type = cast<RankedTensorType>(op.getMask().getType());
  ArrayRef<int64_t> shape = type.getShape();
  return type.getElementTypeBitWidth() == 16 && shape.size() >= 2 &&
         shape.back() % 8 == 0 && shape[shape.size() - 2] > 1;
}

/// Few queries: one warpgroup, and all stages that there is room for. Where
/// most processors would have no tile, several share the keys of one.
static void chooseParts(HopperAttentionShape &shape, int64_t processors) {
  bool few = shape.queries <= 64;
  if (few)
    shape.consumers = 1;
  constexpr int64_t leastBlocks = 4, readTogether = 16;
  int64_t parts = std::min(processors / shape.mostTiles(),
                           shape.keyBlocks() / leastBlocks);
  if (parts > readTogether)
    parts -= parts % readTogether;
  if (parts > 1 && !shape.hidesByPlace) {
    shape.parts = parts;
    shape.inTurn = shape.persistent = false;
  }
  if (!few)
    return;
  shape.pingPong = false;
  shape.consumerRegisters = 240;
  shape.producerRegisters = 40;
  constexpr int64_t mostStages = 6;
  while (shape.sharedBytes() <= hopper::sharedLimit &&
         shape.stages < mostStages)
    ++shape.stages;
  if (shape.sharedBytes() > hopper::sharedLimit)
    --shape.stages;
}

/// Three warpgroups for shallow heads, two where sums take more registers;
/// as many keys as registers and shared memory hold.
static void chooseTile(HopperAttentionShape &shape, int64_t processors) {
  int64_t depth = std::max(shape.depth, shape.valueDepth);
  bool masked = shape.masked(), shallow = depth <= 96;
  shape.consumers = shallow ? 3 : 2;
  shape.keyTile = shallow && depth > 64                       ? 96
                  : shape.valueDepth <= 128 && depth <= 192 ? 128
                  : depth <= 192                            ? 96
                                                            : 80;
  // Tiles of one length are dealt out; of several they are taken in turn.
  shape.inTurn = shape.sequences || shape.hidesByPlace || shape.hasLengths ||
                 (shallow && depth > 64) || (masked && depth <= 192);
  shape.persistent = !shape.inTurn && !masked && depth > 64;
  // In turn the products of one warpgroup hide the ends of another's tiles;
  // long ones, and those of windows, which all take as long, need it less.
  constexpr int64_t fewBlocks = 8;
  shape.pingPong = shallow || (masked && !shape.left) ||
                   shape.keyBlocks() <= fewBlocks;
  bool three = shape.consumers == 3, stays = shape.stays();
  shape.consumerRegisters = three ? 160 : stays ? 232 : 240;
  shape.producerRegisters = three ? 32 : stays ? 40 : 24;
  shape.separateOutput = true;
  if (shape.sharedBytes() > hopper::sharedLimit)
    shape.maskTiles = false;
  if (shape.sharedBytes() > hopper::sharedLimit)
    shape.separateOutput = false;
  if (!shape.sequences)
    chooseParts(shape, processors);
  int64_t headBytes = 2 * shape.keys * (shape.depth + shape.valueDepth);
  int64_t fit = std::clamp<int64_t>((32 << 20) / headBytes, 1, 64);
  shape.sectionHeads = std::min<int64_t>(llvm::bit_floor(uint64_t(fit)),
                                         shape.heads());
}

std::optional<HopperAttentionShape>
lacuna::hopperAttentionShape(AttentionOp op, int64_t processors,
                             std::string &reason) {
  reason = refuse(op);
  if (!reason.empty())
    return std::nullopt;
  HopperAttentionShape shape;
  AttentionParts parts = AttentionParts::of(op);
  shape.read(parts);
  if (!shape.sequences)
    shape.hidesByPlace = hidesByPlace(parts, shape.rangeTables);
  shape.maskTiles = hasMaskTiles(op);
  chooseTile(shape, processors);
  if (shape.sharedBytes() > hopper::sharedLimit) {
    shape.hidesByPlace = false;
    chooseTile(shape, processors);
  }
  if (shape.sharedBytes() > hopper::sharedLimit) {
    reason = "its tiles do not fit into shared memory";
    return std::nullopt;
  }
  return shape;
}
