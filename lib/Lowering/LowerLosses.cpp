//===- LowerLosses.cpp - Sums and means of losses, maxout -----------------===//
// Takes apart what needs more than one pass over its data: reductions of
// losses, log-probabilities beside a loss. Maxout becomes a reduction.
//===----------------------------------------------------------------------===//
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"
#include "lacuna/Lowering/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <limits>

namespace lacuna {
#define GEN_PASS_DEF_LOWERLOSSES
#include "lacuna/Lowering/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// `value` with elements of another float type.
static Value castTo(OpBuilder &builder, Location loc, Value value, Type type) {
  if (!value || typeOf(value).getElementType() == type)
    return value;
  auto wanted = RankedTensorType::get(typeOf(value).getShape(), type);
  unsigned from = typeOf(value).getElementTypeBitWidth();
  if (from < type.getIntOrFloatBitWidth())
    return arith::ExtFOp::create(builder, loc, wanted, value);
  return arith::TruncFOp::create(builder, loc, wanted, value);
}

/// Reduces `dims` of `value` by `Op`, starting from `start`.
template <typename Op>
static Value reduce(OpBuilder &builder, Location loc, Value value,
                    ArrayRef<int64_t> dims, double start) {
  RankedTensorType type = typeOf(value);
  auto element = cast<FloatType>(type.getElementType());
  SmallVector<int64_t> shape;
  for (auto [dim, size] : llvm::enumerate(type.getShape()))
    if (!llvm::is_contained(dims, int64_t(dim)))
      shape.push_back(size);
  Value empty = tensor::EmptyOp::create(builder, loc, shape, element);
  Value neutral = arith::ConstantOp::create(
      builder, loc, builder.getFloatAttr(element, start));
  Value init =
      linalg::FillOp::create(builder, loc, neutral, empty).getResult(0);
  auto body = [](OpBuilder &b, Location l, ValueRange elements) {
    Value combined = Op::create(b, l, elements[0], elements[1]);
    linalg::YieldOp::create(b, l, combined);
  };
  return linalg::ReduceOp::create(builder, loc, value, init, dims, body)
      ->getResult(0);
}

/// The sum of all elements of `value`.
static Value sumOfAll(OpBuilder &builder, Location loc, Value value) {
  RankedTensorType type = typeOf(value);
  if (type.getRank() > 1) {
    ReassociationIndices all = llvm::to_vector(llvm::seq(type.getRank()));
    auto flat =
        RankedTensorType::get({type.getNumElements()}, type.getElementType());
    value = tensor::CollapseShapeOp::create(
        builder, loc, flat, value, SmallVector<ReassociationIndices>{all});
  }
  return reduce<arith::AddFOp>(builder, loc, value, 0, 0.0);
}

/// Element-wise over labels: the weight of one, 0 if it is ignored. Labels out
/// of range, which the loss itself reports, count as class 0.
template <typename Op>
static Value weightsOf(OpBuilder &builder, Op op, Value weight, Type element,
                       int64_t classes) {
  Location loc = op.getLoc();
  RankedTensorType labels = typeOf(op.getLabels());
  auto type = RankedTensorType::get(labels.getShape(), element);
  Value empty =
      tensor::EmptyOp::create(builder, loc, labels.getShape(), element);
  SmallVector<AffineMap> maps(
      2, builder.getMultiDimIdentityMap(labels.getRank()));
  SmallVector<utils::IteratorType> loops(labels.getRank(),
                                         utils::IteratorType::parallel);
  std::optional<int64_t> ignore = op.getIgnoreIndex();
  auto body = [&](OpBuilder &b, Location l, ValueRange elements) {
    Value label = elements[0];
    auto number = [&](double value) -> Value {
      return arith::ConstantOp::create(
          b, l, b.getFloatAttr(cast<FloatType>(element), value));
    };
    Value result = number(1);
    if (weight) {
      Value index = label;
      if (!label.getType().isIndex())
        index = arith::IndexCastUIOp::create(b, l, b.getIndexType(), label);
      Value count = arith::ConstantIndexOp::create(b, l, classes);
      Value inside = arith::CmpIOp::create(b, l, arith::CmpIPredicate::ult,
                                           index, count);
      Value zero = arith::ConstantIndexOp::create(b, l, 0);
      Value safe = arith::SelectOp::create(b, l, inside, index, zero);
      result = tensor::ExtractOp::create(b, l, weight, safe);
    }
    if (ignore) {
      unsigned width = label.getType().isIndex()
                           ? 64
                           : label.getType().getIntOrFloatBitWidth();
      APInt ignored(width, *ignore, /*isSigned=*/true, /*implicitTrunc=*/true);
      Value wanted = arith::ConstantOp::create(
          b, l, b.getIntegerAttr(label.getType(), ignored));
      Value same = arith::CmpIOp::create(b, l, arith::CmpIPredicate::eq, label,
                                         wanted);
      result = arith::SelectOp::create(b, l, same, number(0), result);
    }
    linalg::YieldOp::create(b, l, result);
  };
  return linalg::GenericOp::create(builder, loc, type, op.getLabels(), empty,
                                   maps, loops, body)
      .getResult(0);
}

/// The sum or mean of `losses`, one a label, in the element type of the op.
template <typename Op>
static Value reduceLosses(OpBuilder &builder, Op op, Value losses,
                          Value weight, int64_t classes) {
  Location loc = op.getLoc();
  Type element = typeOf(losses).getElementType();
  Value total = sumOfAll(builder, loc, losses);
  if (op.getReduction() == LossReduction::Mean) {
    Value count;
    if (weight || op.getIgnoreIndex()) {
      Value weights = weightsOf(builder, op, weight, element, classes);
      count = sumOfAll(builder, loc, weights);
    } else {
      double labels = typeOf(op.getLabels()).getNumElements();
      auto splat = DenseElementsAttr::get(
          typeOf(total), FloatAttr::get(element, labels).getValue());
      count = arith::ConstantOp::create(builder, loc, splat);
    }
    total = arith::DivFOp::create(builder, loc, total, count);
  }
  return castTo(builder, loc, total, typeOf(op.getLoss()).getElementType());
}

/// f64 for f64, f32 for the rest: what losses are added up in.
static Type sumType(OpBuilder &builder, Value scores) {
  return typeOf(scores).getElementType().isF64() ? builder.getF64Type()
                                                 : Type(builder.getF32Type());
}

namespace {
struct LowerNllLoss : OpRewritePattern<NllLossOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(NllLossOp op,
                                PatternRewriter &rewriter) const final {
    if (op.getReduction() == LossReduction::None)
      return rewriter.notifyMatchFailure(op, "one loss a label");
    Location loc = op.getLoc();
    Type type = sumType(rewriter, op.getInput());
    Value input = castTo(rewriter, loc, op.getInput(), type);
    Value weight = castTo(rewriter, loc, op.getWeight(), type);
    auto each =
        RankedTensorType::get(typeOf(op.getLabels()).getShape(), type);
    Value losses = NllLossOp::create(rewriter, loc, each, input,
                                     op.getLabels(), weight,
                                     LossReduction::None,
                                     op.getIgnoreIndexAttr());
    rewriter.replaceOp(op, reduceLosses(rewriter, op, losses, weight,
                                        typeOf(input).getDimSize(1)));
    return success();
  }
};

struct LowerCrossEntropy : OpRewritePattern<CrossEntropyOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(CrossEntropyOp op,
                                PatternRewriter &rewriter) const final {
    Location loc = op.getLoc();
    if (op.getLogProbabilities()) {
      Value logarithms =
          SoftmaxOp::create(rewriter, loc, op.getLogits().getType(),
                            op.getLogits(), 1, /*log=*/true, /*negate=*/false);
      Value loss = NllLossOp::create(
          rewriter, loc, op.getLoss().getType(), logarithms, op.getLabels(),
          op.getWeight(), op.getReduction(), op.getIgnoreIndexAttr());
      rewriter.replaceOp(op, {loss, logarithms});
      return success();
    }
    if (op.getReduction() == LossReduction::None)
      return rewriter.notifyMatchFailure(op, "one loss a label");
    Type type = sumType(rewriter, op.getLogits());
    Value logits = castTo(rewriter, loc, op.getLogits(), type);
    Value weight = castTo(rewriter, loc, op.getWeight(), type);
    auto each =
        RankedTensorType::get(typeOf(op.getLabels()).getShape(), type);
    auto losses = CrossEntropyOp::create(
        rewriter, loc, each, Type(), logits, op.getLabels(), weight,
        LossReduction::None, op.getIgnoreIndexAttr());
    rewriter.replaceOp(op, reduceLosses(rewriter, op, losses.getLoss(), weight,
                                        typeOf(logits).getDimSize(1)));
    return success();
  }
};

