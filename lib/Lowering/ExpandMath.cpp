//===- ExpandMath.cpp - Write math ops as straight-line arithmetic --------===//
// Replaces the elementary functions of f32, f16 and bf16 scalars and vectors
// by formulas of arith ops, which the loop vectoriser can widen. f64 is left
// to libm.
//===----------------------------------------------------------------------===//
#include "ElementaryFunctions.h"
#include "ExpandNarrowFloats.h"
#include "GuardDivisions.h"
#include "lacuna/Lowering/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace lacuna {
#define GEN_PASS_DEF_EXPANDMATH
#include "lacuna/Lowering/Passes.h.inc"
} // namespace lacuna

namespace lacuna {
namespace {

using UnaryFormula = Real (*)(Real);
using BinaryFormula = Real (*)(Real, Real);

/// Whether `type` is a scalar or vector of f32, f16 or bf16.
bool isExpandable(Type type) {
  Type element = getElementTypeOrSelf(type);
  return (element == type || isa<VectorType>(type)) &&
         (element.isF32() || element.isF16() || element.isBF16());
}

/// Whether `op` is a function of f64 numbers that need only be good for f32.
template <typename Op> bool isApproximate(Op op) {
  return getElementTypeOrSelf(op.getType()).isF64() &&
         arith::bitEnumContainsAny(op.getFastmath(),
                                   arith::FastMathFlags::afn);
}

/// `value` as an f64 number; narrow types go through f32. Both are exact.
Real widened(ImplicitLocOpBuilder &builder, Value value) {
  Real single = convert({builder, value}, builder.getF32Type());
  return convert(single, builder.getF64Type());
}

/// `result` rounded to the type of `model`.
Value narrowed(Real result, Value model) {
  auto type = cast<FloatType>(getElementTypeOrSelf(model.getType()));
  Real single = convert(result, Float32Type::get(type.getContext()));
  return convert(single, type).value;
}

/// Replaces `Op(x)` by a formula in f64, or in f32 if there is a `single` one
/// and x is no f64 number.
template <typename Op> struct ExpandUnary : OpRewritePattern<Op> {
  ExpandUnary(MLIRContext *context, UnaryFormula formula, UnaryFormula single)
      : OpRewritePattern<Op>(context), formula(formula), single(single) {}

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const final {
    Value x = op.getOperand();
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    if (isApproximate(op))
      rewriter.replaceOp(op, formula({builder, x}).value);
    else if (!isExpandable(x.getType()))
      return rewriter.notifyMatchFailure(op, "f64 without the flag afn");
    else if (single)
      rewriter.replaceOp(
          op, narrowed(single(convert({builder, x}, builder.getF32Type())), x));
    else
      rewriter.replaceOp(op, narrowed(formula(widened(builder, x)), x));
    return success();
  }

  UnaryFormula formula, single;
};

template <typename Op> struct ExpandBinary : OpRewritePattern<Op> {
  ExpandBinary(MLIRContext *context, BinaryFormula formula)
      : OpRewritePattern<Op>(context), formula(formula) {}

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const final {
    Value a = op.getLhs(), b = op.getRhs();
    if (!isExpandable(a.getType()))
      return rewriter.notifyMatchFailure(op, "not f32, f16 or bf16");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    Real result = formula(widened(builder, a), widened(builder, b));
    rewriter.replaceOp(op, narrowed(result, a));
    return success();
  }

  BinaryFormula formula;
};

/// x^n for an integer n, which f64 holds exactly.
struct ExpandFPowI : OpRewritePattern<math::FPowIOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::FPowIOp op,
                                PatternRewriter &rewriter) const final {
    Value x = op.getLhs();
    if (!isExpandable(x.getType()))
      return rewriter.notifyMatchFailure(op, "not f32, f16 or bf16");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    Type type = withElement(x.getType(), builder.getF64Type());
    Value n = arith::SIToFPOp::create(builder, type, op.getRhs());
    Real result = powOf(widened(builder, x), {builder, n});
    rewriter.replaceOp(op, narrowed(result, x));
    return success();
  }
};

struct ExpandSinCos : OpRewritePattern<math::SincosOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::SincosOp op,
                                PatternRewriter &rewriter) const final {
    Value x = op.getOperand();
    if (!isExpandable(x.getType()))
      return rewriter.notifyMatchFailure(op, "not f32, f16 or bf16");
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    Real wide = widened(builder, x);
    rewriter.replaceOp(
        op, {narrowed(sinOf(wide), x), narrowed(cosOf(wide), x)});
    return success();
  }
};

template <typename Op>
void add(RewritePatternSet &patterns, UnaryFormula formula,
         UnaryFormula single = nullptr) {
  patterns.add<ExpandUnary<Op>>(patterns.getContext(), formula, single);
}

void addElementaryFunctions(RewritePatternSet &patterns) {
  add<math::ExpOp>(patterns, expOf, expOfSingle);
  add<math::Exp2Op>(patterns, exp2Of, exp2OfSingle);
  add<math::ExpM1Op>(patterns, expm1Of);
  add<math::LogOp>(patterns, logOf);
  add<math::Log2Op>(patterns, log2Of);
  add<math::Log10Op>(patterns, log10Of);
  add<math::Log1pOp>(patterns, log1pOf);
  add<math::ErfOp>(patterns, erfOf);
  add<math::ErfcOp>(patterns, erfcOf);
  add<math::SinhOp>(patterns, sinhOf);
  add<math::CoshOp>(patterns, coshOf);
  add<math::TanhOp>(patterns, tanhOf);
  add<math::AsinhOp>(patterns, asinhOf);
  add<math::AcoshOp>(patterns, acoshOf);
  add<math::AtanhOp>(patterns, atanhOf);
  add<math::SinOp>(patterns, sinOf);
  add<math::CosOp>(patterns, cosOf);
  add<math::TanOp>(patterns, tanOf);
  add<math::AsinOp>(patterns, asinOf);
  add<math::AcosOp>(patterns, acosOf);
  add<math::AtanOp>(patterns, atanOf);
  add<math::CbrtOp>(patterns, cbrtOf);
  add<math::RsqrtOp>(patterns, rsqrtOf);
  MLIRContext *context = patterns.getContext();
  patterns.add<ExpandBinary<math::PowFOp>>(context, powOf);
  patterns.add<ExpandBinary<math::Atan2Op>>(context, atan2Of);
  patterns.add<ExpandFPowI, ExpandSinCos>(context);
}

struct ExpandMath : impl::ExpandMathBase<ExpandMath> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    addElementaryFunctions(patterns);
    addNarrowFloatPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    guardDivisions(getOperation());
  }
};

} // namespace
} // namespace lacuna
