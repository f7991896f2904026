//===- SplitAttention.cpp - Attention of few queries ----------------------===//
// One query by the head leaves processors idle and reads shared keys again for
// each head. Heads that share keys become rows; long keys are taken in parts
// with results of their own (Dao et al., "Flash-Decoding", 2023).
//===----------------------------------------------------------------------===//
#include "ElementWiseBuilder.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/Lowering/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace lacuna {
#define GEN_PASS_DEF_SPLITATTENTION
#include "lacuna/Lowering/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
using Sizes = SmallVector<int64_t>;

RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// Batch, heads, sequence and depth of unpacked operands.
struct HeadSizes {
  int64_t batch, heads, rows, depth;

  HeadSizes(AttentionOp op, Value operand) {
    ArrayRef<int64_t> s = typeOf(operand).getShape();
    bool headsFirst = op.getLayout() == AttentionLayout::BHSD;
    batch = s[0];
    heads = s[headsFirst ? 1 : 2];
    rows = s[headsFirst ? 2 : 1];
    depth = s[3];
  }
};

/// `x` with its dimensions 1 and 2 cut as in `shape`.
Value regroup(OpBuilder &b, Location loc, Value x, ArrayRef<int64_t> shape) {
  SmallVector<ReassociationIndices> dims{{0}, {1, 2}};
  for (int64_t dim = 3; dim < typeOf(x).getRank(); ++dim)
    dims.push_back({dim});
  Value joined = tensor::CollapseShapeOp::create(b, loc, x, dims);
  return tensor::ExpandShapeOp::create(b, loc, typeOf(x).clone(shape), joined,
                                       dims);
}

bool isSpecialised(AttentionOp op) {
  return llvm::all_of(op->getOperandTypes(), [](Type type) {
    return cast<RankedTensorType>(type).hasStaticShape();
  });
}

/// Query heads of one key head as rows of one head.
struct HeadsToRows : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  /// Whether the single query of all heads may see the same keys.
  static bool seesAlike(AttentionOp op) {
    bool bound = op.getWindowLeft() || op.getWindowRight() ||
                 op.getCausal() == Causal::TopLeft;
    if (bound || !op.getScore().empty() || !op.getMask())
      return !bound && op.getScore().empty();
    ArrayRef<int64_t> mask = typeOf(op.getMask()).getShape();
    return mask.size() < 3 || mask[mask.size() - 3] == 1;
  }

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const final;
};

LogicalResult HeadsToRows::matchAndRewrite(AttentionOp op,
                                           PatternRewriter &rewriter) const {
  if (op.isPacked() || !isSpecialised(op) || op.getKeyParts())
    return rewriter.notifyMatchFailure(op, "packed or not yet specialised");
  HeadSizes q(op, op.getQuery()), k(op, op.getKey()), v(op, op.getValue());
  if (q.rows != 1 || k.heads == 0 || q.heads == k.heads || !seesAlike(op))
    return rewriter.notifyMatchFailure(op, "heads do not share keys alike");
  Location loc = op.getLoc();
  int64_t group = q.heads / k.heads;
  bool headsFirst = op.getLayout() == AttentionLayout::BHSD;
  // With heads last, (heads, group) turn into (group, heads) and back.
  auto turn = [&](Value x) -> Value {
    if (headsFirst)
      return x;
    Sizes to(typeOf(x).getShape());
    std::swap(to[1], to[2]);
    Value target = tensor::EmptyOp::create(rewriter, loc, to,
                                           typeOf(x).getElementType());
    return linalg::TransposeOp::create(rewriter, loc, x, target,
                                       Sizes{0, 2, 1, 3})
        ->getResult(0);
  };
  Value query = turn(regroup(rewriter, loc, op.getQuery(),
                             {q.batch, k.heads, group, q.depth}));
  auto scale = rewriter.getF64FloatAttr(
      op.getScale() ? op.getScale()->convertToDouble()
                    : 1 / std::sqrt(double(q.depth)));
  Sizes result = llvm::to_vector(typeOf(query).getShape().drop_back());
  result.push_back(v.depth);
  Type sums;
  if (op.getLogSumExp())
    sums = typeOf(op.getLogSumExp()).clone({q.batch, k.heads, group});
  auto rows = AttentionOp::create(
      rewriter, loc, typeOf(op.getResults()).clone(result), sums, query,
      op.getKey(), op.getValue(), op.getMask(), op.getKeyLengths(), Value(),
      Value(), scale, op.getLayout(), Causal::None, IntegerAttr(),
      IntegerAttr(), op.getSoftCapAttr(), IntegerAttr());
  SmallVector<Value> replacements{
      regroup(rewriter, loc, turn(rows.getResults()),
              typeOf(op.getResults()).getShape())};
  if (op.getLogSumExp())
    replacements.push_back(regroup(rewriter, loc, rows.getLogSumExp(),
                                   typeOf(op.getLogSumExp()).getShape()));
  rewriter.replaceOp(op, replacements);
  return success();
}

