//===- HopperAttentionProblem.cpp - What attention on Hopper does ---------===//
#include "HopperAttentionProblem.h"

#include <cmath>

using namespace mlir;
using namespace lacuna;

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<ShapedType>(value.getType()).getShape();
}

void HopperAttentionProblem::read(const AttentionParts &op) {
  ArrayRef<int64_t> query = shapeOf(op.query), key = shapeOf(op.key);
  bool heads = op.layout == AttentionLayout::BHSD;
  int64_t head = heads ? 1 : 2, row = heads ? 2 : 1;
  if (op.cuSeqlensQuery) {
    head = 1, row = 0;
    sequences = shapeOf(op.cuSeqlensQuery)[0] - 1;
  }
  batches = sequences ? 1 : query[0];
  queryHeads = query[head];
  queries = query[row];
  keyHeads = key[head];
  keys = key[row];
  depth = key.back();
  valueDepth = shapeOf(op.value).back();
  element = getElementTypeOrSelf(op.query.getType());
  scale = op.scale.value_or(1 / std::sqrt(double(depth)));
  softCap = op.softCap;
  hasScore = !op.score->empty();
  hasMask = op.mask != nullptr;
  hasLengths = op.keyLengths != nullptr;
  // Windows longer than both sequences hide nothing more.
  int64_t most = queries + keys;
  toEnd = op.causal == Causal::BottomRight;
  if (toEnd && !sequences)
    offset = keys - queries;
  if (op.windowLeft)
    left = std::min<int64_t>(*op.windowLeft, most);
  if (op.windowRight)
    right = std::min<int64_t>(*op.windowRight, most);
  if (op.causal != Causal::None)
    right = 0;
}
