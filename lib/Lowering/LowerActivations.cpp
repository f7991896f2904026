//===- LowerActivations.cpp - Activations to linalg.generic ---------------===//
// Writes activation, prelu and gated ops as element-wise loops, which fuse
// with their neighbours.
//===----------------------------------------------------------------------===//
#include "lacuna/IR/Shape.h"
#include "lacuna/Lowering/Activation.h"
#include "lacuna/Lowering/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace lacuna {
#define GEN_PASS_DEF_LOWERACTIVATIONS
#include "lacuna/Lowering/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {

using Body = llvm::function_ref<Value(OpBuilder &, Location, ValueRange)>;

/// An uninitialised tensor of the shape and type of `model`.
Value emptyLike(OpBuilder &builder, Location loc, Value model) {
  auto type = cast<RankedTensorType>(model.getType());
  return tensor::EmptyOp::create(builder, loc,
                                 tensor::getMixedSizes(builder, loc, model),
                                 type.getElementType());
}

/// The map that reads `operand` broadcast from the right to `rank` loops.
AffineMap broadcastMap(Value operand, int64_t rank, MLIRContext *context) {
  auto type = cast<RankedTensorType>(operand.getType());
  SmallVector<AffineExpr> results;
  for (auto [dim, size] : llvm::enumerate(type.getShape())) {
    unsigned loop = rank - type.getRank() + dim;
    results.push_back(size == 1 ? getAffineConstantExpr(0, context)
                                : getAffineDimExpr(loop, context));
  }
  return AffineMap::get(rank, 0, results, context);
}

/// The element-wise loops of `body` over `inputs`, shaped as the first one.
Value elementwise(OpBuilder &builder, Location loc, ValueRange inputs,
                  Body body) {
  auto type = cast<RankedTensorType>(inputs.front().getType());
  MLIRContext *context = builder.getContext();
  AffineMap identity =
      AffineMap::getMultiDimIdentityMap(type.getRank(), context);
  SmallVector<AffineMap> maps{identity};
  for (Value input : inputs.drop_front())
    maps.push_back(broadcastMap(input, type.getRank(), context));
  maps.push_back(identity);
  SmallVector<utils::IteratorType> loops(type.getRank(),
                                         utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, loc, type, inputs, emptyLike(builder, loc, inputs.front()),
      maps, loops, [&](OpBuilder &inner, Location at, ValueRange elements) {
        linalg::YieldOp::create(inner, at,
                                body(inner, at, elements.drop_back()));
      });
  return generic.getResult(0);
}

std::optional<double> numberOf(FloatAttr attribute) {
  if (!attribute)
    return std::nullopt;
  return attribute.getValueAsDouble();
}

struct LowerActivation : OpRewritePattern<ActivationOp> {
  LowerActivation(MLIRContext *context, bool shortForms)
      : OpRewritePattern(context), shortForms(shortForms) {}

  LogicalResult matchAndRewrite(ActivationOp op,
                                PatternRewriter &rewriter) const final {
    ActivationParameters parameters{numberOf(op.getAlphaAttr()),
                                    numberOf(op.getBetaAttr()), shortForms};
    auto body = [&](OpBuilder &builder, Location loc, ValueRange elements) {
      return emitActivation(builder, loc, op.getKind(), parameters,
                            elements[0]);
    };
    rewriter.replaceOp(
        op, elementwise(rewriter, op.getLoc(), op.getInput(), body));
    return success();
  }

  bool shortForms;
};

struct LowerPrelu : OpRewritePattern<PreluOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PreluOp op,
                                PatternRewriter &rewriter) const final {
    auto body = [](OpBuilder &builder, Location loc, ValueRange elements) {
      Value x = elements[0];
      Value zero = arith::ConstantOp::create(
          builder, loc, builder.getZeroAttr(x.getType()));
      Value positive = arith::CmpFOp::create(
          builder, loc, arith::CmpFPredicate::OGT, x, zero);
      Value scaled = arith::MulFOp::create(builder, loc, x, elements[1]);
      return arith::SelectOp::create(builder, loc, positive, x, scaled)
          .getResult();
    };
    rewriter.replaceOp(op, elementwise(rewriter, op.getLoc(),
                                       {op.getInput(), op.getSlope()}, body));
    return success();
  }
};

struct LowerGated : OpRewritePattern<GatedOp> {
  LowerGated(MLIRContext *context, bool shortForms)
      : OpRewritePattern(context), shortForms(shortForms) {}

  LogicalResult matchAndRewrite(GatedOp op,
                                PatternRewriter &rewriter) const final {
    auto type = cast<RankedTensorType>(op.getInput().getType());
    int64_t axis = *axisFromFront(op.getAxis(), type.getRank());
    if (type.isDynamicDim(axis))
      return rewriter.notifyMatchFailure(op, "the axis is not yet specialised");
    Value first = half(op, axis, 0, rewriter);
    Value second = half(op, axis, type.getDimSize(axis) / 2, rewriter);
    Value gate = op.getGateFirst() ? first : second;
    Value value = op.getGateFirst() ? second : first;
    std::optional<ActivationKind> kind = op.getFunction();
    auto body = [&](OpBuilder &builder, Location loc, ValueRange elements) {
      Value open = elements[1];
      if (kind)
        open = emitActivation(builder, loc, *kind, {{}, {}, shortForms}, open);
      return arith::MulFOp::create(builder, loc, elements[0], open)
          .getResult();
    };
    rewriter.replaceOp(op,
                       elementwise(rewriter, op.getLoc(), {value, gate}, body));
    return success();
  }

  static Value half(GatedOp op, int64_t axis, int64_t offset,
                    PatternRewriter &rewriter) {
    Location loc = op.getLoc();
    SmallVector<OpFoldResult> sizes =
        tensor::getMixedSizes(rewriter, loc, op.getInput());
    SmallVector<OpFoldResult> offsets(sizes.size(), rewriter.getIndexAttr(0));
    SmallVector<OpFoldResult> strides(sizes.size(), rewriter.getIndexAttr(1));
    auto type = cast<RankedTensorType>(op.getInput().getType());
    sizes[axis] = rewriter.getIndexAttr(type.getDimSize(axis) / 2);
    offsets[axis] = rewriter.getIndexAttr(offset);
    return tensor::ExtractSliceOp::create(rewriter, loc, op.getInput(), offsets,
                                          sizes, strides);
  }

  bool shortForms;
};

struct LowerActivations
    : lacuna::impl::LowerActivationsBase<LowerActivations> {
  using LowerActivationsBase::LowerActivationsBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerPrelu>(&getContext());
    patterns.add<LowerActivation, LowerGated>(&getContext(), shortForms);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
