//===- LowerIndexing.cpp - Functions of the index to linalg.generic -------===//
// Writes one_hot, random and dropout as element-wise loops, which fuse with
// their neighbours.
//===----------------------------------------------------------------------===//
#include "Philox.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"
#include "lacuna/Lowering/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace lacuna {
#define GEN_PASS_DEF_LOWERINDEXING
#include "lacuna/Lowering/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {

/// Computes the elements of the results from those of the inputs.
using Body =
    llvm::function_ref<SmallVector<Value>(ImplicitLocOpBuilder &, ValueRange)>;

/// Replaces `op` by loops over its results, which share one shape.
void replaceByLoops(PatternRewriter &rewriter, Operation *op, ValueRange inputs,
                    SmallVector<AffineMap> maps, Body body) {
  Location loc = op->getLoc();
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  SmallVector<Value> targets;
  for (Type result : op->getResultTypes()) {
    targets.push_back(tensor::EmptyOp::create(
        rewriter, loc, type.getShape(), getElementTypeOrSelf(result)));
    maps.push_back(rewriter.getMultiDimIdentityMap(type.getRank()));
  }
  SmallVector<utils::IteratorType> loops(type.getRank(),
                                         utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      rewriter, loc, op->getResultTypes(), inputs, targets, maps, loops,
      [&](OpBuilder &inner, Location at, ValueRange elements) {
        ImplicitLocOpBuilder b(at, inner);
        linalg::YieldOp::create(
            b, body(b, elements.take_front(inputs.size())));
      });
  rewriter.replaceOp(op, generic);
}

/// The map of an operand without dimensions, read in every step.
AffineMap scalarMap(RankedTensorType type, int64_t rank) {
  return AffineMap::get(rank, 0,
                        SmallVector<AffineExpr>(type.getRank(),
                                                getAffineConstantExpr(
                                                    0, type.getContext())),
                        type.getContext());
}

/// An integer element as i64.
Value toI64(ImplicitLocOpBuilder &b, Value element) {
  Type wide = b.getI64Type(), type = element.getType();
  if (type == wide)
    return element;
  if (type.isIndex())
    return arith::IndexCastOp::create(b, wide, element);
  if (type.getIntOrFloatBitWidth() > 64)
    return arith::TruncIOp::create(b, wide, element);
  return arith::ExtSIOp::create(b, wide, element);
}

/// The number of the current element in row-major order, as i64.
Value linearIndex(ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape) {
  Value linear = arith::ConstantIndexOp::create(b, 0);
  for (auto [dim, size] : llvm::enumerate(shape)) {
    Value stride = arith::ConstantIndexOp::create(b, size);
    linear = arith::AddIOp::create(b, arith::MulIOp::create(b, linear, stride),
                                   linalg::IndexOp::create(b, dim));
  }
  return arith::IndexCastOp::create(b, b.getI64Type(), linear);
}

Value number(ImplicitLocOpBuilder &b, Type type, double value) {
  if (auto floating = dyn_cast<FloatType>(type))
    return arith::ConstantOp::create(b, b.getFloatAttr(floating, value));
  return arith::ConstantOp::create(b, b.getIntegerAttr(type, int64_t(value)));
}

struct LowerOneHot : OpRewritePattern<OneHotOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(OneHotOp op,
                                PatternRewriter &rewriter) const final {
    auto type = cast<RankedTensorType>(op.getResult().getType());
    if (!type.hasStaticShape())
      return rewriter.notifyMatchFailure(op, "not yet specialised");
    int64_t rank = type.getRank(), axis = *axisFromFront(op.getAxis(), rank);
    AffineMap places =
        rewriter.getMultiDimIdentityMap(rank).dropResult(axis);
    AffineMap first = AffineMap::get(
        rank, 0, rewriter.getAffineConstantExpr(0), getContext());
    auto pick = [&](int64_t index) -> Value {
      return tensor::ExtractSliceOp::create(
          rewriter, op.getLoc(), op.getValues(),
          ArrayRef<OpFoldResult>(rewriter.getIndexAttr(index)),
          ArrayRef<OpFoldResult>(rewriter.getIndexAttr(1)),
          ArrayRef<OpFoldResult>(rewriter.getIndexAttr(1)));
    };
    SmallVector<Value> inputs{op.getIndices(), pick(0), pick(1)};
    auto body = [&](ImplicitLocOpBuilder &b, ValueRange elements) {
      Value index = toI64(b, elements[0]);
      Value zero = number(b, b.getI64Type(), 0);
      Value negative = arith::CmpIOp::create(b, arith::CmpIPredicate::slt,
                                             index, zero);
      Value fromEnd = arith::AddIOp::create(
          b, index, number(b, b.getI64Type(), op.getDepth()));
      index = arith::SelectOp::create(b, negative, fromEnd, index);
      Value here = arith::IndexCastOp::create(
          b, b.getI64Type(), linalg::IndexOp::create(b, axis));
      Value on = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, index, here);
      return SmallVector<Value>{
          arith::SelectOp::create(b, on, elements[2], elements[1])};
    };
    replaceByLoops(rewriter, op, inputs, {places, first, first}, body);
    return success();
  }
};

