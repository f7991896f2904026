//===- LowerResizes.cpp - Resizes as weighted sums at tabled positions ----===//
#include "lacuna/IR/ResizeTable.h"
#include "Rewrites.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cstring>

namespace lacuna {
#define GEN_PASS_DEF_LOWERRESIZES
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// Elements of the rows that a kernel keeps while it resizes a plane.
static constexpr int64_t keptElements = 16384;

template <typename To, typename From>
static std::vector<char> bytesOf(const std::vector<From> &values) {
  std::vector<char> bytes(values.size() * sizeof(To));
  for (size_t i = 0; i < values.size(); ++i) {
    To value = values[i];
    std::memcpy(&bytes[i * sizeof(To)], &value, sizeof(To));
  }
  return bytes;
}

namespace {
/// A dimension that is resized, and how.
struct ResizedAxis {
  int64_t dim;
  ResizeTable table;
};

struct LowerResize : OpRewritePattern<ResizeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ResizeOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.getInput().getType().hasStaticShape() ||
        !op.getResult().getType().hasStaticShape())
      return rewriter.notifyMatchFailure(op, "sizes are not static");
    Value value = op.getInput();
    for (auto &step : steps(axesOf(op)))
      value = resample(rewriter, op, value, step);
    if (value == op.getInput() && value.getType() != op.getResult().getType())
      return failure();
    rewriter.replaceOp(op, value);
    return success();
  }

  static SmallVector<ResizedAxis> axesOf(ResizeOp op);
  static SmallVector<SmallVector<ResizedAxis>>
  steps(SmallVector<ResizedAxis> axes);
  static Value resample(OpBuilder &b, ResizeOp op, Value value,
                        ArrayRef<ResizedAxis> axes);
};
} // namespace

SmallVector<ResizedAxis> LowerResize::axesOf(ResizeOp op) {
  SmallVector<ResizedAxis> axes;
  ArrayRef<int64_t> input = op.getInput().getType().getShape();
  for (auto [dim, size] : llvm::enumerate(input)) {
    ResizeTable table = ResizeTable::of(op, dim);
    if (!table.isIdentity(size))
      axes.push_back({int64_t(dim), std::move(table)});
  }
  return axes;
}

/// Positions without weights all at once; otherwise the innermost two axes
/// together, the ones further out one by one before.
SmallVector<SmallVector<ResizedAxis>>
LowerResize::steps(SmallVector<ResizedAxis> axes) {
  SmallVector<SmallVector<ResizedAxis>> result;
  bool copies = llvm::all_of(
      axes, [](const ResizedAxis &axis) { return axis.table.taps == 1; });
  while (!copies && axes.size() > 2) {
    result.push_back({axes.front()});
    axes.erase(axes.begin());
  }
  if (!axes.empty())
    result.push_back(axes);
  return result;
}

Value LowerResize::resample(OpBuilder &b, ResizeOp op, Value value,
                            ArrayRef<ResizedAxis> axes) {
  Location loc = op.getLoc();
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> dims, shape(type.getShape());
  SmallVector<Value> positions, weights;
  bool isDouble = type.getElementType().isF64();
  Type weightType = isDouble ? b.getF64Type() : b.getF32Type();
  for (const ResizedAxis &axis : axes) {
    const ResizeTable &table = axis.table;
    dims.push_back(axis.dim);
    shape[axis.dim] = table.outputs;
    auto tableType = RankedTensorType::get({table.taps, table.outputs},
                                           b.getI32Type());
    positions.push_back(makeConstant(b, loc, tableType,
                                     bytesOf<int32_t>(table.positions),
                                     "resize_positions"));
    if (op.getMode() != ResizeMode::Nearest)
      weights.push_back(makeConstant(
          b, loc, tableType.clone(weightType),
          isDouble ? bytesOf<double>(table.weights)
                   : bytesOf<float>(table.weights),
          "resize_weights"));
  }
  int64_t block = 0, span = 0;
  const ResizeTable &rows = axes.front().table;
  if (axes.size() == 2 && rows.ascends() && axes.back().table.ascends()) {
    // As many rows as can be kept, at least one.
    for (block = 64; block > 1; block /= 2)
      if (rows.span(block) * axes.back().table.outputs <= keptElements)
        break;
    span = rows.span(block);
  }
  return ResampleOp::create(
      b, loc, type.clone(shape), value, positions, weights, dims, block, span,
      op.getCoordinates() == Coordinates::TfCropAndResize,
      op.getExtrapolationValue());
}

namespace {
/// Tables have an entry for each position along a dimension.
LogicalResult checkSizes(ResizeOp op) {
  constexpr int64_t most = int64_t(1) << 24;
  for (Value value : {Value(op.getInput()), Value(op.getResult())})
    for (int64_t size : cast<RankedTensorType>(value.getType()).getShape())
      if (size > most)
        return op.emitOpError("sizes must be at most ")
               << most << " to be resized, got " << size;
  return success();
}

struct LowerResizes : lacuna::impl::LowerResizesBase<LowerResizes> {
  void runOnOperation() override {
    WalkResult walked = getOperation()->walk([](ResizeOp op) {
      return WalkResult(checkSizes(op));
    });
    if (walked.wasInterrupted())
      return signalPassFailure();
    RewritePatternSet patterns(&getContext());
    patterns.add<LowerResize>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