/// Puts the results of parts together, each with exp(its log-sum-exp) as
/// weight.
class Merge {
public:
  Merge(OpBuilder &builder, AttentionOp parts)
      : build(builder, parts.getLoc()), parts(parts),
        wide(typeOf(parts.getLogSumExp()).getElementType()),
        pairs(typeOf(parts.getLogSumExp()).getShape()),
        rows(ArrayRef(pairs).drop_front()) {}
  SmallVector<Value> emit(RankedTensorType result, bool wantsLogSumExp);

private:
  Value results(Value weights, Value total, RankedTensorType type);

  ElementWiseBuilder build;
  AttentionOp parts;
  Type wide;
  Sizes pairs, rows;
};

/// sum_c weights[c] results[c] / total; 0 where no part saw a key.
Value Merge::results(Value weights, Value total, RankedTensorType type) {
  bool headsFirst = parts.getLayout() == AttentionLayout::BHSD;
  Sizes row = headsFirst ? Sizes{1, 2, 3} : Sizes{1, 3, 2};
  Sizes at{0};
  at.append(row);
  Sizes loops(typeOf(parts.getResults()).getShape());
  Value sum = build.fold(
      loops, {build.fill(type.getShape(), wide, 0), {1, 2, 3, 4}},
      {{parts.getResults(), {0, 1, 2, 3, 4}}, {weights, at}},
      [](OpBuilder &b, Location l, ValueRange e) -> Value {
        return arith::AddFOp::create(b, l, e[2],
                                     arith::MulFOp::create(b, l, e[0], e[1]));
      });
  for (int64_t &loop : row)
    --loop;
  return build.map(
      type.getShape(), type.getElementType(),
      {{sum, {0, 1, 2, 3}}, {total, row}},
      [&](OpBuilder &b, Location l, ValueRange e) -> Value {
        ElementWiseBuilder inner(b, l);
        Value zero = inner.number(wide, 0);
        Value none = arith::CmpFOp::create(b, l, arith::CmpFPredicate::OEQ,
                                           e[1], zero);
        Value x = arith::SelectOp::create(
            b, l, none, zero, arith::DivFOp::create(b, l, e[0], e[1]));
        return type.getElementType() == wide
                   ? x
                   : arith::TruncFOp::create(b, l, type.getElementType(), x)
                         .getResult();
      });
}

SmallVector<Value> Merge::emit(RankedTensorType result, bool wantsLogSumExp) {
  Value sums = parts.getLogSumExp();
  Value top = build.fold(
      pairs, {build.fill(rows, wide, -infinity), {1, 2, 3}},
      {{sums, {0, 1, 2, 3}}},
      [](OpBuilder &b, Location l, ValueRange e) -> Value {
        return arith::MaximumFOp::create(b, l, e[0], e[1]);
      });
  // A row that sees no key has maximum -inf; subtract 0 from its -inf.
  Value shift = build.map(
      rows, wide, {{top, {0, 1, 2}}},
      [&](OpBuilder &b, Location l, ValueRange e) -> Value {
        ElementWiseBuilder inner(b, l);
        Value none =
            arith::CmpFOp::create(b, l, arith::CmpFPredicate::OEQ, e[0],
                                  inner.number(wide, -infinity));
        return arith::SelectOp::create(b, l, none, inner.number(wide, 0), e[0]);
      });
  Value weights = build.map(
      pairs, wide, {{sums, {0, 1, 2, 3}}, {shift, {1, 2, 3}}},
      [](OpBuilder &b, Location l, ValueRange e) -> Value {
        return math::ExpOp::create(b, l,
                                   arith::SubFOp::create(b, l, e[0], e[1]));
      });
  Value total = build.fold(
      pairs, {build.fill(rows, wide, 0), {1, 2, 3}}, {{weights, {0, 1, 2, 3}}},
      [](OpBuilder &b, Location l, ValueRange e) -> Value {
        return arith::AddFOp::create(b, l, e[0], e[1]);
      });
  SmallVector<Value> replacements{results(weights, total, result)};
  if (wantsLogSumExp)
    replacements.push_back(build.map(
        rows, wide, {{shift, {0, 1, 2}}, {total, {0, 1, 2}}},
        [](OpBuilder &b, Location l, ValueRange e) -> Value {
          return arith::AddFOp::create(b, l, e[0],
                                       math::LogOp::create(b, l, e[1]));
        }));
  return replacements;
}

