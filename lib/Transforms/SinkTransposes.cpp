//===- SinkTransposes.cpp - Moves transposes towards the results ----------===//
#include "Rewrites.h"
#include "lacuna/IR/OpClass.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace lacuna {
#define GEN_PASS_DEF_SINKTRANSPOSES
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// The transpose that made `value`, if one did.
static linalg::TransposeOp producer(Value value) {
  return value.getDefiningOp<linalg::TransposeOp>();
}

/// `type` with its dimensions put back to where they stood before `transpose`.
static RankedTensorType before(RankedTensorType type, ArrayRef<int64_t> permutation) {
  Ints shape(type.getRank());
  for (auto [to, from] : llvm::enumerate(permutation))
    shape[from] = type.getDimSize(to);
  return type.clone(shape);
}

/// One entry a dimension, put back in the same way.
template <typename T>
static SmallVector<T> before(ArrayRef<T> entries, ArrayRef<int64_t> permutation) {
  SmallVector<T> moved(entries.size());
  for (auto [to, from] : llvm::enumerate(permutation))
    moved[from] = entries[to];
  return moved;
}

static bool isToChannelsFirst(linalg::TransposeOp op) {
  ArrayRef<int64_t> permutation = op.getPermutation();
  return permutation.size() >= 3 &&
         permutation == ArrayRef(toChannelsFirst(permutation.size()));
}

namespace {
/// An element-wise op all of whose whole operands come from one permutation.
struct SinkThroughGeneric : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (classify(op) != OpClass::Pointwise || op.getNumResults() != 1)
      return failure();
    auto maps = op.getIndexingMapsArray();
    linalg::TransposeOp found;
    for (auto [index, input] : llvm::enumerate(op.getInputs())) {
      auto type = dyn_cast<RankedTensorType>(input.getType());
      if (!type || !maps[index].isIdentity() || type.getRank() < 2)
        continue;
      auto candidate = producer(input);
      if (!candidate || (found && candidate.getPermutation() != found.getPermutation()))
        return failure();
      found = candidate;
    }
    if (!found)
      return failure();
    for (Operation &inner : *op.getBody())
      if (isa<linalg::IndexOp, tensor::ExtractOp>(inner))
        return failure();
    ArrayRef<int64_t> permutation = found.getPermutation();
    // Loop `to` of the old op is loop permutation[to] of the new one.
    SmallVector<AffineExpr> dims;
    for (int64_t from : permutation)
      dims.push_back(rewriter.getAffineDimExpr(from));
    int64_t rank = permutation.size();
    SmallVector<AffineMap> moved;
    SmallVector<Value> inputs;
    for (auto [index, input] : llvm::enumerate(op.getInputs())) {
      bool whole = maps[index].isIdentity() && isa<RankedTensorType>(input.getType()) &&
                   typeOf(input).getRank() >= 2;
      inputs.push_back(whole ? producer(input).getInput() : input);
      moved.push_back(whole ? rewriter.getMultiDimIdentityMap(rank)
                            : maps[index].replaceDimsAndSymbols(dims, {}, rank, 0));
    }
    moved.push_back(rewriter.getMultiDimIdentityMap(rank));
    RankedTensorType type = before(typeOf(op.getResult(0)), permutation);
    Value target = tensor::EmptyOp::create(rewriter, op.getLoc(), type.getShape(),
                                           type.getElementType());
    auto generic = linalg::GenericOp::create(
        rewriter, op.getLoc(), TypeRange(type), inputs, ValueRange(target), moved,
        op.getIteratorTypesArray());
    rewriter.cloneRegionBefore(op.getRegion(), generic.getRegion(),
                               generic.getRegion().end());
    rewriter.replaceOp(op, transpose(rewriter, op.getLoc(), generic.getResult(0),
                                     permutation));
    return success();
  }
};

/// Element-wise ops with operands of the result's shape only.
struct SinkThroughElementwise : RewritePattern {
  SinkThroughElementwise(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!op->hasTrait<OpTrait::Elementwise>() || op->getNumResults() != 1 ||
        op->getNumOperands() == 0 || !isa<RankedTensorType>(op->getResult(0).getType()))
      return failure();
    linalg::TransposeOp found;
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      auto candidate = producer(operand);
      if (!candidate || (found && candidate.getPermutation() != found.getPermutation()))
        return failure();
      found = candidate;
      operands.push_back(candidate.getInput());
    }
    OperationState state(op->getLoc(), op->getName());
    state.operands.append(operands.begin(), operands.end());
    state.types.push_back(before(typeOf(op->getResult(0)), found.getPermutation()));
    state.attributes = op->getAttrs();
    state.propertiesAttr = op->getPropertiesAsAttribute();
    Value result = rewriter.create(state)->getResult(0);
    rewriter.replaceOp(op, transpose(rewriter, op->getLoc(), result,
                                     found.getPermutation()));
    return success();
  }
};

