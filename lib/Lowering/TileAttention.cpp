//===- TileAttention.cpp - Attention as a loop over tiles of keys ---------===//
// Carries the running maximum, sum and accumulator of online_attention over
// the keys, and divides at the end. What hides keys by index becomes a mask of
// each tile.
//===----------------------------------------------------------------------===//
#include "ElementWiseBuilder.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/Lowering/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace lacuna {
#define GEN_PASS_DEF_TILEATTENTION
#include "lacuna/Lowering/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
using Values = SmallVector<Value>;

ArrayRef<int64_t> sizesOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// Rewrites one attention op.
class Tiling {
public:
  Tiling(PatternRewriter &rewriter, AttentionOp op, int64_t keyTile)
      : build(rewriter, op.getLoc()), op(op), keyTile(keyTile) {}
  Values emit(bool unroll);

private:
  Value headsFirst(Value x);
  Value slice(Value x, int64_t dim, OpFoldResult offset, int64_t size);
  Value tileMask(OpFoldResult offset, int64_t size);
  Value isVisible(OpBuilder &b, Location l, ValueRange at, Value offset,
                  Value length);
  Values step(OpFoldResult offset, int64_t size, ValueRange state);
  Values walk(Values state, bool unroll);
  Values finish(ValueRange state);
  bool hidesByIndex() {
    return op.getCausal() != Causal::None || op.getWindowLeft() ||
           op.getWindowRight() || op.getKeyLengths();
  }

  ElementWiseBuilder build;
  AttentionOp op;
  int64_t keyTile;
  Value query, key, value;
  Type wide;
  int64_t batches = 0, heads = 0, queries = 0, keys = 0, valueDepth = 0;
};
} // namespace

Value Tiling::headsFirst(Value x) {
  if (op.getLayout() == AttentionLayout::BHSD)
    return x;
  ArrayRef<int64_t> s = sizesOf(x);
  Value target = tensor::EmptyOp::create(
      build.builder, build.loc, ArrayRef<int64_t>{s[0], s[2], s[1], s[3]},
      getElementTypeOrSelf(x.getType()));
  return linalg::TransposeOp::create(build.builder, build.loc, x, target,
                                     ArrayRef<int64_t>{0, 2, 1, 3})
      ->getResult(0);
}

/// `size` elements of dimension `dim` from `offset` on.
Value Tiling::slice(Value x, int64_t dim, OpFoldResult offset, int64_t size) {
  OpBuilder &b = build.builder;
  ArrayRef<int64_t> shape = sizesOf(x);
  SmallVector<OpFoldResult> offsets(shape.size(), b.getIndexAttr(0));
  SmallVector<OpFoldResult> strides(shape.size(), b.getIndexAttr(1));
  SmallVector<OpFoldResult> sizes = getAsIndexOpFoldResult(b.getContext(), shape);
  offsets[dim] = offset;
  sizes[dim] = b.getIndexAttr(size);
  return tensor::ExtractSliceOp::create(b, build.loc, x, offsets, sizes,
                                        strides);
}

/// Whether the query of the loop indices `at` sees its key by index alone.
Value Tiling::isVisible(OpBuilder &b, Location l, ValueRange at, Value offset,
                        Value length) {
  Value seen = arith::ConstantIntOp::create(b, l, 1, 1);
  auto require = [&](arith::CmpIPredicate predicate, Value left, Value right) {
    Value holds = arith::CmpIOp::create(b, l, predicate, left, right);
    seen = arith::AndIOp::create(b, l, seen, holds);
  };
  auto plus = [&](Value x, int64_t by) -> Value {
    return arith::AddIOp::create(b, l, x,
                                 arith::ConstantIndexOp::create(b, l, by));
  };
  Value position = arith::AddIOp::create(b, l, at[3], offset);
  bool bottom = op.getCausal() == Causal::BottomRight;
  Value aligned = plus(at[2], bottom ? keys - queries : 0);
  if (op.getCausal() != Causal::None)
    require(arith::CmpIPredicate::sle, position, aligned);
  if (auto left = op.getWindowLeft())
    require(arith::CmpIPredicate::sge, position, plus(aligned, -int64_t(*left)));
  if (auto right = op.getWindowRight())
    require(arith::CmpIPredicate::sle, position, plus(aligned, *right));
  if (length)
    require(arith::CmpIPredicate::slt, position,
            arith::IndexCastOp::create(b, l, b.getIndexType(), length));
  return seen;
}

/// The mask of one tile: the op's own, and what indices hide.
Value Tiling::tileMask(OpFoldResult offset, int64_t size) {
  Value own = op.getMask();
  if (own && !sizesOf(own).empty() && sizesOf(own).back() != 1)
    own = slice(own, sizesOf(own).size() - 1, offset, size);
  if (!hidesByIndex())
    return own;
  Value start = getValueOrCreateConstantIndexOp(build.builder, build.loc, offset);
  SmallVector<LoopOperand> operands;
  if (op.getKeyLengths())
    operands.push_back({op.getKeyLengths(), {0}});
  if (own)
    operands.push_back(ElementWiseBuilder::fromRight(own, 4));
  Type element = own ? getElementTypeOrSelf(own.getType())
                     : Type(build.builder.getI1Type());
  return build.map(
      {batches, heads, queries, size}, element, operands,
      [&](OpBuilder &b, Location l, ValueRange e) -> Value {
        Values at;
        for (int64_t loop = 0; loop < 4; ++loop)
          at.push_back(linalg::IndexOp::create(b, l, loop));
        Value seen = isVisible(b, l, at, start,
                               op.getKeyLengths() ? e[0] : Value());
        if (!own)
          return seen;
        if (element.isInteger(1))
          return arith::AndIOp::create(b, l, seen, e.back());
        ElementWiseBuilder inner(b, l);
        return arith::SelectOp::create(b, l, seen, e.back(),
                                       inner.number(element, -infinity));
      });
}