/// A maximum over groups that stand in a dimension of their own.
struct LowerMaxout : OpRewritePattern<MaxoutOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(MaxoutOp op,
                                PatternRewriter &rewriter) const final {
    RankedTensorType type = typeOf(op.getInput());
    int64_t axis = *axisFromFront(op.getAxis(), type.getRank());
    if (!type.hasStaticShape())
      return rewriter.notifyMatchFailure(op, "sizes are not yet known");
    SmallVector<int64_t> shape(type.getShape());
    int64_t groups = op.getGroups();
    shape[axis] /= groups;
    shape.insert(shape.begin() + axis + 1, groups);
    SmallVector<ReassociationIndices> parts;
    for (int64_t dim = 0; dim < type.getRank(); ++dim) {
      int64_t first = dim <= axis ? dim : dim + 1;
      parts.push_back({first});
      if (dim == axis)
        parts.back().push_back(first + 1);
    }
    Value split = tensor::ExpandShapeOp::create(
        rewriter, op.getLoc(), type.clone(shape), op.getInput(), parts);
    rewriter.replaceOp(
        op, reduce<arith::MaximumFOp>(
                rewriter, op.getLoc(), split, axis + 1,
                -std::numeric_limits<double>::infinity()));
    return success();
  }
};

struct LowerLosses : lacuna::impl::LowerLossesBase<LowerLosses> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerNllLoss, LowerCrossEntropy, LowerMaxout>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
