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

namespace {
/// An operand of a product as (batch, head, row, column).
struct Rows {
  SmallVector<int64_t> shape;
  bool turned; // rows and columns stand the other way round in `shape`

  int64_t heads() const { return shape[1]; }
  int64_t rows() const { return shape[turned ? 3 : 2]; }
  int64_t columns() const { return shape[turned ? 2 : 3]; }
  /// Fails when `value` lacks a batch of more than one, or has its dimensions
  /// in another order.
  static FailureOr<Rows> of(Value value, AffineMap map, int64_t batch,
                            int64_t row, int64_t column,
                            ArrayRef<int64_t> batchSizes);
  Value build(OpBuilder &builder, Location loc, Value value) const {
    value = reshape(builder, loc, value, shape);
    return turned ? transpose(builder, loc, value, {0, 1, 3, 2}) : value;
  }
};
} // namespace

FailureOr<Rows> Rows::of(Value value, AffineMap map, int64_t batch, int64_t row,
                         int64_t column, ArrayRef<int64_t> batchSizes) {
  ArrayRef<int64_t> sizes = shapeOf(value);
  int64_t rank = sizes.size(), outer = rank - 2;
  auto loop = [&](int64_t dim) {
    auto expr = dyn_cast<AffineDimExpr>(map.getResult(dim));
    return expr ? int64_t(expr.getPosition()) : int64_t(-1);
  };
  if (rank < 2)
    return failure();
  Rows result;
  result.turned = loop(rank - 2) == column && loop(rank - 1) == row;
  if (!result.turned && (loop(rank - 2) != row || loop(rank - 1) != column))
    return failure();
  SmallVector<int64_t> &shape = result.shape;
  int64_t next = 0;
  for (int64_t dim = 0; dim < batch; ++dim) {
    bool present = next < outer && loop(next) == dim;
    shape.push_back(present ? sizes[next++] : 1);
    // Heads may be shared by all queries, batch entries may not.
    if (!present && batchSizes[dim] != 1 && dim + 1 != batch)
      return failure();
  }
  if (next != outer)
    return failure();
  if (shape.size() == 1)
    shape.insert(shape.begin(), 1);
  shape.append({sizes[rank - 2], sizes[rank - 1]});
  return result;
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
    for (Value operand : {left, right, second.right})
      if (getElementTypeOrSelf(operand) != type.getElementType())
        return rewriter.notifyMatchFailure(op, "operands of different types");
    int64_t batch = first.batch;
    // Nothing is built before all fit: a pattern that fails must change nothing.
    auto query =
        Rows::of(left, first.leftMap, batch, first.m(), first.k(), batchSizes);
    auto key = Rows::of(right, first.rightMap, batch, first.n(), first.k(),
                        batchSizes);
    auto value = Rows::of(second.right, second.rightMap, batch, second.k(),
                          second.n(), batchSizes);
    if (failed(query) || failed(key) || failed(value))
      return rewriter.notifyMatchFailure(op, "operands in another order");
    if (query->heads() % key->heads() != 0 || key->heads() != value->heads())
      return rewriter.notifyMatchFailure(op, "heads that do not divide");
    SmallVector<int64_t> shape{query->shape[0], query->heads(), query->rows(),
                               value->columns()};
    Value q = query->build(rewriter, loc, left),
          k = key->build(rewriter, loc, right),
          v = value->build(rewriter, loc, second.right),
          mask = scores.buildMask(rewriter, loc);
    auto cap = scores.cap ? rewriter.getF64FloatAttr(*scores.cap) : FloatAttr();
    auto attention = AttentionOp::create(
        rewriter, loc, RankedTensorType::get(shape, type.getElementType()),
        Type(), q, k, v, mask, Value(), Value(), Value(),
        rewriter.getF64FloatAttr(scores.scale), AttentionLayout::BHSD,
        Causal::None, IntegerAttr(), IntegerAttr(), cap, IntegerAttr());
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