Values Tiling::step(OpFoldResult offset, int64_t size, ValueRange state) {
  double scale = op.getScale() ? op.getScale()->convertToDouble()
                               : 1 / std::sqrt(double(sizesOf(query)[3]));
  auto tile = OnlineAttentionOp::create(
      build.builder, build.loc, state.getTypes(), query,
      slice(key, 2, offset, size), slice(value, 2, offset, size), state[0],
      state[1], state[2], tileMask(offset, size),
      build.builder.getF64FloatAttr(scale), op.getSoftCapAttr());
  return tile->getResults();
}

/// All tiles; the last one may be smaller.
Values Tiling::walk(Values state, bool unroll) {
  OpBuilder &b = build.builder;
  int64_t whole = keys / keyTile * keyTile;
  if (unroll) {
    for (int64_t offset = 0; offset < whole; offset += keyTile)
      state = step(b.getIndexAttr(offset), keyTile, state);
  } else if (whole > 0) {
    auto constant = [&](int64_t value) -> Value {
      return arith::ConstantIndexOp::create(b, build.loc, value);
    };
    auto loop = scf::ForOp::create(b, build.loc, constant(0), constant(whole),
                                   constant(keyTile), state);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    Values next = step(loop.getInductionVar(), keyTile, loop.getRegionIterArgs());
    scf::YieldOp::create(b, build.loc, next);
    state = loop.getResults();
  }
  return whole == keys ? state
                       : step(b.getIndexAttr(whole), keys - whole, state);
}

/// accumulator / sum, and maximum + log(sum); 0 and -inf without keys.
Values Tiling::finish(ValueRange state) {
  Type element = getElementTypeOrSelf(op.getResults().getType());
  auto orElse = [&](OpBuilder &b, Location l, Value sum, double none, Value x) {
    ElementWiseBuilder inner(b, l);
    Value empty = arith::CmpFOp::create(b, l, arith::CmpFPredicate::OEQ, sum,
                                        inner.number(wide, 0));
    return arith::SelectOp::create(b, l, empty, inner.number(wide, none), x)
        .getResult();
  };
  Values results{build.map(
      {batches, heads, queries, valueDepth}, element,
      {{state[2], {0, 1, 2, 3}}, {state[1], {0, 1, 2}}},
      [&](OpBuilder &b, Location l, ValueRange e) -> Value {
        Value x = arith::DivFOp::create(b, l, e[0], e[1]);
        x = orElse(b, l, e[1], 0, x);
        return element == wide
                   ? x
                   : Value(arith::TruncFOp::create(b, l, element, x));
      })};
  if (op.getLayout() == AttentionLayout::BSHD)
    results[0] = headsFirst(results[0]); // it is its own inverse
  if (op.getLogSumExp())
    results.push_back(build.map(
        {batches, heads, queries}, wide,
        {{state[0], {0, 1, 2}}, {state[1], {0, 1, 2}}},
        [&](OpBuilder &b, Location l, ValueRange e) -> Value {
          Value log = math::LogOp::create(b, l, e[1]);
          return orElse(b, l, e[1], -infinity,
                        arith::AddFOp::create(b, l, e[0], log));
        }));
  return results;
}

Values Tiling::emit(bool unroll) {
  query = headsFirst(op.getQuery());
  key = headsFirst(op.getKey());
  value = headsFirst(op.getValue());
  ArrayRef<int64_t> shape = sizesOf(query);
  batches = shape[0];
  heads = shape[1];
  queries = shape[2];
  keys = sizesOf(key)[2];
  valueDepth = sizesOf(value)[3];
  Type element = getElementTypeOrSelf(query.getType());
  wide = element.isF64() ? element : Type(build.builder.getF32Type());
  SmallVector<int64_t> rows{batches, heads, queries};
  Values state{build.fill(rows, wide, -infinity), build.fill(rows, wide, 0),
               build.fill({batches, heads, queries, valueDepth}, wide, 0)};
  return finish(walk(state, unroll));
}

namespace {
struct TilePattern : OpRewritePattern<AttentionOp> {
  TilePattern(MLIRContext *context, int64_t keyTile, bool unroll)
      : OpRewritePattern(context), keyTile(keyTile), unroll(unroll) {}

  LogicalResult matchAndRewrite(AttentionOp op,
                                PatternRewriter &rewriter) const final {
    if (op.isPacked() || !op.getScore().empty() || op.getKeyParts())
      return rewriter.notifyMatchFailure(op, "packed, or with a score region, "
                                             "or in parts already");
    for (Type type : op->getOperandTypes())
      if (!cast<RankedTensorType>(type).hasStaticShape())
        return rewriter.notifyMatchFailure(op, "not yet specialised");
    rewriter.replaceOp(op, Tiling(rewriter, op, keyTile).emit(unroll));
    return success();
  }

  int64_t keyTile;
  bool unroll;
};

struct TileAttention : lacuna::impl::TileAttentionBase<TileAttention> {
  using TileAttentionBase::TileAttentionBase;

  void runOnOperation() override {
    if (keyTile <= 0) {
      getOperation()->emitError("`key-tile` must be positive, got ")
          << int64_t(keyTile);
      return signalPassFailure();
    }
    RewritePatternSet patterns(&getContext());
    patterns.add<TilePattern>(&getContext(), keyTile, unroll);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
