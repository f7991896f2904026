//===- SplitPyramids.cpp - Pooling pyramids as pools of their own ---------===//
// A GPU pools all levels of a large pyramid at once, and pools of one map are
// joined to pyramids for that. Otherwise its threads do the bins of one level at
// a time. Bins that tile the map become windows, so that coarse levels can be
// pooled from fine ones.
//===----------------------------------------------------------------------===//
#include "Rewrites.h"
#include "lacuna/IR/PyramidCells.h"
#include "lacuna/IR/SlidingWindow.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace lacuna {
#define GEN_PASS_DEF_SPLITPYRAMIDS
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// How many elements each of `bins` bins a dimension takes, if all of them take
/// as many.
static std::optional<Ints> windowOfBins(Value input, Layout layout,
                                        ArrayRef<int64_t> bins) {
  if (!typeOf(input).hasStaticShape())
    return std::nullopt;
  Ints window;
  SpatialShape shape = SpatialShape::of(typeOf(input).getShape(), layout);
  for (auto [size, count] : llvm::zip_equal(shape.spatial, bins)) {
    if (count == 0 || size == 0 || size % count != 0)
      return std::nullopt;
    window.push_back(size / count);
  }
  return window;
}

/// Whether blocks of threads can read a map for pools of all `levels` at once.
static bool isReadOnce(Value input, Layout layout, ArrayRef<int64_t> levels,
                       PyramidWindows windows) {
  return layout == Layout::ChannelsLast &&
         PyramidBlocks::of(typeOf(input), levels, windows);
}

namespace {
/// Levels as adaptive pools; the flat result joins them, channels first.
struct SplitPyramid : OpRewritePattern<PoolingPyramidOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PoolingPyramidOp op,
                                PatternRewriter &rewriter) const override {
    Layout layout = op.getLayout();
    RankedTensorType type = typeOf(op.getInput());
    SpatialShape shape = SpatialShape::of(type.getShape(), layout);
    if (!type.hasStaticShape() || type.getNumElements() == 0)
      return rewriter.notifyMatchFailure(op, "no elements of known number");
    if (isReadOnce(op.getInput(), layout, op.getBins(), op.getWindows()))
      return rewriter.notifyMatchFailure(op, "is done at once");
    SmallVector<Value> levels;
    for (int64_t count : op.getBins()) {
      Ints bins(shape.spatial.size(), count);
      if (op.getWindows() == PyramidWindows::SPP &&
          !windowOfBins(op.getInput(), layout, bins))
        return rewriter.notifyMatchFailure(op, "windows that overlap");
    }
    for (int64_t count : op.getBins()) {
      shape.spatial.assign(shape.spatial.size(), count);
      levels.push_back(AdaptivePoolOp::create(
          rewriter, op.getLoc(), type.clone(shape.shape(layout)),
          op.getInput(), op.getMode(), shape.spatial, layout));
    }
    if (!op.getMaps())
      levels = {join(rewriter, op, levels)};
    rewriter.replaceOp(op, levels);
    return success();
  }

  static Value join(OpBuilder &b, PoolingPyramidOp op,
                    ArrayRef<Value> levels) {
    SmallVector<Value> flat;
    for (Value level : levels) {
      RankedTensorType type = typeOf(level);
      if (op.getLayout() == Layout::ChannelsLast)
        level = transpose(b, op.getLoc(), level,
                          toChannelsFirst(type.getRank()));
      int64_t images = type.getDimSize(0);
      flat.push_back(reshape(b, op.getLoc(), level,
                             {images, type.getNumElements() / images}));
    }
    if (flat.size() == 1)
      return flat[0];
    return tensor::ConcatOp::create(b, op.getLoc(), /*dim=*/1, flat);
  }
};

/// A pool of the same number of bins along each dimension.
struct LevelPool {
  Operation *op = nullptr;
  PoolMode mode = PoolMode::Max;
  Layout layout = Layout::ChannelsFirst;
  int64_t bins = 1;

