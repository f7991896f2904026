//===- Attention.cpp - Attention and rotary embedding ---------------------===//
// Checks, shapes and simplifications of the attention family.
//===----------------------------------------------------------------------===//
#include "Verify.h"
#include "lacuna/IR/OpClass.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace lacuna;
using verify::elementOf;
using verify::sizesOf;

namespace {
/// The sizes of a query, key or value, whatever their order.
struct HeadShape {
  int64_t batch = 1, heads, sequence, depth;
};
} // namespace

template <typename OpT>
static HeadShape headShape(OpT op, Value operand) {
  ArrayRef<int64_t> s = sizesOf(operand);
  if (op.isPacked())
    return {1, s[1], s[0], s[2]};
  if (op.getLayout() == AttentionLayout::BSHD)
    return {s[0], s[2], s[1], s[3]};
  return {s[0], s[1], s[2], s[3]};
}

template <typename OpT>
static LogicalResult verifyPacking(OpT op) {
  Value query = op.getCuSeqlensQuery(), key = op.getCuSeqlensKey();
  if (!query)
    return key ? op.emitOpError("`cu_seqlens_key` must come with "
                                "`cu_seqlens_query`")
               : success();
  if (failed(verify::rank(op, "cu_seqlens_query", query, 1, 1)))
    return failure();
  if (sizesOf(query)[0] == 0)
    return op.emitOpError("`cu_seqlens_query` must have at least one element, "
                          "got 0");
  if (failed(verify::shape(op, "cu_seqlens_key", key, sizesOf(query))))
    return failure();
  if (op.getMask() || op.getKeyLengths())
    return op.emitOpError("packed operands must have neither `mask` nor "
                          "`key_lengths`");
  if (op.getLayout() != AttentionLayout::BHSD)
    return op.emitOpError("`layout` must be bhsd for packed operands, got ")
           << stringifyAttentionLayout(op.getLayout());
  return success();
}

/// Query, key and value among each other.
template <typename OpT>
static LogicalResult verifyOperands(OpT op) {
  int64_t rank = op.isPacked() ? 3 : 4;
  for (auto [name, operand] :
       {std::pair("query", Value(op.getQuery())),
        std::pair("key", Value(op.getKey())),
        std::pair("value", Value(op.getValue()))}) // C1
    if (failed(verify::rank(op, name, operand, rank, rank)) ||
        failed(verify::element(op, name, operand, op.getQuery())))
      return failure();
  HeadShape q = headShape(op, op.getQuery()), k = headShape(op, op.getKey()),
            v = headShape(op, op.getValue());
  auto agree = [&](StringRef what, int64_t left, int64_t right) {
    if (sizesAgree(left, right))
      return success();
    return LogicalResult(op.emitOpError() << what << " must agree, got " << left
                                          << " and " << right);
  };
  if (failed(agree("batches of query and key", q.batch, k.batch)) || // C2
      failed(agree("batches of key and value", k.batch, v.batch)) ||
      failed(agree("heads of key and value", k.heads, v.heads)) ||
      failed(agree("sequences of key and value", k.sequence, v.sequence)) ||
      failed(agree("depths of query and key", q.depth, k.depth)))
    return failure();
  if (op.isPacked() && !op.getCuSeqlensKey() &&
      failed(agree("sequences of query and key", q.sequence, k.sequence)))
    return failure();
  return ShapedType::isDynamic(k.heads) // C3
             ? success()
             : verify::divides(op, "the heads of key", k.heads,
                               "those of query", q.heads);
}

/// What hides keys.
template <typename OpT>
static LogicalResult verifyMasks(OpT op) {
  HeadShape q = headShape(op, op.getQuery()), k = headShape(op, op.getKey());
  if (Value mask = op.getMask()) { // C4
    Type element = elementOf(mask);
    if (!element.isInteger(1) && !isa<FloatType>(element))
      return op.emitOpError("`mask` must be of i1 or floating-point elements, "
                            "got ")
             << element;
    SmallVector<int64_t> scores{q.batch, q.heads, q.sequence, k.sequence};
    if (!broadcastsTo(sizesOf(mask), scores))
      return op.emitOpError("`mask` must broadcast to ")
             << verify::text(scores) << ", got "
             << verify::text(sizesOf(mask));
  }
  if (failed(verify::shape(op, "key_lengths", op.getKeyLengths(), // C5
                           mergedSize(q.batch, k.batch))))
    return failure();
  constexpr int64_t furthest = int64_t(1) << 40; // C7
  if (auto left = op.getWindowLeft())
    if (failed(verify::range(op, "window_left", *left, 0, furthest)))
      return failure();
  auto right = op.getWindowRight();
  if (right && failed(verify::range(op, "window_right", *right, 0, furthest)))
    return failure();
  if (right && op.getCausal() != Causal::None)
    return op.emitOpError("`window_right` must not be given with causal");
  return success();
}

