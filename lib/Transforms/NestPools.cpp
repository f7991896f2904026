//===- NestPools.cpp - Coarse pools from fine ones ------------------------===//
// The levels of a pooling pyramid, written as pools of one map: where windows
// tile the map and those of one level tile the windows of another, the coarse
// level is a pool of the fine one, and the map is read once.
//===----------------------------------------------------------------------===//
#include "Rewrites.h"
#include "lacuna/IR/SlidingWindow.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace lacuna {
#define GEN_PASS_DEF_NESTPOOLS
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// Whether the windows of `op` cover its input, each element once.
template <typename Op> static bool tilesInput(Op op) {
  RankedTensorType type = typeOf(op.getInput());
  if (!type.hasStaticShape() || op.getStrides() != op.getKernel())
    return false;
  auto isOne = [](int64_t value) { return value == 1; };
  auto isZero = [](int64_t value) { return value == 0; };
  Ints sizes(SpatialShape::of(type.getShape(), op.getLayout()).spatial);
  for (auto [size, window] : llvm::zip_equal(sizes, op.getKernel()))
    if (size == 0 || size % window != 0)
      return false;
  return llvm::all_of(op.getDilations(), isOne) &&
         llvm::all_of(op.getPadsBegin(), isZero) &&
         llvm::all_of(op.getPadsEnd(), isZero);
}

/// How many windows of `fine` make one of `coarse` along each dimension;
/// nothing unless they tile it, and more than one.
template <typename Op>
static std::optional<Ints> windowsWithin(Op fine, Op coarse) {
  Ints ratios;
  for (auto [small, large] : llvm::zip_equal(fine.getKernel(),
                                             coarse.getKernel())) {
    if (large % small != 0)
      return std::nullopt;
    ratios.push_back(large / small);
  }
  if (llvm::all_of(ratios, [](int64_t ratio) { return ratio == 1; }))
    return std::nullopt;
  return ratios;
}

/// A second result, or sums that would be rounded to a narrow type in between.
static bool mayNest(MaxPoolOp op, bool) { return !op.getIndices(); }
static bool mayNest(AveragePoolOp op, bool narrowMeans) {
  return narrowMeans ||
         cast<FloatType>(typeOf(op.getInput()).getElementType()).getWidth() >=
         32;
}

namespace {
template <typename Op> struct NestPool : OpRewritePattern<Op> {
  NestPool(MLIRContext *context, bool narrowMeans)
      : OpRewritePattern<Op>(context), narrowMeans(narrowMeans) {}

  /// The pool of the same map whose windows tile those of `op`, the coarsest
  /// one if there are several.
  std::pair<Op, Ints> findFiner(Op op) const {
    std::pair<Op, Ints> best;
    int64_t fewest = std::numeric_limits<int64_t>::max();
    for (Operation *user : op.getInput().getUsers()) {
      auto fine = dyn_cast<Op>(user);
      if (!fine || fine == op || fine->getBlock() != op->getBlock() ||
          fine.getLayout() != op.getLayout() || !mayNest(fine, narrowMeans) ||
          !tilesInput(fine))
        continue;
      std::optional<Ints> ratios = windowsWithin(fine, op);
      if (!ratios)
        continue;
      int64_t windows = 1;
      for (int64_t ratio : *ratios)
        windows *= ratio;
      if (windows < fewest) {
        fewest = windows;
        best = {fine, *ratios};
      }
    }
    return best;
  }

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    if (!mayNest(op, narrowMeans) || !tilesInput(op))
      return rewriter.notifyMatchFailure(op, "windows do not tile the map");
    auto [fine, ratios] = findFiner(op);
    if (!fine)
      return rewriter.notifyMatchFailure(op, "no pool of finer windows");
    if (op->isBeforeInBlock(fine))
      rewriter.moveOpBefore(fine, op);
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(fine.getResult());
      op.setKernel(ratios);
      op.setStrides(ratios);
    });
    return success();
  }

  bool narrowMeans;
};

struct NestPools : lacuna::impl::NestPoolsBase<NestPools> {
  using NestPoolsBase::NestPoolsBase;
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<NestPool<MaxPoolOp>, NestPool<AveragePoolOp>>(&getContext(),
                                                               narrowMeans);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
