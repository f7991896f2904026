//===- NormalizeLinalg.cpp - Few forms for many linalg ops ----------------===//
// Upstream has a named op for most things; later passes know contractions,
// generics, and the few named ops that are cheaper to recognise than to prove.
//===----------------------------------------------------------------------===//
#include "lacuna/IR/Names.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace lacuna {
#define GEN_PASS_DEF_NORMALIZELINALG
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

static bool isKept(Operation *op) {
  return isa<linalg::GenericOp, linalg::ContractOp, linalg::ReduceOp,
             linalg::TransposeOp, linalg::BroadcastOp, linalg::FillOp>(op);
}

/// Whether `op` is sum += left right in the element type of all three, which
/// is what `linalg.contract` says.
static bool isPlainContraction(linalg::LinalgOp op) {
  if (!linalg::isaContractionOpInterface(op) || op.getNumDpsInputs() != 2 ||
      op->getNumResults() != 1)
    return false;
  Type element = getElementTypeOrSelf(op->getResult(0).getType());
  if (!isa<FloatType>(element))
    return false;
  return llvm::all_of(op->getOperands(), [&](Value operand) {
    return getElementTypeOrSelf(operand.getType()) == element;
  });
}

static void contract(linalg::LinalgOp op, RewriterBase &rewriter) {
  rewriter.setInsertionPoint(op);
  bool isBackward = op->hasAttr(names::backward);
  auto made = rewriter.replaceOpWithNewOp<linalg::ContractOp>(
      op, op->getResultTypes(), op.getDpsInputs(), op.getDpsInits(),
      op.getIndexingMaps());
  if (isBackward)
    made->setAttr(names::backward, rewriter.getUnitAttr());
}

namespace {
struct NormalizeLinalg : lacuna::impl::NormalizeLinalgBase<NormalizeLinalg> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    linalg::populateElementwiseToLinalgConversionPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    SmallVector<linalg::LinalgOp> named;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (op.hasPureTensorSemantics() &&
          (!isKept(op) || isa<linalg::GenericOp>(op)))
        named.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (linalg::LinalgOp op : named) {
      rewriter.setInsertionPoint(op);
      if (isPlainContraction(op))
        contract(op, rewriter);
      else if (!isKept(op))
        (void)linalg::generalizeNamedOp(rewriter, op);
    }
  }
};
} // namespace