/// Ops with a `layout` and one input: run them channels last.
template <typename Op> struct SinkThroughLayout : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    auto found = producer(op->getOperand(0));
    if (!found || !isToChannelsFirst(found) || op.getLayout() != Layout::ChannelsFirst ||
        op->getNumResults() != 1)
      return failure();
    ArrayRef<int64_t> permutation = found.getPermutation();
    auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
    if (!type || type.getRank() != int64_t(permutation.size()))
      return failure();
    auto clone = cast<Op>(rewriter.clone(*op));
    clone->setOperand(0, found.getInput());
    clone.setLayout(Layout::ChannelsLast);
    clone->getResult(0).setType(before(type, permutation));
    rewriter.replaceOp(op, transpose(rewriter, op.getLoc(), clone->getResult(0),
                                     permutation));
    return success();
  }
};

/// Gradients of maxima: the layout of the input decides.
template <typename Op> struct SinkThroughMaxGradient : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    auto found = producer(op.getInput());
    if (!found || !isToChannelsFirst(found) ||
        op.getLayout() != Layout::ChannelsFirst)
      return failure();
    ArrayRef<int64_t> permutation = found.getPermutation();
    auto clone = cast<Op>(rewriter.clone(*op));
    clone->setOperand(0, found.getInput());
    clone->setOperand(1, transpose(rewriter, op.getLoc(), op.getCotangent(),
                                   toChannelsLast(permutation.size())));
    rewriter.moveOpAfter(clone, clone->getOperand(1).getDefiningOp());
    clone.setLayout(Layout::ChannelsLast);
    clone.getResult().setType(typeOf(found.getInput()));
    rewriter.replaceOp(op, transpose(rewriter, op.getLoc(), clone.getResult(),
                                     permutation));
    return success();
  }
};

/// Axes move with their tables, as long as they keep their order.
struct SinkThroughResample : OpRewritePattern<ResampleOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ResampleOp op,
                                PatternRewriter &rewriter) const override {
    auto found = producer(op.getInput());
    if (!found)
      return failure();
    ArrayRef<int64_t> permutation = found.getPermutation();
    Ints axes;
    for (int64_t axis : op.getAxes())
      axes.push_back(permutation[axis]);
    if (!llvm::is_sorted(axes))
      return failure();
    auto clone = cast<ResampleOp>(rewriter.clone(*op));
    clone->setOperand(0, found.getInput());
    clone.setAxes(axes);
    clone.getResult().setType(before(typeOf(op.getResult()), permutation));
    rewriter.replaceOp(op, transpose(rewriter, op.getLoc(), clone.getResult(),
                                     permutation));
    return success();
  }
};

struct SinkThroughResize : OpRewritePattern<ResizeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ResizeOp op,
                                PatternRewriter &rewriter) const override {
    auto found = producer(op.getInput());
    if (!found || op.getRegion())
      return failure();
    ArrayRef<int64_t> permutation = found.getPermutation();
    auto clone = cast<ResizeOp>(rewriter.clone(*op));
    clone->setOperand(0, found.getInput());
    clone.setScales(before(op.getScales(), permutation));
    clone.getResult().setType(before(typeOf(op.getResult()), permutation));
    rewriter.replaceOp(op, transpose(rewriter, op.getLoc(), clone.getResult(), permutation));
    return success();
  }
};

struct SinkThroughConcat : OpRewritePattern<tensor::ConcatOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::ConcatOp op,
                                PatternRewriter &rewriter) const override {
    linalg::TransposeOp found;
    SmallVector<Value> inputs;
    for (Value input : op.getInputs()) {
      auto candidate = producer(input);
      if (!candidate || (found && candidate.getPermutation() != found.getPermutation()))
        return failure();
      found = candidate;
      inputs.push_back(candidate.getInput());
    }
    ArrayRef<int64_t> permutation = found.getPermutation();
    Value joined = tensor::ConcatOp::create(rewriter, op.getLoc(),
                                            permutation[op.getDim()], inputs);
    rewriter.replaceOp(op, transpose(rewriter, op.getLoc(), joined, permutation));
    return success();
  }
};

