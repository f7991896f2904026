//===- FuseAttention.cpp - Attention out of products and softmax ----------===//
// Exporters write attention as product, scale, mask, softmax, product. What
// reads `softmax(q k^T scale + mask) v` becomes one lacuna.attention, which
// never holds the scores. AttentionScores.cpp knows what stands between.
//===----------------------------------------------------------------------===//
#include "AttentionScores.h"
#include "Rewrites.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace lacuna {
#define GEN_PASS_DEF_FUSEATTENTION
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// An operand of a product as (batch, head, row, column); fails when it lacks
/// a batch of more than one, or has its dimensions in another order.
static FailureOr<Value> asRows(OpBuilder &builder, Location loc, Value value,
                               AffineMap map, int64_t batch, int64_t row,
                               int64_t column, ArrayRef<int64_t> batchSizes) {
  ArrayRef<int64_t> shape = shapeOf(value);
  int64_t rank = shape.size(), outer = rank - 2;
  auto loop = [&](int64_t dim) {
    auto expr = dyn_cast<AffineDimExpr>(map.getResult(dim));
    return expr ? int64_t(expr.getPosition()) : int64_t(-1);
  };
  if (rank < 2)
    return failure();
  bool turned = loop(rank - 2) == column && loop(rank - 1) == row;
  if (!turned && (loop(rank - 2) != row || loop(rank - 1) != column))
    return failure();
  SmallVector<int64_t> full;
  int64_t next = 0;
  for (int64_t dim = 0; dim < batch; ++dim) {
    bool present = next < outer && loop(next) == dim;
    full.push_back(present ? shape[next++] : 1);
    // Heads may be shared by all queries, batch entries may not.
    if (!present && batchSizes[dim] != 1 && dim + 1 != batch)
      return failure();
  }
  if (next != outer)
    return failure();
  if (full.size() == 1)
    full.insert(full.begin(), 1);
  full.append({shape[rank - 2], shape[rank - 1]});
  value = reshape(builder, loc, value, full);
  return turned ? transpose(builder, loc, value, {0, 1, 3, 2}) : value;
}

/// Looks through `isnan(p) ? 0 : p`, which a softmax here makes of itself.
static Value peelNaNGuard(Value value) {
  auto select = matchGeneric<arith::SelectOp>(value);
  if (!select || select.getInputs().size() != 3)
    return value;
  std::optional<double> zero = uniformValue(select.getInputs()[1]);
  Value guarded = select.getInputs()[2];
  auto isNaN = select.getInputs()[0].getDefiningOp<linalg::GenericOp>();
  if (!zero || *zero != 0 || !isNaN || isNaN.getInputs().size() != 1 ||
      isNaN.getInputs()[0] != guarded)
    return value;
  auto compare = dyn_cast<arith::CmpFOp>(isNaN.getBody()->front());
  Value element = isNaN.getBody()->getArgument(0);
  bool same = compare && compare.getLhs() == element &&
              compare.getRhs() == element &&
              compare.getPredicate() == arith::CmpFPredicate::UNO;
  return same ? guarded : value;
}

/// Looks through the rounding of f32 probabilities to 16 bits.
static Value peelNarrowing(Value value) {
  auto narrow = matchGeneric<arith::TruncFOp>(value);
  return narrow && value.hasOneUse() ? narrow.getInputs()[0] : value;
}

namespace {
struct FuseSoftmaxProduct : OpRewritePattern<linalg::ContractOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::ContractOp op,
                                PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    FailureOr<Product> second = Product::of(op->getResult(0));
    if (failed(second) || !type.hasStaticShape())
      return rewriter.notifyMatchFailure(op, "no batch of products");
    Value probabilities = peelNaNGuard(peelNarrowing(second->left));
    auto softmax = probabilities.getDefiningOp<SoftmaxOp>();
    int64_t rank = softmax ? shapeOf(probabilities).size() : 0;
    if (!softmax || softmax.getLog() || softmax.getNegate() ||
        rank != second->batch + 2 ||
        (int64_t(softmax.getAxis()) + rank) % rank != rank - 1 ||
        second->leftMap.getResult(rank - 1) !=
            getAffineDimExpr(second->k(), op.getContext()))
      return rewriter.notifyMatchFailure(op, "no softmax over its rows");
    if (!llvm::all_of(softmax->getUsers(), [&](Operation *user) {
          return user == op || isa<linalg::GenericOp>(user);
        }))
      return rewriter.notifyMatchFailure(op, "the probabilities are used");
    FailureOr<Scores> scores = Scores::of(softmax.getInput());
    if (failed(scores) || scores->product.batch != second->batch)
      return rewriter.notifyMatchFailure(op, "no scores of products");
    return rewrite(op, *second, *scores, rewriter);
  }

  LogicalResult rewrite(linalg::ContractOp op, const Product &second,
                        Scores &scores, PatternRewriter &rewriter) const {
    Location loc = op.getLoc();
    const Product &first = scores.product;
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    ArrayRef<int64_t> batchSizes = type.getShape().take_front(second.batch);
    Value left = peelScale(first.left, scores.scale),
          right = peelScale(first.right, scores.scale);
    int64_t batch = first.batch;
    auto query = asRows(rewriter, loc, left, first.leftMap, batch, first.m(),
                        first.k(), batchSizes);
    auto key = asRows(rewriter, loc, right, first.rightMap, batch, first.n(),
                      first.k(), batchSizes);
    auto value = asRows(rewriter, loc, second.right, second.rightMap, batch,
                        second.k(), second.n(), batchSizes);
    if (failed(query) || failed(key) || failed(value))
      return rewriter.notifyMatchFailure(op, "operands in another order");
    for (Value operand : {*query, *key, *value})
      if (getElementTypeOrSelf(operand) != type.getElementType())
        return rewriter.notifyMatchFailure(op, "operands of different types");
    if (shapeOf(*query)[1] % shapeOf(*key)[1] != 0 ||
        shapeOf(*key)[1] != shapeOf(*value)[1])
      return rewriter.notifyMatchFailure(op, "heads that do not divide");
    SmallVector<int64_t> shape(shapeOf(*query).drop_back());
    shape.push_back(shapeOf(*value).back());
    auto cap = scores.cap ? rewriter.getF64FloatAttr(*scores.cap) : FloatAttr();
    auto attention = AttentionOp::create(
        rewriter, loc, RankedTensorType::get(shape, type.getElementType()),
        Type(), *query, *key, *value, scores.buildMask(rewriter, loc), Value(),
        Value(), Value(), rewriter.getF64FloatAttr(scores.scale),
        AttentionLayout::BHSD, Causal::None, IntegerAttr(), IntegerAttr(), cap,
        IntegerAttr());
    scores.buildRegion(rewriter, attention);
    rewriter.replaceOp(
        op, reshape(rewriter, loc, attention.getResults(), type.getShape()));
    return success();
  }
};

/// A mask that hides nothing.
struct DropNeutralMask : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    DenseElementsAttr elements;
    if (!op.getMask() || !matchPattern(op.getMask(), m_Constant(&elements)) ||
        !elements.isSplat())
      return failure();
    bool neutral = elements.getElementType().isInteger(1)
                       ? elements.getSplatValue<bool>()
                       : uniformValue(op.getMask()) == 0.0;
    if (!neutral)
      return failure();
    rewriter.modifyOpInPlace(op, [&] { op.getMaskMutable().clear(); });
    return success();
  }
};

struct FuseAttention : lacuna::impl::FuseAttentionBase<FuseAttention> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FuseSoftmaxProduct, DropNeutralMask>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