/// Whether the keys may be taken in parts as asked.
static LogicalResult verifyParts(AttentionOp op) {
  auto parts = op.getKeyParts();
  if (!parts)
    return success();
  if (failed(verify::range(op, "key_parts", *parts, 1, 1 << 16)))
    return failure();
  if (!op.getLogSumExp())
    return op.emitOpError("`key_parts` must come with `log_sum_exp`");
  if (op.isPacked())
    return op.emitOpError("`key_parts` must not be given for packed operands");
  return success();
}

/// The types of what attention gives, and of its log-sum-exp.
template <typename OpT> static RankedTensorType outputType(OpT op) {
  SmallVector<int64_t> shape(sizesOf(op.getQuery()));
  shape.back() = sizesOf(op.getValue()).back();
  return RankedTensorType::get(shape, elementOf(op.getQuery()));
}

static Type wideElement(Value operand) {
  Type element = elementOf(operand);
  return element.isF64() ? element : Float32Type::get(element.getContext());
}

template <typename OpT> static RankedTensorType logSumExpType(OpT op) {
  HeadShape q = headShape(op, op.getQuery());
  SmallVector<int64_t> rows{q.batch, q.heads, q.sequence};
  if (op.isPacked())
    rows = {q.sequence, q.heads};
  return RankedTensorType::get(rows, wideElement(op.getQuery()));
}

static RankedTensorType inParts(RankedTensorType type, int64_t parts) {
  SmallVector<int64_t> shape(type.getShape());
  shape.insert(shape.begin(), parts);
  return type.clone(shape);
}

LogicalResult AttentionOp::inferResultTypes(verify::Types &types) {
  if (failed(verifyPacking(*this)) ||  // C6
      failed(verifyOperands(*this)) || // C1, C2, C3
      failed(verifyMasks(*this)) ||    // C4, C5, C7
      failed(verifyParts(*this)))      // C11
    return failure();
  RankedTensorType output = outputType(*this), sums = logSumExpType(*this);
  if (auto parts = getKeyParts()) {
    output = inParts(output, *parts).clone(sums.getElementType());
    sums = inParts(sums, *parts);
  }
  types.push_back(output);
  if (getLogSumExp())
    types.push_back(sums);
  return success();
}

/// `value` can be of type `expected`.
static LogicalResult verifyLike(Operation *op, StringRef name, Value value,
                                RankedTensorType expected) {
  if (failed(verify::shape(op, name, value, expected.getShape())))
    return failure();
  if (elementOf(value) == expected.getElementType())
    return success();
  return op->emitOpError("`") << name << "` must have elements of "
                              << expected.getElementType() << ", got "
                              << elementOf(value);
}

LogicalResult AttentionBackwardOp::inferResultTypes(verify::Types &types) {
  if (failed(verifyPacking(*this)) ||  // C6
      failed(verifyOperands(*this)) || // C1, C2, C3
      failed(verifyMasks(*this)) ||    // C4, C5, C7
      failed(verifyLike(*this, "output", getOutput(), outputType(*this))) || // C11
      failed(verifyLike(*this, "d_output", getDOutput(), outputType(*this))) ||
      failed(verifyLike(*this, "log_sum_exp", getLogSumExp(), // C12
                        logSumExpType(*this))) ||
      failed(verify::range(*this, "splits", getSplits(), 1, 1 << 20))) // C13
    return failure();
  Type wide = wideElement(getQuery());
  SmallVector<int64_t> parts(sizesOf(getQuery()));
  parts.insert(parts.begin(), getSplits());
  types.push_back(RankedTensorType::get(parts, wide));
  types.push_back(verify::typeOf(getKey()));
  types.push_back(verify::typeOf(getValue()));
  if (!getDScores())
    return success();
  if (isPacked()) // C15
    return emitOpError("`d_scores` must not be asked of packed operands");
  HeadShape q = headShape(*this, getQuery()), k = headShape(*this, getKey());
  types.push_back(RankedTensorType::get(
      {q.batch, q.heads, q.sequence, k.sequence}, wide));
  return success();
}

/// Whether the ops of a score region make a number from its arguments.
template <typename OpT>
static LogicalResult verifyScoreBody(OpT op, Block &body) {
  for (Operation &inner : body.without_terminator())
    if (!fitsScoreRegion(&inner))
      return inner.emitOpError("must be element-wise or `tensor.extract` in a "
                               "score region");
  for (Operation &inner : body)
    for (Value operand : inner.getOperands()) {
      bool inside = operand.getParentBlock() == &body;
      bool extracted =
          isa<tensor::ExtractOp>(inner) && operand == inner.getOperand(0);
      if (!inside && !extracted && !matchPattern(operand, m_Constant()))
        return inner.emitOpError("must not read what is computed outside of "
                                 "its score region");
    }
  return success();
}

