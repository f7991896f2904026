//===- FuseAttention.cpp - Attention out of products and softmax ----------===//
// Exporters write attention as product, scale, mask, softmax, product. What
// reads `softmax(q k^T scale + mask) v` becomes one lacuna.attention, which
// never holds the scores.
//===----------------------------------------------------------------------===//
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
/// result[batch..., m, n] = sum over k of left[batch..., m, k] right[batch...,
/// k, n], as a contraction says it.
struct Product {
  Value left, right;
  AffineMap leftMap, rightMap;
  int64_t batch;
  int64_t m() const { return batch; }
  int64_t n() const { return batch + 1; }
  int64_t k() const { return batch + 2; }

  static FailureOr<Product> of(Value result);
};

/// The scores before the softmax.
struct Scores {
  Product product;
  double scale = 1;
  Value mask;
  AffineMap maskMap;
};
} // namespace

FailureOr<Product> Product::of(Value result) {
  auto op = result.getDefiningOp<linalg::ContractOp>();
  auto fill = op ? op.getOutputs()[0].getDefiningOp<linalg::FillOp>() : nullptr;
  if (!fill || !matchPattern(fill.value(), m_AnyZeroFloat()))
    return failure();
  auto maps = cast<linalg::LinalgOp>(op.getOperation()).getIndexingMapsArray();
  Product product{op.getInputs()[0], op.getInputs()[1], maps[0], maps[1],
                  int64_t(maps[2].getNumResults()) - 2};
  if (product.batch < 1 || product.batch > 2 ||
      maps[2].getNumDims() != maps[2].getNumResults() + 1)
    return failure();
  // The result map is the leading loops in order; k is the last loop.
  for (auto [dim, expr] : llvm::enumerate(maps[2].getResults()))
    if (expr != getAffineDimExpr(dim, op.getContext()))
      return failure();
  auto reads = [&](AffineMap map, int64_t loop) {
    return map.isFunctionOfDim(loop);
  };
  if (!reads(product.leftMap, product.m()))
    std::swap(product.left, product.right),
        std::swap(product.leftMap, product.rightMap);
  if (!reads(product.leftMap, product.m()) ||
      !reads(product.leftMap, product.k()) ||
      reads(product.leftMap, product.n()) ||
      !reads(product.rightMap, product.n()) ||
      !reads(product.rightMap, product.k()) ||
      reads(product.rightMap, product.m()))
    return failure();
  return product;
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

/// The inputs of an element-wise generic whose body is one op `Op` on them, in
/// order.
template <typename Op> static linalg::GenericOp matchGeneric(Value value) {
  auto generic = value.getDefiningOp<linalg::GenericOp>();
  if (!generic || generic.getNumResults() != 1 ||
      !generic.isAllParallelLoops() || generic.getBody()->getOperations().size() != 2)
    return {};
  Operation &op = generic.getBody()->front();
  if (!isa<Op>(op) ||
      generic.getBody()->getTerminator()->getOperand(0) != op.getResult(0))
    return {};
  for (auto [index, operand] : llvm::enumerate(op.getOperands()))
    if (index >= generic.getInputs().size() ||
        operand != generic.getBody()->getArgument(index))
      return {};
  return generic;
}

/// The one value of a constant tensor.
static std::optional<double> uniformValue(Value value) {
  DenseFPElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)) || !elements.isSplat())
    return std::nullopt;
  return elements.getSplatValue<APFloat>().convertToDouble();
}

/// Takes factors off `value`: x c and x / c become x, and `scale` their
/// product.
static Value peelScale(Value value, double &scale) {
  while (true) {
    auto product = matchGeneric<arith::MulFOp>(value);
    auto quotient = product ? product : matchGeneric<arith::DivFOp>(value);
    if (!quotient || !value.hasOneUse() || quotient.getInputs().size() != 2)
      return value;
    std::optional<double> factor = uniformValue(quotient.getInputs()[1]);
    if (!factor || *factor == 0 || !quotient.getIndexingMapsArray()[0].isIdentity())
      return value;
    scale *= product ? *factor : 1 / *factor;
    value = quotient.getInputs()[0];
  }
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

/// Whether `map` is the loops in order, each possibly the constant 0.
static bool isBroadcast(AffineMap map) {
  for (auto [dim, expr] : llvm::enumerate(map.getResults())) {
    int64_t loop = map.getNumDims() - map.getNumResults() + dim;
    auto zero = dyn_cast<AffineConstantExpr>(expr);
    if (!(zero && zero.getValue() == 0) &&
        expr != getAffineDimExpr(loop, map.getContext()))
      return false;
  }
  return true;
}

static FailureOr<Scores> matchScores(Value value) {
  Scores scores;
  if (!value.hasOneUse())
    return failure();
  if (auto sum = matchGeneric<arith::AddFOp>(value);
      sum && sum.getInputs().size() == 2) {
    auto maps = sum.getIndexingMapsArray();
    double ignored = 1;
    bool second = maps[1].isIdentity() &&
                  succeeded(Product::of(peelScale(sum.getInputs()[1], ignored)));
    int64_t main = second ? 1 : 0;
    if (!maps[main].isIdentity() || !isBroadcast(maps[1 - main]))
      return failure();
    scores.mask = sum.getInputs()[1 - main];
    scores.maskMap = maps[1 - main];
    value = sum.getInputs()[main];
  }
  value = peelScale(value, scores.scale);
  FailureOr<Product> product = Product::of(value);
  if (failed(product) || !value.hasOneUse())
    return failure();
  scores.product = *product;
  return scores;
}

/// A mask of (0, -inf) by a condition is the condition.
static Value asCondition(Value mask) {
  auto select = matchGeneric<arith::SelectOp>(mask);
  if (!select || select.getInputs().size() != 3 ||
      !select.getIndexingMapsArray()[0].isIdentity())
    return mask;
  std::optional<double> yes = uniformValue(select.getInputs()[1]),
                        no = uniformValue(select.getInputs()[2]);
  if (!yes || !no || *yes != 0 || !std::isinf(*no) || *no > 0)
    return mask;
  return select.getInputs()[0];
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
    Value probabilities = peelNaNGuard(second->left);
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
    FailureOr<Scores> scores = matchScores(softmax.getInput());
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
    if (shapeOf(*query)[1] % shapeOf(*key)[1] != 0 ||
        shapeOf(*key)[1] != shapeOf(*value)[1])
      return rewriter.notifyMatchFailure(op, "heads that do not divide");
    SmallVector<int64_t> shape(shapeOf(*query).drop_back());
    shape.push_back(shapeOf(*value).back());
    Value mask = scores.mask ? asCondition(scores.mask) : Value();
    auto attention = AttentionOp::create(
        rewriter, loc, RankedTensorType::get(shape, type.getElementType()),
        Type(), *query, *key, *value, mask, Value(), Value(), Value(),
        rewriter.getF64FloatAttr(scores.scale), AttentionLayout::BHSD,
        Causal::None, IntegerAttr(), IntegerAttr(), FloatAttr(),
        IntegerAttr());
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
