//===- PackContractions.cpp - Weights of matrix products into panels ------===//
#include "Rewrites.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cstring>

namespace lacuna {
#define GEN_PASS_DEF_PACKCONTRACTIONS
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// Whether `map` is the loops [0, count) in order and then `last`.
static bool isLeading(AffineMap map, int64_t count, int64_t last) {
  if (int64_t(map.getNumResults()) != count + 1)
    return false;
  for (int64_t dim = 0; dim < count; ++dim)
    if (map.getResult(dim) != getAffineDimExpr(dim, map.getContext()))
      return false;
  return map.getResult(count) == getAffineDimExpr(last, map.getContext());
}

namespace {
/// A product of anything with a constant matrix: loops (leading..., n, k) with
/// the weights as (k, n) or (n, k).
struct WeightProduct {
  Value input, weights;
  int64_t n, k;
  bool outputsFirst;

  static FailureOr<WeightProduct> of(linalg::ContractOp op);
  std::vector<char> pack(ArrayRef<char> from, int64_t lanes,
                         int64_t width) const;
};
} // namespace

FailureOr<WeightProduct> WeightProduct::of(linalg::ContractOp op) {
  auto maps = cast<linalg::LinalgOp>(op.getOperation()).getIndexingMapsArray();
  int64_t loops = maps[2].getNumDims(), leading = maps[2].getNumResults() - 1;
  if (leading < 0 || loops != leading + 2)
    return failure();
  auto last = dyn_cast<AffineDimExpr>(maps[2].getResult(leading));
  if (!last)
    return failure();
  int64_t n = last.getPosition(), k = loops * 2 - 3 - n;
  if (n < leading || !isLeading(maps[2], leading, n))
    return failure();
  AffineExpr outer = getAffineDimExpr(k, op.getContext()),
             inner = getAffineDimExpr(n, op.getContext());
  for (int64_t side : {0, 1}) {
    AffineMap weights = maps[side];
    bool plain = weights.getResults() == ArrayRef<AffineExpr>{outer, inner};
    bool turned = weights.getResults() == ArrayRef<AffineExpr>{inner, outer};
    if ((!plain && !turned) || !isLeading(maps[1 - side], leading, k))
      continue;
    WeightProduct product{op.getInputs()[1 - side], op.getInputs()[side], 0, 0,
                          turned};
    ArrayRef<int64_t> shape = typeOf(product.weights).getShape();
    product.n = shape[plain];
    product.k = shape[turned];
    return product;
  }
  return failure();
}

std::vector<char> WeightProduct::pack(ArrayRef<char> from, int64_t lanes,
                                      int64_t width) const {
  int64_t panels = llvm::divideCeil(n, lanes);
  std::vector<char> to(panels * k * lanes * width, 0);
  for (int64_t row = 0; row < k; ++row)
    for (int64_t column = 0; column < n; ++column) {
      int64_t at = outputsFirst ? column * k + row : row * n + column;
      int64_t into = (column / lanes * k + row) * lanes + column % lanes;
      std::memcpy(&to[into * width], &from[at * width], width);
    }
  return to;
}

static bool isZeroFilled(Value value) {
  auto fill = value.getDefiningOp<linalg::FillOp>();
  return fill && matchPattern(fill.value(), m_AnyZeroFloat());
}

namespace {
struct PackContraction : OpRewritePattern<linalg::ContractOp> {
  PackContraction(MLIRContext *context, int64_t vectorBits)
      : OpRewritePattern(context), vectorBits(vectorBits) {}

  LogicalResult matchAndRewrite(linalg::ContractOp op,
                                PatternRewriter &rewriter) const override {
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    auto element = dyn_cast<FloatType>(type.getElementType());
    if (!element || !type.hasStaticShape() || !isZeroFilled(op.getOutputs()[0]))
      return rewriter.notifyMatchFailure(op, "no plain product of floats");
    FailureOr<WeightProduct> product = WeightProduct::of(op);
    if (failed(product))
      return rewriter.notifyMatchFailure(op, "no product with a matrix");
    std::vector<char> bytes = copyConstant(product->weights);
    if (bytes.empty() || typeOf(product->input).getElementType() != element ||
        typeOf(product->weights).getElementType() != element)
      return rewriter.notifyMatchFailure(op, "the matrix is not constant");
    int64_t lanes = 2 * vectorBits / std::max(32u, element.getWidth());
    auto packed = RankedTensorType::get(
        {int64_t(llvm::divideCeil(product->n, lanes)), product->k, lanes},
        element);
    Value panels = makeConstant(
        rewriter, op.getLoc(), packed,
        product->pack(bytes, lanes, element.getWidth() / 8), "panels");
    rewriter.replaceOpWithNewOp<PackedContractionOp>(op, type, product->input,
                                                     panels);
    return success();
  }

  int64_t vectorBits;
};

struct PackContractions : lacuna::impl::PackContractionsBase<PackContractions> {
  using PackContractionsBase::PackContractionsBase;
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<PackContraction>(&getContext(), vectorBits);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
