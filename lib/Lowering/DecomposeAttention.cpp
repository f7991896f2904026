//===- DecomposeAttention.cpp - Online attention to linalg ----------------===//
// The formulas of the op, one linalg.generic each: the reference that tiled
// attention is tested against.
//===----------------------------------------------------------------------===//
#include "ElementWiseBuilder.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/Lowering/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace lacuna {
#define GEN_PASS_DEF_DECOMPOSEATTENTION
#include "lacuna/Lowering/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();

ArrayRef<int64_t> sizesOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// `x` in another floating-point type, the wider or the narrower one.
Value toFloat(OpBuilder &b, Location l, Value x, Type type) {
  unsigned from = x.getType().getIntOrFloatBitWidth();
  unsigned to = type.getIntOrFloatBitWidth();
  if (x.getType() == type)
    return x;
  return from < to ? Value(arith::ExtFOp::create(b, l, type, x))
                   : Value(arith::TruncFOp::create(b, l, type, x));
}

/// Emits the formulas for one op.
class OnlineStep {
public:
  OnlineStep(OpBuilder &builder, OnlineAttentionOp op)
      : build(builder, op.getLoc()), op(op),
        wide(getElementTypeOrSelf(op.getSum().getType())) {
    ArrayRef<int64_t> q = sizesOf(op.getQuery()), k = sizesOf(op.getKey());
    rows = llvm::to_vector(q.drop_back());
    pairs = rows;
    pairs.push_back(k[2]);
  }
  SmallVector<Value> emit();

private:
  Value repeatHeads(Value x);
  Value scores();
  Value adjusted(Value products);
  /// exp(x - shift), with 0 in place of a shift of -inf.
  Value exponential(OpBuilder &b, Location l, Value x, Value shift);

  ElementWiseBuilder build;
  OnlineAttentionOp op;
  Type wide;
  SmallVector<int64_t> rows, pairs;
};
} // namespace

/// One key head for each query head.
Value OnlineStep::repeatHeads(Value x) {
  ArrayRef<int64_t> s = sizesOf(x);
  int64_t group = rows[1] / s[1];
  if (group == 1)
    return x;
  Value grouped = build.map({s[0], s[1], group, s[2], s[3]},
                            getElementTypeOrSelf(x.getType()),
                            {{x, {0, 1, 3, 4}}},
                            [](OpBuilder &, Location, ValueRange e) -> Value {
                              return e[0];
                            });
  SmallVector<ReassociationIndices> joined{{0}, {1, 2}, {3}, {4}};
  return tensor::CollapseShapeOp::create(build.builder, build.loc, grouped,
                                         joined);
}

/// Step 3 and 4 of attention, on scaled products.
Value OnlineStep::adjusted(Value products) {
  SmallVector<LoopOperand> operands{{products, {0, 1, 2, 3}}};
  if (op.getMask())
    operands.push_back(ElementWiseBuilder::fromRight(op.getMask(), 4));
  return build.map(
      pairs, wide, operands,
      [&](OpBuilder &b, Location l, ValueRange e) -> Value {
        ElementWiseBuilder inner(b, l);
        Value s = arith::MulFOp::create(
            b, l, e[0], inner.number(wide, op.getScale().convertToDouble()));
        if (auto cap = op.getSoftCap()) {
          Value c = inner.number(wide, cap->convertToDouble());
          Value bent =
              math::TanhOp::create(b, l, arith::DivFOp::create(b, l, s, c));
          s = arith::MulFOp::create(b, l, bent, c);
        }
        if (e.size() < 2)
          return s;
        if (e[1].getType().isInteger(1))
          return arith::SelectOp::create(b, l, e[1], s,
                                         inner.number(wide, -infinity));
        return arith::AddFOp::create(b, l, s, toFloat(b, l, e[1], wide));
      });
}

