//===- ExpandNarrowFloats.cpp - bf16 arithmetic without bf16 hardware -----===//
// A bf16 number is the upper half of an f32 number. AVX2 has no instruction
// for it and LLVM would call a library, once an element.
//===----------------------------------------------------------------------===//
#include "ExpandNarrowFloats.h"
#include "Expression.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace lacuna {
namespace {

bool isNarrow(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isBF16() || element.isF16();
}
bool isBF16(Type type) { return getElementTypeOrSelf(type).isBF16(); }

struct ExpandExtF : OpRewritePattern<arith::ExtFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::ExtFOp op,
                                PatternRewriter &rewriter) const final {
    if (!isBF16(op.getIn().getType()))
      return rewriter.notifyMatchFailure(op, "not from bf16");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    Bits bits = resize(bitsOf({builder, op.getIn()}), 32) << 16;
    Real single = realOf(bits, builder.getF32Type());
    auto type = cast<FloatType>(getElementTypeOrSelf(op.getType()));
    rewriter.replaceOp(op, convert(single, type).value);
    return success();
  }
};

/// Rounds to nearest even: half a unit less one is added, and one more if the
/// number is odd. A NaN, whose payload could carry into infinity, is kept
/// apart and made quiet.
struct ExpandTruncF : OpRewritePattern<arith::TruncFOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(arith::TruncFOp op,
                                PatternRewriter &rewriter) const final {
    if (!isBF16(op.getType()))
      return rewriter.notifyMatchFailure(op, "not to bf16");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    Real single = convert({builder, op.getIn()}, builder.getF32Type());
    Bits bits = bitsOf(single);
    Bits upper = bits >> 16;
    Bits rounded = (bits + 0x7fff + (upper & 1)) >> 16;
    Bits result = select(isNaN(single), upper | 0x40, rounded);
    auto type = cast<FloatType>(getElementTypeOrSelf(op.getType()));
    rewriter.replaceOp(op, realOf(resize(result, 16), type).value);
    return success();
  }
};

/// Whether `op` computes on narrow floats, rather than moves their bits.
bool computesNarrow(Operation *op) {
  if (isa<arith::ConstantOp, arith::SelectOp, arith::BitcastOp, arith::ExtFOp,
          arith::TruncFOp>(op))
    return false;
  auto isComputed = [&](Type type) {
    // f16 arithmetic is left to F16C; only libm's functions are not.
    return isBF16(type) || (isNarrow(type) && isa<math::MathDialect>(
                                                  op->getDialect()));
  };
  return isa<arith::ArithDialect, math::MathDialect>(op->getDialect()) &&
         (llvm::any_of(op->getOperandTypes(), isComputed) ||
          llvm::any_of(op->getResultTypes(), isComputed));
}

/// Does an arith or math op of narrow floats in f32, and rounds its results.
struct ComputeInSingle : RewritePattern {
  ComputeInSingle(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const final {
    if (!computesNarrow(op))
      return rewriter.notifyMatchFailure(op, "computes nothing narrow");
    Location loc = op->getLoc();
    auto widen = [&](Type type) {
      return isNarrow(type) ? withElement(type, rewriter.getF32Type()) : type;
    };
    OperationState state(loc, op->getName());
    for (Value operand : op->getOperands()) {
      Type type = operand.getType();
      state.operands.push_back(
          isNarrow(type)
              ? arith::ExtFOp::create(rewriter, loc, widen(type), operand)
              : operand);
    }
    for (Type type : op->getResultTypes())
      state.types.push_back(widen(type));
    state.addAttributes(op->getAttrs());
    Operation *wide = rewriter.create(state);
    SmallVector<Value> results;
    for (auto [from, to] : llvm::zip(wide->getResults(), op->getResultTypes()))
      results.push_back(
          isNarrow(to) ? arith::TruncFOp::create(rewriter, loc, to, from)
                       : Value(from));
    rewriter.replaceOp(op, results);
    return success();
  }
};

} // namespace

void addNarrowFloatPatterns(RewritePatternSet &patterns, bool converts) {
  patterns.add<ComputeInSingle>(patterns.getContext());
  if (converts)
    patterns.add<ExpandExtF, ExpandTruncF>(patterns.getContext());
}

} // namespace lacuna
