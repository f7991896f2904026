//===- GiveStatistics.cpp - Results that only gradients read --------------===//
// Attention gives its log-sum-exp, and layer normalisation the statistics of
// its lines, when asked; canonicalization takes back what nobody reads.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"

using namespace mlir;
using namespace lacuna;

static void giveLogSumExp(AttentionOp op) {
  OpBuilder builder(op);
  RankedTensorType query = typeOf(op.getQuery());
  SmallVector<int64_t> rows(query.getShape().drop_back());
  if (!op.isPacked() && op.getLayout() == AttentionLayout::BSHD)
    std::swap(rows[1], rows[2]);
  auto type = RankedTensorType::get(rows, wideType(query.getElementType()));
  auto full = AttentionOp::create(
      builder, op.getLoc(), op.getResults().getType(), type, op.getQuery(),
      op.getKey(), op.getValue(), op.getMask(), op.getKeyLengths(),
      op.getCuSeqlensQuery(), op.getCuSeqlensKey(), op.getScaleAttr(),
      op.getLayout(), op.getCausal(), op.getWindowLeftAttr(),
      op.getWindowRightAttr(), op.getSoftCapAttr(), IntegerAttr());
  full->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  full.getScore().takeBody(op.getScore());
  op.getResults().replaceAllUsesWith(full.getResults());
  op.erase();
}

static void giveMoments(LayerNormOp op) {
  OpBuilder builder(op);
  RankedTensorType input = typeOf(op.getInput());
  SmallVector<int64_t> lines(input.getShape());
  for (int64_t dim = *axisFromFront(op.getAxis(), input.getRank());
       dim < input.getRank(); ++dim)
    lines[dim] = 1;
  auto type = RankedTensorType::get(lines, wideType(input.getElementType()));
  auto full = LayerNormOp::create(
      builder, op.getLoc(), op.getResult().getType(), type, type,
      op.getInput(), op.getScale(), op.getBias(), op.getAxis(),
      op.getEpsilon());
  full->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  op.getResult().replaceAllUsesWith(full.getResult());
  if (op.getMean())
    op.getMean().replaceAllUsesWith(full.getMean());
  if (op.getInverseDeviation())
    op.getInverseDeviation().replaceAllUsesWith(full.getInverseDeviation());
  op.erase();
}

void lacuna::giveStatistics(Operation *function) {
  SmallVector<AttentionOp> attentions;
  SmallVector<LayerNormOp> norms;
  function->walk([&](Operation *op) {
    if (auto attention = dyn_cast<AttentionOp>(op);
        attention && !attention.getLogSumExp())
      attentions.push_back(attention);
    if (auto norm = dyn_cast<LayerNormOp>(op);
        norm && !(norm.getMean() && norm.getInverseDeviation()))
      norms.push_back(norm);
  });
  for (AttentionOp op : attentions)
    giveLogSumExp(op);
  for (LayerNormOp op : norms)
    giveMoments(op);
}