Value OnlineStep::scores() {
  SmallVector<int64_t> loops(pairs);
  loops.push_back(sizesOf(op.getQuery())[3]);
  Value products = build.fold(
      loops, {build.fill(pairs, wide, 0), {0, 1, 2, 3}},
      {{op.getQuery(), {0, 1, 2, 4}}, {repeatHeads(op.getKey()), {0, 1, 3, 4}}},
      [&](OpBuilder &b, Location l, ValueRange e) -> Value {
        Value product = arith::MulFOp::create(b, l, toFloat(b, l, e[0], wide),
                                              toFloat(b, l, e[1], wide));
        return arith::AddFOp::create(b, l, e[2], product);
      });
  return adjusted(products);
}

Value OnlineStep::exponential(OpBuilder &b, Location l, Value x, Value shift) {
  ElementWiseBuilder inner(b, l);
  Value none = arith::CmpFOp::create(b, l, arith::CmpFPredicate::OEQ, shift,
                                     inner.number(wide, -infinity));
  shift =
      arith::SelectOp::create(b, l, none, inner.number(wide, 0), shift);
  return math::ExpOp::create(b, l, arith::SubFOp::create(b, l, x, shift));
}

SmallVector<Value> OnlineStep::emit() {
  auto power = [&](OpBuilder &b, Location l, ValueRange e) {
    return exponential(b, l, e[0], e[1]);
  };
  auto times = [](OpBuilder &b, Location l, ValueRange e) -> Value {
    return arith::MulFOp::create(b, l, e[0], e[1]);
  };
  Value s = scores();
  Value maximum = build.fold(
      pairs, {op.getMaximum(), {0, 1, 2}}, {{s, {0, 1, 2, 3}}},
      [](OpBuilder &b, Location l, ValueRange e) -> Value {
        return arith::MaximumFOp::create(b, l, e[0], e[1]);
      });
  Value p = build.map(pairs, wide, {{s, {0, 1, 2, 3}}, {maximum, {0, 1, 2}}},
                      power);
  Value factor = build.map(
      rows, wide, {{op.getMaximum(), {0, 1, 2}}, {maximum, {0, 1, 2}}}, power);
  Value before = build.map(
      rows, wide, {{op.getSum(), {0, 1, 2}}, {factor, {0, 1, 2}}}, times);
  Value sum = build.fold(pairs, {before, {0, 1, 2}}, {{p, {0, 1, 2, 3}}},
                         [](OpBuilder &b, Location l, ValueRange e) -> Value {
                           return arith::AddFOp::create(b, l, e[1], e[0]);
                         });
  ArrayRef<int64_t> shape = sizesOf(op.getAccumulator());
  Value scaled = build.map(
      shape, wide,
      {{op.getAccumulator(), {0, 1, 2, 3}}, {factor, {0, 1, 2}}}, times);
  SmallVector<int64_t> loops(shape);
  loops.push_back(pairs.back());
  Value accumulator = build.fold(
      loops, {scaled, {0, 1, 2, 3}},
      {{p, {0, 1, 2, 4}}, {repeatHeads(op.getValue()), {0, 1, 4, 3}}},
      [&](OpBuilder &b, Location l, ValueRange e) -> Value {
        Value product =
            arith::MulFOp::create(b, l, e[0], toFloat(b, l, e[1], wide));
        return arith::AddFOp::create(b, l, e[2], product);
      });
  return {maximum, sum, accumulator};
}

namespace {
struct DecomposeOnlineAttention : OpRewritePattern<OnlineAttentionOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(OnlineAttentionOp op,
                                PatternRewriter &rewriter) const final {
    auto isStatic = [](Type type) {
      return cast<RankedTensorType>(type).hasStaticShape();
    };
    if (!llvm::all_of(op->getOperandTypes(), isStatic))
      return rewriter.notifyMatchFailure(op, "shapes are not yet specialised");
    rewriter.replaceOp(op, OnlineStep(rewriter, op).emit());
    return success();
  }
};

struct DecomposeAttention
    : lacuna::impl::DecomposeAttentionBase<DecomposeAttention> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<DecomposeOnlineAttention>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
