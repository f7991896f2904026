//===- Attention.cpp - Attention and rotary embedding ---------------------===//
// Checks, shapes and simplifications of the attention family.
//===----------------------------------------------------------------------===//
#include "Verify.h"

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

static HeadShape headShape(AttentionOp op, Value operand) {
  ArrayRef<int64_t> s = sizesOf(operand);
  if (op.isPacked())
    return {1, s[1], s[0], s[2]};
  if (op.getLayout() == AttentionLayout::BSHD)
    return {s[0], s[2], s[1], s[3]};
  return {s[0], s[1], s[2], s[3]};
}

static LogicalResult verifyPacking(AttentionOp op) {
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
static LogicalResult verifyOperands(AttentionOp op) {
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
static LogicalResult verifyMasks(AttentionOp op) {
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

LogicalResult AttentionOp::inferResultTypes(verify::Types &types) {
  if (failed(verifyPacking(*this)) ||  // C6
      failed(verifyOperands(*this)) || // C1, C2, C3
      failed(verifyMasks(*this)) ||    // C4, C5, C7
      failed(verifyParts(*this)))      // C11
    return failure();
  SmallVector<int64_t> shape(sizesOf(getQuery()));
  shape.back() = sizesOf(getValue()).back();
  Type element = elementOf(getQuery());
  Type wide = element.isF64() ? element : Float32Type::get(getContext());
  if (auto parts = getKeyParts()) {
    shape.insert(shape.begin(), *parts);
    element = wide;
  }
  types.push_back(RankedTensorType::get(shape, element));
  if (!getLogSumExp())
    return success();
  HeadShape q = headShape(*this, getQuery());
  SmallVector<int64_t> rows{q.batch, q.heads, q.sequence};
  if (isPacked())
    rows = {q.sequence, q.heads};
  if (auto parts = getKeyParts())
    rows.insert(rows.begin(), *parts);
  types.push_back(RankedTensorType::get(rows, wide));
  return success();
}

/// Whether the ops of a score region make a number from its arguments.
static LogicalResult verifyScoreBody(AttentionOp op, Block &body) {
  for (Operation &inner : body.without_terminator()) {
    bool scalar = inner.getNumResults() == 1 && inner.getNumRegions() == 0 &&
                  (OpTrait::hasElementwiseMappableTraits(&inner) ||
                   inner.hasTrait<OpTrait::ConstantLike>() ||
                   isa<tensor::ExtractOp>(inner));
    if (!scalar)
      return inner.emitOpError("must be element-wise or `tensor.extract` in a "
                               "score region");
  }
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

LogicalResult AttentionOp::verify() {
  if (auto scale = getScale(); scale && !scale->isFinite()) // C8
    return emitOpError("`scale` must be finite");
  if (auto cap = getSoftCap())
    if (failed(verify::positive(*this, "soft_cap", *cap)))
      return failure();
  if (getScore().empty())
    return success();
  Block &body = getScore().front();
  Type index = IndexType::get(getContext());
  TypeRange types = body.getArgumentTypes();
  bool indices = types.size() == 5 &&
                 llvm::all_of(types.drop_front(),
                              [&](Type type) { return type == index; });
  if (!indices) // C9
    return emitOpError("`score` must take a score and four indices");
  Type element = elementOf(getQuery()), score = types.front();
  if (score != element && !(score.isF32() && !element.isF64()))
    return emitOpError("scores must be ")
           << element << (element.isF64() ? "" : " or f32") << ", got "
           << score;
  auto yield = dyn_cast<YieldOp>(body.getTerminator());
  if (!yield || yield.getValues().getTypes() != TypeRange(score))
    return emitOpError("`score` must yield one ") << score;
  return verifyScoreBody(*this, body); // C10
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
  return rewriter.notifyMatchFailure(op, "nothing to simplify");
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