/// A region from `scores` scores around four indices to one score.
template <typename OpT>
static LogicalResult verifyScore(OpT op, StringRef name, Block &body,
                                 unsigned scores) {
  Type index = IndexType::get(op.getContext());
  TypeRange types = body.getArgumentTypes();
  bool indices = types.size() == 4 + scores &&
                 llvm::all_of(types.slice(1, 4),
                              [&](Type type) { return type == index; }) &&
                 types.back() == (scores > 1 ? types.front() : index);
  if (!indices) // C9, C14
    return op.emitOpError("`")
           << name << "` must take a score and four indices"
           << (scores > 1 ? ", and a score again" : "");
  Type element = elementOf(op.getQuery()), score = types.front();
  if (score != element && !(score.isF32() && !element.isF64()))
    return op.emitOpError("scores must be ")
           << element << (element.isF64() ? "" : " or f32") << ", got "
           << score;
  auto yield = dyn_cast<YieldOp>(body.getTerminator());
  if (!yield || yield.getValues().getTypes() != TypeRange(score))
    return op.emitOpError("`") << name << "` must yield one " << score;
  return verifyScoreBody(op, body); // C10
}

template <typename OpT> static LogicalResult verifyOptions(OpT op) {
  if (auto scale = op.getScale(); scale && !scale->isFinite()) // C8
    return op.emitOpError("`scale` must be finite");
  if (auto cap = op.getSoftCap())
    if (failed(verify::positive(op, "soft_cap", *cap)))
      return failure();
  if (op.getScore().empty())
    return success();
  return verifyScore(op, "score", op.getScore().front(), 1);
}

LogicalResult AttentionOp::verify() { return verifyOptions(*this); }

LogicalResult AttentionBackwardOp::verify() {
  if (failed(verifyOptions(*this)))
    return failure();
  if (getScore().empty() != getScoreBackward().empty()) // C14
    return emitOpError("`score_backward` must come with `score`");
  if (getScore().empty())
    return success();
  return verifyScore(*this, "score_backward", getScoreBackward().front(), 2);
}

LogicalResult AttentionOp::canonicalize(AttentionOp op,
                                        PatternRewriter &rewriter) {
  // A score region that yields its argument does nothing.
  if (!op.getScore().empty()) {
    Block &body = op.getScore().front();
    if (body.getTerminator()->getOperand(0) != body.getArgument(0))
      return rewriter.notifyMatchFailure(op, "the score region has work");
    rewriter.modifyOpInPlace(op, [&] {
      body.erase();
    });
    return success();
  }
  if (!op.getLogSumExp() || !op.getLogSumExp().use_empty() || op.getKeyParts())
    return rewriter.notifyMatchFailure(op, "nothing to simplify");
  auto slim = AttentionOp::create(
      rewriter, op.getLoc(), op.getResults().getType(), Type(), op.getQuery(),
      op.getKey(), op.getValue(), op.getMask(), op.getKeyLengths(),
      op.getCuSeqlensQuery(), op.getCuSeqlensKey(), op.getScaleAttr(),
      op.getLayout(), op.getCausal(), op.getWindowLeftAttr(),
      op.getWindowRightAttr(), op.getSoftCapAttr(), IntegerAttr());
  slim.getScore().takeBody(op.getScore());
  rewriter.replaceAllUsesWith(op.getResults(), slim.getResults());
  rewriter.eraseOp(op);
  return success();
}

LogicalResult RotaryEmbeddingOp::inferResultTypes(verify::Types &types) {
  if (failed(verify::rank(*this, "input", getInput(), 4, 4))) // C1
    return failure();
  ArrayRef<int64_t> shape = sizesOf(getInput());
  int64_t depth = shape[3], rotary = getRotaryDims();
  int64_t most = ShapedType::isDynamic(depth) ? INT64_MAX : depth;
  if (failed(verify::range(*this, "rotary_dims", rotary, 0, most))) // C2
    return failure();
  if (rotary == 0)
    rotary = depth;
  if (rotary >= 0 && rotary % 2 != 0)
    return emitOpError("rotated features must be even in number, got ")
           << rotary;
  int64_t half = ShapedType::isDynamic(rotary) ? rotary : rotary / 2;
  int64_t sequence = shape[getLayout() == AttentionLayout::BSHD ? 1 : 2];
  auto batchOf = [&](Value value) {
    ArrayRef<int64_t> sizes = sizesOf(value);
    return !sizes.empty() && sizes[0] == 1 ? 1 : shape[0];
  };
  bool picked = bool(getPositionIds());
  for (auto [name, angles] : {std::pair("cosine", Value(getCosine())),
                              std::pair("sine", Value(getSine()))}) { // C3
    SmallVector<int64_t> expected{batchOf(angles), sequence, half};
    if (picked)
      expected = {sizesOf(getCosine()).empty() ? 0 : sizesOf(getCosine())[0],
                  half};
    if (failed(verify::shape(*this, name, angles, expected)) ||
        failed(verify::element(*this, name, angles, getInput())))
      return failure();
  }
  if (picked && failed(verify::shape(*this, "position_ids", // C4
                                     getPositionIds(),
                                     {batchOf(getPositionIds()), sequence})))
    return failure();
  types.push_back(verify::typeOf(getInput()));
  return success();
}
