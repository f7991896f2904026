//===- FoldBatchNorm.cpp - Batch norm into convolutions or element-wise ---===//
// gamma (conv(x, w) + b - mean) / sqrt(variance + epsilon) + beta is a
// convolution again, with w and b scaled by channel. What follows no
// convolution of constant filter becomes element-wise arithmetic, which fuses
// with its neighbours.
//===----------------------------------------------------------------------===//
#include "Rewrites.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

namespace lacuna {
#define GEN_PASS_DEF_FOLDBATCHNORM
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

using Numbers = std::vector<double>;

namespace {
/// A batch norm of constants as y = (x - mean) factor + bias, by channel.
struct ChannelAffine {
  Numbers mean, factor, bias;

  static std::optional<ChannelAffine> of(BatchNormOp op) {
    auto scale = constantNumbers(op.getScale());
    auto bias = constantNumbers(op.getBias());
    auto mean = constantNumbers(op.getMean());
    auto variance = constantNumbers(op.getVariance());
    if (!scale || !bias || !mean || !variance)
      return std::nullopt;
    double epsilon = op.getEpsilon().convertToDouble();
    for (auto [factor, v] : llvm::zip(*scale, *variance))
      factor /= std::sqrt(v + epsilon);
    return ChannelAffine{*mean, *scale, *bias};
  }
};

/// Which output channel each filter element belongs to.
struct FilterChannels {
  /// Elements that share a channel and lie side by side.
  int64_t run;
  /// The channel of run `index`.
  std::function<int64_t(int64_t)> channelOf;

  static FilterChannels of(ConvolutionOp op) {
    ArrayRef<int64_t> shape = typeOf(op.getFilter()).getShape();
    int64_t run = typeOf(op.getFilter()).getNumElements() / shape[0];
    return {run, [](int64_t index) { return index; }};
  }
  /// A transposed filter is (inputs, outputs a group, taps...).
  static FilterChannels of(TransposedConvolutionOp op) {
    ArrayRef<int64_t> shape = typeOf(op.getFilter()).getShape();
    int64_t perGroup = shape[1], inputs = shape[0] / op.getGroups();
    int64_t run =
        typeOf(op.getFilter()).getNumElements() / (shape[0] * perGroup);
    return {run, [=](int64_t index) {
              int64_t group = index / perGroup / inputs;
              return group * perGroup + index % perGroup;
            }};
  }
};

/// A batch norm whose input is a convolution with constant filter and bias.
template <typename Convolution>
struct FoldIntoConvolution : OpRewritePattern<BatchNormOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(BatchNormOp op,
                                PatternRewriter &rewriter) const override {
    auto convolution = op.getInput().template getDefiningOp<Convolution>();
    if (!convolution || !convolution->hasOneUse() ||
        convolution.getLayout() != op.getLayout())
      return rewriter.notifyMatchFailure(op, "no convolution of its own");
    if (typeOf(convolution.getFilter()).getNumElements() == 0)
      return rewriter.notifyMatchFailure(op, "an empty filter");
    auto affine = ChannelAffine::of(op);
    auto filter = constantNumbers(convolution.getFilter());
    std::optional<Numbers> bias;
    if (affine)
      bias = convolution.getBias() ? constantNumbers(convolution.getBias())
                                   : Numbers(affine->bias.size(), 0.0);
    if (!filter || !bias)
      return rewriter.notifyMatchFailure(op, "operands are not constant");
    FilterChannels channels = FilterChannels::of(convolution);
    for (auto [index, weight] : llvm::enumerate(*filter))
      weight *= affine->factor[channels.channelOf(index / channels.run)];
    for (auto [channel, b] : llvm::enumerate(*bias))
      b = (b - affine->mean[channel]) * affine->factor[channel] +
          affine->bias[channel];
    auto folded = cast<Convolution>(rewriter.clone(*convolution));
    rewriter.setInsertionPoint(folded);
    auto vector = RankedTensorType::get(
        {int64_t(bias->size())}, typeOf(op.getInput()).getElementType());
    folded.getFilterMutable().assign(
        makeNumbers(rewriter, op.getLoc(),
                    typeOf(convolution.getFilter()), *filter, "filter"));
    folded.getBiasMutable().assign(
        makeNumbers(rewriter, op.getLoc(), vector, *bias, "bias"));
    folded->getResult(0).setType(op.getResult().getType());
    rewriter.replaceOp(op, folded->getResults());
    rewriter.eraseOp(convolution);
    return success();
  }
};

/// scale / sqrt(variance + epsilon) of operands that are no constants.
Value emitFactor(OpBuilder &builder, BatchNormOp op, FloatType type) {
  Location loc = op.getLoc();
  auto vector =
      RankedTensorType::get(typeOf(op.getScale()).getShape(), type);
  Value target =
      tensor::EmptyOp::create(builder, loc, vector.getShape(), type);
  SmallVector<AffineMap> maps(3, builder.getMultiDimIdentityMap(1));
  double epsilon = op.getEpsilon().convertToDouble();
  auto generic = linalg::GenericOp::create(
      builder, loc, vector, ValueRange{op.getScale(), op.getVariance()},
      target, maps, utils::IteratorType::parallel,
      [&](OpBuilder &b, Location l, ValueRange elements) {
        Value offset =
            arith::ConstantOp::create(b, l, b.getFloatAttr(type, epsilon));
        Value variance = resizeFloat(b, l, elements[1], type);
        Value sum = arith::AddFOp::create(b, l, variance, offset);
        Value deviation = math::SqrtOp::create(b, l, sum);
        Value scale = resizeFloat(b, l, elements[0], type);
        Value factor = arith::DivFOp::create(b, l, scale, deviation);
        linalg::YieldOp::create(b, l, factor);
      });
  return generic.getResult(0);
}

/// Any other batch norm, as element-wise arithmetic.
struct LowerToElementwise : OpRewritePattern<BatchNormOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(BatchNormOp op,
                                PatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    RankedTensorType type = typeOf(op.getInput());
    FloatType compute = type.getElementType().isF64()
                            ? FloatType(rewriter.getF64Type())
                            : FloatType(rewriter.getF32Type());
    SmallVector<Value> vectors{op.getMean(), Value(), op.getBias()};
    if (auto affine = ChannelAffine::of(op)) {
      auto vector =
          RankedTensorType::get(typeOf(op.getScale()).getShape(), compute);
      auto constant = [&](const Numbers &numbers, StringRef name) {
        return makeNumbers(rewriter, loc, vector, numbers, name);
      };
      vectors = {constant(affine->mean, "mean"),
                 constant(affine->factor, "factor"),
                 constant(affine->bias, "bias")};
    } else {
      vectors[1] = emitFactor(rewriter, op, compute);
    }
    rewriter.replaceOp(op, emit(rewriter, op, vectors, compute));
    return success();
  }