/// Long keys in parts.
struct KeysToParts : OpRewritePattern<AttentionOp> {
  KeysToParts(MLIRContext *context, int64_t tasks, int64_t leastKeys)
      : OpRewritePattern(context), tasks(tasks), leastKeys(leastKeys) {}

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const final {
    if (op.isPacked() || !isSpecialised(op) || op.getKeyParts())
      return rewriter.notifyMatchFailure(op, "packed, or done");
    HeadSizes q(op, op.getQuery()), k(op, op.getKey());
    constexpr int64_t blockRows = 64; // about what an emitter's task takes
    int64_t blocks =
        q.batch * q.heads * llvm::divideCeil(q.rows, blockRows);
    if (blocks == 0 || op.getResults().getType().getNumElements() == 0)
      return rewriter.notifyMatchFailure(op, "nothing to compute");
    int64_t parts = std::min<int64_t>(llvm::divideCeil(tasks, blocks),
                                      k.rows / leastKeys);
    if (parts < 2)
      return rewriter.notifyMatchFailure(op, "enough to do, or few keys");
    Location loc = op.getLoc();
    Type element = typeOf(op.getQuery()).getElementType();
    Type wide = element.isF64() ? element : Type(rewriter.getF32Type());
    Sizes result{parts}, sums{parts, q.batch, q.heads, q.rows};
    llvm::append_range(result, op.getResults().getType().getShape());
    auto split = cast<AttentionOp>(rewriter.clone(*op));
    auto whole = AttentionOp::create(
        rewriter, loc, RankedTensorType::get(result, wide),
        RankedTensorType::get(sums, wide), split.getQuery(), split.getKey(),
        split.getValue(), split.getMask(), split.getKeyLengths(), Value(),
        Value(), split.getScaleAttr(), split.getLayout(), split.getCausal(),
        split.getWindowLeftAttr(), split.getWindowRightAttr(),
        split.getSoftCapAttr(), rewriter.getI64IntegerAttr(parts));
    whole.getScore().takeBody(split.getScore());
    rewriter.eraseOp(split);
    rewriter.replaceOp(op, Merge(rewriter, whole)
                               .emit(cast<RankedTensorType>(
                                         op.getResults().getType()),
                                     bool(op.getLogSumExp())));
    return success();
  }

  int64_t tasks, leastKeys;
};

struct SplitAttention : lacuna::impl::SplitAttentionBase<SplitAttention> {
  using SplitAttentionBase::SplitAttentionBase;

  void runOnOperation() override {
    if (tasks <= 0 || leastKeys <= 0) {
      getOperation()->emitError("`tasks` and `least-keys` must be positive, "
                                "got ")
          << int64_t(tasks) << " and " << int64_t(leastKeys);
      return signalPassFailure();
    }
    // Rows first: parts are counted by what is left.
    RewritePatternSet heads(&getContext()), keys(&getContext());
    heads.add<HeadsToRows>(&getContext());
    keys.add<KeysToParts>(&getContext(), tasks, leastKeys);
    if (failed(applyPatternsGreedily(getOperation(), std::move(heads))) ||
        failed(applyPatternsGreedily(getOperation(), std::move(keys))))
      signalPassFailure();
  }
};
} // namespace
