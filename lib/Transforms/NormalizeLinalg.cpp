//===- NormalizeLinalg.cpp - Few forms for many linalg ops ----------------===//
// Upstream has a named op for most things; later passes know contractions,
// generics, and the few named ops that are cheaper to recognise than to prove.
//===----------------------------------------------------------------------===//
#include "lacuna/IR/Names.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Analysis/TopologicalSortUtils.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/RegionUtils.h"

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

/// Whether the element at `indices` of what `pad` makes is one of its operand.
static Value isWithin(tensor::PadOp pad, ValueRange indices, OpBuilder &b) {
  Location loc = pad.getLoc();
  Value within = arith::ConstantIntOp::create(b, loc, 1, 1);
  for (auto [index, low, size] :
       llvm::zip(indices, pad.getStaticLow(), pad.getSourceType().getShape())) {
    Value moved = arith::SubIOp::create(
        b, loc, index, arith::ConstantIndexOp::create(b, loc, low));
    // One unsigned comparison covers both sides.
    Value inside =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, moved,
                              arith::ConstantIndexOp::create(b, loc, size));
    within = arith::AndIOp::create(b, loc, within, inside);
  }
  return within;
}

/// Pads whose value is computed: with zeros, and what is around is chosen after.
static void splitComputedPad(tensor::PadOp pad, RewriterBase &rewriter) {
  rewriter.setInsertionPoint(pad);
  Location loc = pad.getLoc();
  RankedTensorType type = pad.getResultType();
  Value zero = arith::ConstantOp::create(
      rewriter, loc, rewriter.getZeroAttr(type.getElementType()));
  Value padded =
      tensor::PadOp::create(rewriter, loc, type, pad.getSource(),
                            pad.getMixedLowPad(), pad.getMixedHighPad(), zero);
  Value init = tensor::EmptyOp::create(rewriter, loc, type.getShape(),
                                       type.getElementType());
  AffineMap identity = rewriter.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> loops(type.getRank(),
                                         utils::IteratorType::parallel);
  auto chosen = linalg::GenericOp::create(
      rewriter, loc, type, padded, init, ArrayRef{identity, identity}, loops,
      [&](OpBuilder &b, Location loc, ValueRange elements) {
        SmallVector<Value> indices;
        for (int64_t dim = 0; dim < type.getRank(); ++dim)
          indices.push_back(linalg::IndexOp::create(b, loc, dim));
        IRMapping map;
        Block &body = pad.getRegion().front();
        map.map(body.getArguments(), indices);
        for (Operation &op : body.without_terminator())
          b.clone(op, map);
        Value around =
            map.lookupOrDefault(body.getTerminator()->getOperand(0));
        linalg::YieldOp::create(
            b, loc,
            arith::SelectOp::create(b, loc, isWithin(pad, indices, b),
                                    elements.front(), around)
                .getResult());
      });
  rewriter.replaceOp(pad, chosen);
}

/// Scalars computed outside of a generic that it reads are computed within it:
/// kernels have tensors between them.
static void takeScalarsIn(linalg::GenericOp op) {
  llvm::SetVector<Value> outer;
  getUsedValuesDefinedAbove(op.getRegion(), outer);
  SetVector<Operation *> scalars;
  while (!outer.empty()) {
    Operation *scalar = outer.pop_back_val().getDefiningOp();
    if (!scalar || !isPure(scalar) || scalar->getNumRegions() ||
        scalar->hasTrait<OpTrait::ConstantLike>() ||
        llvm::any_of(scalar->getResultTypes(), llvm::IsaPred<ShapedType>))
      continue;
    scalars.insert(scalar);
    outer.insert_range(scalar->getOperands());
  }
  OpBuilder builder(&op.getRegion().front(), op.getRegion().front().begin());
  IRMapping map;
  for (Operation *scalar : topologicalSort(scalars)) {
    Operation *inner = builder.clone(*scalar, map);
    for (auto [from, to] : llvm::zip(scalar->getResults(), inner->getResults()))
      from.replaceUsesWithIf(to, [&](OpOperand &use) {
        return op.getRegion().isAncestor(use.getOwner()->getParentRegion());
      });
  }
}

namespace {
struct NormalizeLinalg : lacuna::impl::NormalizeLinalgBase<NormalizeLinalg> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    linalg::populateElementwiseToLinalgConversionPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    IRRewriter rewriter(&getContext());
    getOperation().walk([&](tensor::PadOp pad) {
      Value value = pad.getConstantPaddingValue();
      if (!value || !matchPattern(value, m_Constant()))
        splitComputedPad(pad, rewriter);
    });
    getOperation().walk(takeScalarsIn);
    SmallVector<linalg::LinalgOp> named;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (op.hasPureTensorSemantics() &&
          (!isKept(op) || isa<linalg::GenericOp>(op)))
        named.push_back(op);
    });
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