struct SinkThroughReduce : OpRewritePattern<linalg::ReduceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::ReduceOp op,
                                PatternRewriter &rewriter) const override {
    auto found = op.getInputs().size() == 1 ? producer(op.getInputs()[0]) : nullptr;
    if (!found || !op.getInits()[0].getDefiningOp<linalg::FillOp>())
      return failure();
    ArrayRef<int64_t> permutation = found.getPermutation();
    Ints dims;
    for (int64_t dim : op.getDimensions())
      dims.push_back(permutation[dim]);
    llvm::sort(dims);
    // What is left must keep its order, or the result would need a transpose.
    Ints kept;
    for (auto [to, from] : llvm::enumerate(permutation))
      if (!llvm::is_contained(op.getDimensions(), int64_t(to)))
        kept.push_back(from);
    if (!llvm::is_sorted(kept))
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op->setOperand(0, found.getInput());
      op.setDimensions(dims);
    });
    return success();
  }
};

struct SinkThroughSlice : OpRewritePattern<tensor::ExtractSliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::ExtractSliceOp op,
                                PatternRewriter &rewriter) const override {
    auto found = producer(op.getSource());
    if (!found || op.getDroppedDims().any())
      return failure();
    ArrayRef<int64_t> permutation = found.getPermutation();
    auto offsets = op.getMixedOffsets(), sizes = op.getMixedSizes(),
         strides = op.getMixedStrides();
    Value slice = tensor::ExtractSliceOp::create(
        rewriter, op.getLoc(), found.getInput(),
        before(ArrayRef(offsets), permutation), before(ArrayRef(sizes), permutation),
        before(ArrayRef(strides), permutation));
    rewriter.replaceOp(op, transpose(rewriter, op.getLoc(), slice, permutation));
    return success();
  }
};

struct SinkThroughSoftmax : OpRewritePattern<SoftmaxOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SoftmaxOp op,
                                PatternRewriter &rewriter) const override {
    auto found = producer(op.getInput());
    if (!found)
      return failure();
    ArrayRef<int64_t> permutation = found.getPermutation();
    int64_t axis = op.getAxis();
    axis = axis < 0 ? axis + permutation.size() : axis;
    auto clone = cast<SoftmaxOp>(rewriter.clone(*op));
    clone->setOperand(0, found.getInput());
    clone.setAxis(permutation[axis]);
    clone->getResult(0).setType(found.getInput().getType());
    rewriter.replaceOp(op, transpose(rewriter, op.getLoc(), clone.getResult(), permutation));
    return success();
  }
};

/// Attention on heads that were moved in front of the sequence: leave them
/// behind it.
struct SinkThroughAttention : OpRewritePattern<AttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const override {
    const int64_t swap[] = {0, 2, 1, 3};
    if (op.getLayout() != AttentionLayout::BHSD || op.getCuSeqlensQuery())
      return failure();
    SmallVector<Value> sources;
    for (Value operand : {op.getQuery(), op.getKey(), op.getValue()}) {
      auto found = producer(operand);
      if (!found || found.getPermutation() != ArrayRef(swap))
        return failure();
      sources.push_back(found.getInput());
    }
    auto clone = cast<AttentionOp>(rewriter.clone(*op));
    for (auto [index, source] : llvm::enumerate(sources))
      clone->setOperand(index, source);
    clone.setLayout(AttentionLayout::BSHD);
    clone.getResults().setType(before(typeOf(op.getResults()), swap));
    SmallVector<Value> results(clone->getResults());
    results[0] = transpose(rewriter, op.getLoc(), clone.getResults(), swap);
    rewriter.replaceOp(op, results);
    return success();
  }
};

