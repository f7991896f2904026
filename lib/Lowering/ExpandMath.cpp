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

/// Whether `op` is exp2 of f32, content with an approximation.
bool isApproximateExp2(Operation *op) {
  auto exp2 = dyn_cast<math::Exp2Op>(op);
  return exp2 && getElementTypeOrSelf(exp2.getType()).isF32() &&
         arith::bitEnumContainsAny(exp2.getFastmath(),
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

/// Whether `type` is f64 or a vector of it.
bool isDouble(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isF64() && (element == type || isa<VectorType>(type));
}

/// Replaces `Op(x)` by a formula in f64, or in f32 if there is a `single` one
/// and x is no f64 number.
template <typename Op> struct ExpandUnary : OpRewritePattern<Op> {
  ExpandUnary(MLIRContext *context, bool doubles, UnaryFormula formula,
              UnaryFormula single)
      : OpRewritePattern<Op>(context), formula(formula), single(single),
        doubles(doubles) {}

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const final {
    Value x = op.getOperand();
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    if (doubles && isApproximateExp2(op))
      return rewriter.notifyMatchFailure(op, "one instruction of the device");
    bool full = doubles && isDouble(x.getType()) && !isApproximate(op);
    FullPrecision precision(full);
    if (full || isApproximate(op))
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
  bool doubles;
};

template <typename Op> struct ExpandBinary : OpRewritePattern<Op> {
  ExpandBinary(MLIRContext *context, bool doubles, BinaryFormula formula)
      : OpRewritePattern<Op>(context), formula(formula), doubles(doubles) {}

  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const final {
    Value a = op.getLhs(), b = op.getRhs();
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    if (doubles && isDouble(a.getType())) {
      FullPrecision precision(true);
      rewriter.replaceOp(op, formula({builder, a}, {builder, b}).value);
      return success();
    }
    if (!isExpandable(a.getType()))
      return rewriter.notifyMatchFailure(op, "not f32, f16 or bf16");
    Real result = formula(widened(builder, a), widened(builder, b));
    rewriter.replaceOp(op, narrowed(result, a));
    return success();
  }

  BinaryFormula formula;
  bool doubles;
};

/// x^n for an integer n, which f64 holds exactly.
struct ExpandFPowI : OpRewritePattern<math::FPowIOp> {
  ExpandFPowI(MLIRContext *context, bool doubles)
      : OpRewritePattern(context), doubles(doubles) {}

  LogicalResult matchAndRewrite(math::FPowIOp op,
                                PatternRewriter &rewriter) const final {
    Value x = op.getLhs();
    bool full = doubles && isDouble(x.getType());
    if (!full && !isExpandable(x.getType()))
      return rewriter.notifyMatchFailure(op, "not f32, f16 or bf16");
    FullPrecision precision(full);
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    Type type = withElement(x.getType(), builder.getF64Type());
    Value n = arith::SIToFPOp::create(builder, type, op.getRhs());
    Real wide = full ? Real(builder, x) : widened(builder, x);
    Real result = powOf(wide, {builder, n});
    rewriter.replaceOp(op, full ? result.value : narrowed(result, x));
    return success();
  }

  bool doubles;
};

struct ExpandSinCos : OpRewritePattern<math::SincosOp> {
  using OpRewritePattern::OpRewritePattern;

  /// As its two functions, which are expanded in their turn.
  LogicalResult matchAndRewrite(math::SincosOp op,
                                PatternRewriter &rewriter) const final {
    Value x = op.getOperand();
    Location loc = op.getLoc();
    rewriter.replaceOp(op, {math::SinOp::create(rewriter, loc, x),
                            math::CosOp::create(rewriter, loc, x)});
    return success();
  }
};

/// Adds the patterns of elementary functions to a set.
struct FunctionAdder {
  template <typename Op>
  void add(UnaryFormula formula, UnaryFormula single = nullptr) {
    patterns.add<ExpandUnary<Op>>(patterns.getContext(), doubles, formula,
                                  single);
  }
  void addAll();

  RewritePatternSet &patterns;
  bool doubles;
};

void FunctionAdder::addAll() {
  add<math::ExpOp>(expOf, expOfSingle);
  add<math::Exp2Op>(exp2Of, exp2OfSingle);
  add<math::ExpM1Op>(expm1Of);
  add<math::LogOp>(logOf);
  add<math::Log2Op>(log2Of);
  add<math::Log10Op>(log10Of);
  add<math::Log1pOp>(log1pOf);
  add<math::ErfOp>(erfOf);
  add<math::ErfcOp>(erfcOf);
  add<math::SinhOp>(sinhOf);
  add<math::CoshOp>(coshOf);
  add<math::TanhOp>(tanhOf);
  add<math::AsinhOp>(asinhOf);
  add<math::AcoshOp>(acoshOf);
  add<math::AtanhOp>(atanhOf);
  add<math::SinOp>(sinOf);
  add<math::CosOp>(cosOf);
  add<math::TanOp>(tanOf);
  add<math::AsinOp>(asinOf);
  add<math::AcosOp>(acosOf);
  add<math::AtanOp>(atanOf);
  add<math::CbrtOp>(cbrtOf);
  add<math::RsqrtOp>(rsqrtOf);
  MLIRContext *context = patterns.getContext();
  patterns.add<ExpandBinary<math::PowFOp>>(context, doubles, powOf);
  patterns.add<ExpandBinary<math::Atan2Op>>(context, doubles, atan2Of);
  patterns.add<ExpandFPowI>(context, doubles);
  patterns.add<ExpandSinCos>(context);
}

struct ExpandMath : impl::ExpandMathBase<ExpandMath> {
  using ExpandMathBase::ExpandMathBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    FunctionAdder{patterns, doubles}.addAll();
    addNarrowFloatPatterns(patterns, /*converts=*/!doubles);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    guardDivisions(getOperation());
  }
};

} // namespace
} // namespace lacuna