  static Value emit(OpBuilder &builder, BatchNormOp op,
                    ArrayRef<Value> vectors, FloatType compute) {
    RankedTensorType type = typeOf(op.getInput());
    int64_t rank = type.getRank();
    int64_t channel = op.getLayout() == Layout::ChannelsFirst ? 1 : rank - 1;
    AffineMap identity = builder.getMultiDimIdentityMap(rank);
    AffineMap along =
        AffineMap::get(rank, 0, builder.getAffineDimExpr(channel));
    SmallVector<Value> inputs{op.getInput()};
    inputs.append(vectors.begin(), vectors.end());
    SmallVector<utils::IteratorType> loops(rank,
                                           utils::IteratorType::parallel);
    Value target = tensor::EmptyOp::create(
        builder, op.getLoc(),
        tensor::getMixedSizes(builder, op.getLoc(), op.getInput()),
        type.getElementType());
    auto generic = linalg::GenericOp::create(
        builder, op.getLoc(), type, inputs, target,
        ArrayRef<AffineMap>{identity, along, along, along, identity}, loops,
        [&](OpBuilder &b, Location l, ValueRange elements) {
          SmallVector<Value> wide;
          for (Value element : elements.drop_back())
            wide.push_back(resizeFloat(b, l, element, compute));
          Value distance = arith::SubFOp::create(b, l, wide[0], wide[1]);
          Value result =
              math::FmaOp::create(b, l, distance, wide[2], wide[3]);
          linalg::YieldOp::create(
              b, l, resizeFloat(b, l, result, type.getElementType()));
        });
    return generic.getResult(0);
  }
};

struct FoldBatchNorm : lacuna::impl::FoldBatchNormBase<FoldBatchNorm> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldIntoConvolution<ConvolutionOp>,
                 FoldIntoConvolution<TransposedConvolutionOp>>(&getContext(),
                                                               /*benefit=*/2);
    patterns.add<LowerToElementwise>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