/// Merging dimensions that lie side by side before the transpose as well.
struct SinkThroughCollapse : OpRewritePattern<tensor::CollapseShapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::CollapseShapeOp op,
                                PatternRewriter &rewriter) const override {
    auto found = producer(op.getSrc());
    if (!found || op.getResultType().getRank() < 2)
      return failure();
    ArrayRef<int64_t> permutation = found.getPermutation();
    SmallVector<ReassociationIndices> groups = op.getReassociationIndices();
    // The groups in the order of the source's dimensions.
    Ints order = llvm::to_vector(llvm::seq<int64_t>(groups.size()));
    llvm::sort(order, [&](int64_t a, int64_t b) {
      return permutation[groups[a].front()] < permutation[groups[b].front()];
    });
    SmallVector<ReassociationIndices> moved;
    for (int64_t group : order) {
      moved.emplace_back();
      for (int64_t dim : groups[group]) {
        if (!moved.back().empty() && permutation[dim] != moved.back().back() + 1)
          return failure();
        moved.back().push_back(permutation[dim]);
      }
    }
    Value collapsed = tensor::CollapseShapeOp::create(
        rewriter, op.getLoc(), found.getInput(), moved);
    rewriter.replaceOp(op, transpose(rewriter, op.getLoc(), collapsed,
                                     inversePermutation(order)));
    return success();
  }
};

/// Splitting dimensions: split them before the transpose.
struct SinkThroughExpand : OpRewritePattern<tensor::ExpandShapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::ExpandShapeOp op,
                                PatternRewriter &rewriter) const override {
    auto found = producer(op.getSrc());
    if (!found)
      return failure();
    SmallVector<ReassociationIndices> groups = op.getReassociationIndices();
    Ints inverse = inversePermutation(found.getPermutation()), shape,
         first(groups.size());
    SmallVector<ReassociationIndices> moved;
    for (auto [source, group] : llvm::enumerate(inverse)) {
      first[group] = shape.size();
      moved.emplace_back();
      for (int64_t dim : groups[group]) {
        moved.back().push_back(shape.size());
        shape.push_back(op.getResultType().getDimSize(dim));
      }
    }
    Ints permutation;
    for (auto [group, dims] : llvm::enumerate(groups))
      for (int64_t index = 0; index < int64_t(dims.size()); ++index)
        permutation.push_back(first[group] + index);
    auto type = RankedTensorType::get(shape, op.getResultType().getElementType());
    Value expanded = tensor::ExpandShapeOp::create(rewriter, op.getLoc(), type,
                                                   found.getInput(), moved);
    rewriter.replaceOp(op, transpose(rewriter, op.getLoc(), expanded, permutation));
    return success();
  }
};

/// A transpose that only moves dimensions of size 1 is a reshape.
struct ReshapeTrivialTranspose : OpRewritePattern<linalg::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op.getInput().getType());
    Ints order;
    for (int64_t dim : op.getPermutation())
      if (type.getDimSize(dim) != 1)
        order.push_back(dim);
    if (!llvm::is_sorted(order) || type.getRank() < 2)
      return failure();
    auto flat = RankedTensorType::get({type.getNumElements()}, type.getElementType());
    SmallVector<ReassociationIndices> all(1);
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      all[0].push_back(dim);
    Value line = tensor::CollapseShapeOp::create(rewriter, op.getLoc(), flat,
                                                 op.getInput(), all);
    rewriter.replaceOpWithNewOp<tensor::ExpandShapeOp>(op, op->getResult(0).getType(),
                                                       line, all);
    return success();
  }
};

struct SinkTransposes : lacuna::impl::SinkTransposesBase<SinkTransposes> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    patterns.add<SinkThroughGeneric, SinkThroughElementwise, SinkThroughResize,
                 SinkThroughConcat, SinkThroughReduce, SinkThroughSlice,
                 SinkThroughSoftmax, SinkThroughAttention,
                 SinkThroughCollapse, SinkThroughExpand, ReshapeTrivialTranspose>(context);
    tensor::CollapseShapeOp::getCanonicalizationPatterns(patterns, context);
    tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns, context);
    patterns.add<SinkThroughResample, SinkThroughMaxGradient<MaxPoolGradientOp>,
                 SinkThroughMaxGradient<AdaptiveMaxPoolGradientOp>>(context);
    patterns.add<SinkThroughLayout<MaxPoolOp>, SinkThroughLayout<AveragePoolOp>,
                 SinkThroughLayout<LpPoolOp>, SinkThroughLayout<GlobalPoolOp>,
                 SinkThroughLayout<AdaptivePoolOp>, SinkThroughLayout<BatchNormOp>,
                 SinkThroughLayout<PixelShuffleOp>,
                 SinkThroughLayout<PixelUnshuffleOp>,
                 SinkThroughLayout<LocalResponseNormOp>,
                 SinkThroughLayout<InstanceNormOp>,
                 SinkThroughLayout<GroupNormOp>>(context);
    linalg::TransposeOp::getCanonicalizationPatterns(patterns, context);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
