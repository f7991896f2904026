//===- Attention.cpp - Rule of attention ----------------------------------===//
// One op computes all cotangents, from the results and their log-sum-exp. The
// score region is differentiated symbolically.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "ScalarBuilder.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace lacuna;

/// How many tasks share the keys of one head: enough for 16 tasks, but none
/// with fewer than 512 keys.
static int64_t chooseSplits(AttentionOp op) {
  ArrayRef<int64_t> key = typeOf(op.getKey()).getShape();
  bool bshd = op.getLayout() == AttentionLayout::BSHD;
  int64_t heads = op.isPacked() || !bshd ? key[1] : key[2];
  int64_t keys = op.isPacked() ? key[0] : key[bshd ? 1 : 2];
  int64_t batches = op.isPacked()
                        ? typeOf(op.getCuSeqlensQuery()).getDimSize(0) - 1
                        : key[0];
  int64_t tasks = std::max<int64_t>(batches * heads, 1);
  return std::clamp<int64_t>(keys / 512, 1,
                             std::max<int64_t>(16 / tasks, 1));
}

/// What `yielded` is where it does not hide the key: what is hidden has a
/// cotangent of 0 as it is.
static Value whereShown(Value yielded) {
  auto select = yielded.getDefiningOp<arith::SelectOp>();
  if (!select)
    return yielded;
  auto hides = [](Value value) {
    return matchPattern(value, m_NegInfFloat());
  };
  if (hides(select.getFalseValue()))
    return select.getTrueValue();
  return hides(select.getTrueValue()) ? select.getFalseValue() : yielded;
}

/// Writes the region that takes a score's cotangent back through `score`.
static LogicalResult differentiateScore(OpBuilder &builder, Region &score,
                                        Region &backward) {
  Block &body = score.front();
  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(&backward);
  IRMapping mapping;
  Location loc = body.getTerminator()->getLoc();
  for (BlockArgument argument : body.getArguments())
    mapping.map(argument, block->addArgument(argument.getType(), loc));
  Value cotangent = block->addArgument(body.getArgument(0).getType(), loc);
  SmallVector<Operation *> ops;
  for (Operation &op : body.without_terminator())
    ops.push_back(builder.clone(op, mapping));
  Value yielded = whereShown(
      mapping.lookupOrDefault(body.getTerminator()->getOperand(0)));
  FailureOr<Value> result = differentiateScalars(
      builder, ops, block->getArgument(0), yielded, cotangent);
  if (failed(result))
    return failure();
  Value zero;
  if (!*result)
    zero = scalar(builder, loc, cotangent.getType(), 0);
  YieldOp::create(builder, loc, *result ? *result : zero);
  return success();
}

namespace {
struct AttentionRule
    : DifferentiableOpInterface::ExternalModel<AttentionRule, AttentionOp> {
  LogicalResult buildAdjoint(Operation *base, OpBuilder &builder,
                             ArrayRef<Value> cotangents,
                             const llvm::BitVector &wanted,
                             MutableArrayRef<Value> operandCotangents) const {
    auto op = cast<AttentionOp>(base);
    if (!op.getLogSumExp() || !cotangents[0] || cotangents[1])
      return op.emitOpError("must have a `log_sum_exp` that no gradient "
                            "passes through");
    if (op.getKeyParts())
      return op.emitOpError("`key_parts` must not be given to be "
                            "differentiated");
    bool byMask = op.getMask() && wanted[3];
    auto backward = create(op, builder, cotangents[0], byMask);
    if (!op.getScore().empty()) {
      IRMapping mapping;
      op.getScore().cloneInto(&backward.getScore(), mapping);
      if (failed(differentiateScore(builder, op.getScore(),
                                    backward.getScoreBackward())))
        return failure();
    }
    if (wanted[0])
      operandCotangents[0] = sumParts(op, builder, backward.getDQuery());
    if (wanted[1])
      operandCotangents[1] = backward.getDKey();
    if (wanted[2])
      operandCotangents[2] = backward.getDValue();
    if (byMask)
      operandCotangents[3] = ofMask(op, builder, backward.getDScores());
    return success();
  }

  static AttentionBackwardOp create(AttentionOp op, OpBuilder &builder,
                                    Value cotangent, bool byMask) {
    RankedTensorType query = typeOf(op.getQuery());
    Type wide = wideType(query.getElementType());
    int64_t splits = chooseSplits(op);
    SmallVector<int64_t> parts(query.getShape());
    parts.insert(parts.begin(), splits);
    Type scores;
    if (byMask) {
      SmallVector<int64_t> shape(typeOf(op.getLogSumExp()).getShape());
      bool bshd = op.getLayout() == AttentionLayout::BSHD;
      shape.push_back(typeOf(op.getKey()).getDimSize(bshd ? 1 : 2));
      scores = RankedTensorType::get(shape, wide);
    }
    return AttentionBackwardOp::create(
        builder, op.getLoc(), RankedTensorType::get(parts, wide),
        op.getKey().getType(), op.getValue().getType(), scores, op.getQuery(),
        op.getKey(), op.getValue(), op.getResults(), op.getLogSumExp(),
        cotangent, op.getMask(), op.getKeyLengths(), op.getCuSeqlensQuery(),
        op.getCuSeqlensKey(), op.getScaleAttr(), op.getLayout(),
        op.getCausal(), op.getWindowLeftAttr(), op.getWindowRightAttr(),
        op.getSoftCapAttr(), splits);
  }

  /// The sum over the first dimension, as the query.
  static Value sumParts(AttentionOp op, OpBuilder &builder, Value parts) {
    RankedTensorType query = typeOf(op.getQuery());
    Location loc = op.getLoc();
    Value sum = typeOf(parts).getDimSize(0) == 1
                    ? withShape(builder, loc, parts, query.getShape())
                    : sumOver(builder, loc, parts, 0);
    return convertElements(builder, loc, sum, query.getElementType());
  }

  /// Sums over what the mask is broadcast along.
  static Value ofMask(AttentionOp op, OpBuilder &builder, Value scores) {
    RankedTensorType mask = typeOf(op.getMask());
    Operand read = spread(op.getMask(), typeOf(scores).getShape());
    Value sum = sumToOperand(
        builder, op.getLoc(), scores, read.map,
        mask.clone(typeOf(scores).getElementType()));
    return convertElements(builder, op.getLoc(), sum, mask.getElementType());
  }
};
} // namespace

/// Rotates back: by the negative of the angles.
static LogicalResult adjointOf(RotaryEmbeddingOp op, OpBuilder &builder,
                               Value cotangent, const llvm::BitVector &wanted,
                               MutableArrayRef<Value> result) {
  if (wanted[1] || wanted[2])
    return op.emitOpError("`cosine` and `sine` must be constant to be "
                          "differentiated");
  Value sine = mapElements(builder, op.getLoc(), typeOf(op.getSine()),
                           {whole(op.getSine())},
                           [](OpBuilder &b, Location at, ValueRange v) {
                             return ScalarBuilder{b, at}.neg(v[0]);
                           });
  result[0] = RotaryEmbeddingOp::create(
      builder, op.getLoc(), cotangent.getType(), cotangent, op.getCosine(),
      sine, op.getPositionIds(), op.getInterleaved(), op.getRotaryDims(),
      op.getLayout());
  return success();
}

void lacuna::attachAttentionRules(MLIRContext *context) {
  attachRule<RotaryEmbeddingOp, adjointOf>(context);
  AttentionOp::attachInterface<AttentionRule>(*context);
}