  explicit LevelPool(Operation *user) {
    if (auto pool = dyn_cast<AdaptivePoolOp>(user)) {
      bins = pool.getOutputSize()[0];
      if (bins == 0 || !llvm::all_equal(pool.getOutputSize()))
        return;
      set(pool);
    } else if (auto pool = dyn_cast<GlobalPoolOp>(user)) {
      if (pool.getMode() != PoolMode::Lp &&
          isa<FloatType>(typeOf(pool.getInput()).getElementType()))
        set(pool);
    }
  }
  template <typename Op> void set(Op pool) {
    op = pool;
    mode = pool.getMode();
    layout = pool.getLayout();
  }
};

/// Pools of one map, as one pyramid of maps.
template <typename Op> struct JoinPools : OpRewritePattern<Op> {
  JoinPools(MLIRContext *context)
      : OpRewritePattern<Op>(context, /*benefit=*/2) {}

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    LevelPool own(op);
    SmallVector<LevelPool> pools;
    if (own.op)
      for (Operation *user : op.getInput().getUsers()) {
        LevelPool pool(user);
        if (pool.op && pool.mode == own.mode && pool.layout == own.layout &&
            user->getBlock() == op->getBlock())
          pools.push_back(pool);
      }
    llvm::sort(pools, [](const LevelPool &a, const LevelPool &b) {
      return a.op->isBeforeInBlock(b.op);
    });
    Ints bins;
    SmallVector<Type> types;
    for (const LevelPool &pool : pools) {
      bins.push_back(pool.bins);
      types.push_back(pool.op->getResult(0).getType());
    }
    if (pools.size() < 2 || pools.size() > 64 ||
        !isReadOnce(op.getInput(), own.layout, bins,
                                        PyramidWindows::Adaptive))
      return rewriter.notifyMatchFailure(op, "no pools to be done at once");
    rewriter.setInsertionPoint(pools[0].op);
    auto pyramid = PoolingPyramidOp::create(
        rewriter, op.getLoc(), types, op.getInput(), bins, own.mode,
        PyramidWindows::Adaptive, /*maps=*/true, own.layout);
    for (auto [pool, level] : llvm::zip_equal(pools, pyramid.getResults()))
      rewriter.replaceOp(pool.op, level);
    return success();
  }
};

/// `op` as a pool of windows; other pools read the same map.
template <typename Op> struct UseWindows : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    int64_t pools = llvm::count_if(
        op.getInput().getUsers(), [](Operation *user) {
          return isa<AdaptivePoolOp, GlobalPoolOp, MaxPoolOp, AveragePoolOp>(
              user);
        });
    if (pools < 2)
      return rewriter.notifyMatchFailure(op, "no other pool of the map");
    Layout layout = op.getLayout();
    Ints bins =
        SpatialShape::of(typeOf(op.getResult()).getShape(), layout).spatial;
    std::optional<Ints> window = windowOfBins(op.getInput(), layout, bins);
    if (!window)
      return rewriter.notifyMatchFailure(op, "bins of several sizes");
    Ints ones(bins.size(), 1), none(bins.size(), 0);
    if (op.getMode() == PoolMode::Average)
      rewriter.replaceOpWithNewOp<AveragePoolOp>(
          op, op.getResult().getType(), op.getInput(), *window, *window, ones,
          none, none, false, false, layout);
    else if (op.getMode() == PoolMode::Max)
      rewriter.replaceOpWithNewOp<MaxPoolOp>(
          op, op.getResult().getType(), Type(), op.getInput(), *window, *window,
          ones, none, none, false, IndexMode::Plane, false, layout);
    else
      return rewriter.notifyMatchFailure(op, "neither maximum nor mean");
    return success();
  }
};

struct SplitPyramids : lacuna::impl::SplitPyramidsBase<SplitPyramids> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<SplitPyramid, JoinPools<AdaptivePoolOp>,
                 JoinPools<GlobalPoolOp>, UseWindows<AdaptivePoolOp>,
                 UseWindows<GlobalPoolOp>>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