/// The key of a generator: an element of the seed, or a constant.
Value keyOf(ImplicitLocOpBuilder &b, ValueRange elements, int64_t fixedSeed) {
  if (elements.empty())
    return arith::ConstantOp::create(b, b.getI64IntegerAttr(fixedSeed));
  return toI64(b, elements.back());
}

struct LowerRandom : OpRewritePattern<RandomOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(RandomOp op,
                                PatternRewriter &rewriter) const final {
    auto type = cast<RankedTensorType>(op.getResult().getType());
    if (!type.hasStaticShape())
      return rewriter.notifyMatchFailure(op, "not yet specialised");
    SmallVector<Value> inputs;
    SmallVector<AffineMap> maps;
    if (op.getSeed()) {
      inputs.push_back(op.getSeed());
      maps.push_back(scalarMap(op.getSeed().getType(), type.getRank()));
    }
    auto body = [&](ImplicitLocOpBuilder &b, ValueRange elements) {
      auto words = emitPhilox(b, keyOf(b, elements, op.getFixedSeed()),
                              linearIndex(b, type.getShape()));
      return SmallVector<Value>{draw(b, op, words)};
    };
    replaceByLoops(rewriter, op, inputs, maps, body);
    return success();
  }

  static Value draw(ImplicitLocOpBuilder &b, RandomOp op,
                    const std::array<Value, 4> &words) {
    Type element = getElementTypeOrSelf(op.getResult().getType());
    double alpha = op.getAlpha().convertToDouble();
    double beta = op.getBeta().convertToDouble();
    if (op.getKind() == RandomKind::Bernoulli) {
      Value u = emitUniform(b, b.getF32Type(), words[0], words[1]);
      Value on = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, u,
                                       number(b, u.getType(), alpha));
      return arith::SelectOp::create(b, on, number(b, element, 1),
                                     number(b, element, 0));
    }
    auto floating = cast<FloatType>(element);
    bool uniform = op.getKind() == RandomKind::Uniform;
    Value x = uniform ? emitUniform(b, floating, words[0], words[1])
                      : emitNormal(b, floating, words);
    Type wide = x.getType();
    x = arith::MulFOp::create(b, x,
                              number(b, wide, uniform ? beta - alpha : beta));
    x = arith::AddFOp::create(b, x, number(b, wide, alpha));
    if (wide != element)
      x = arith::TruncFOp::create(b, element, x);
    if (!uniform)
      return x;
    // Rounding must not reach the end of a half-open range.
    Value below = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, x,
                                        number(b, element, beta));
    return arith::SelectOp::create(b, below, x, number(b, element, alpha));
  }
};

struct LowerDropout : OpRewritePattern<DropoutOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(DropoutOp op,
                                PatternRewriter &rewriter) const final {
    auto type = cast<RankedTensorType>(op.getInput().getType());
    if (!type.hasStaticShape())
      return rewriter.notifyMatchFailure(op, "not yet specialised");
    SmallVector<AffineMap> maps{
        rewriter.getMultiDimIdentityMap(type.getRank()),
        scalarMap(op.getSeed().getType(), type.getRank())};
    double rate = op.getRate().convertToDouble();
    auto body = [&](ImplicitLocOpBuilder &b, ValueRange elements) {
      Value x = elements[0];
      auto words = emitPhilox(b, keyOf(b, elements, 0),
                              linearIndex(b, type.getShape()));
      Value u = emitUniform(b, b.getF32Type(), words[0], words[1]);
      Value keep = arith::CmpFOp::create(b, arith::CmpFPredicate::OGE, u,
                                         number(b, u.getType(), rate));
      Value grown = arith::MulFOp::create(
          b, x, number(b, x.getType(), rate < 1 ? 1 / (1 - rate) : 0));
      Value y = arith::SelectOp::create(b, keep, grown,
                                        number(b, x.getType(), 0));
      Type mask = getElementTypeOrSelf(op.getMask().getType());
      Value shown = arith::SelectOp::create(b, keep, number(b, mask, 1),
                                            number(b, mask, 0));
      return SmallVector<Value>{y, shown};
    };
    replaceByLoops(rewriter, op, {op.getInput(), op.getSeed()}, maps, body);
    return success();
  }
};

struct LowerIndexing : lacuna::impl::LowerIndexingBase<LowerIndexing> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerOneHot, LowerRandom, LowerDropout>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
