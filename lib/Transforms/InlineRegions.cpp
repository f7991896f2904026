//===- InlineRegions.cpp - Dissolves recompute and no_grad ----------------===//
// What recompute regions and detachments say has been used by now.
//===----------------------------------------------------------------------===//
#include "lacuna/IR/Dialect.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace lacuna {
#define GEN_PASS_DEF_INLINEREGIONS
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// Moves the one block of `op` in front of it, its arguments being the inputs.
static void inlineBody(Operation *op) {
  Block &body = op->getRegion(0).front();
  for (auto [argument, input] :
       llvm::zip_equal(body.getArguments(), op->getOperands()))
    argument.replaceAllUsesWith(input);
  Operation *yield = body.getTerminator();
  op->replaceAllUsesWith(yield->getOperands());
  yield->erase();
  op->getBlock()->getOperations().splice(op->getIterator(),
                                         body.getOperations());
  op->erase();
}

/// Kernels keep apart what one barrier a value keeps apart.
static void splitBarrier(Operation *op) {
  OpBuilder builder(op);
  for (auto [input, result] :
       llvm::zip_equal(op->getOperands(), op->getResults())) {
    Value single = input;
    if (isa<RankedTensorType>(input.getType()))
      single = BarrierOp::create(builder, op->getLoc(), input.getType(), input)
                   .getResult(0);
    result.replaceAllUsesWith(single);
  }
  op->erase();
}

namespace {
struct InlineRegions : lacuna::impl::InlineRegionsBase<InlineRegions> {
  void runOnOperation() override {
    SmallVector<Operation *> found;
    getOperation().walk([&](Operation *op) {
      if (isa<RecomputeOp, NoGradOp, BarrierOp, DetachOp>(op))
        found.push_back(op);
    });
    // Inner regions come first.
    for (Operation *op : found) {
      if (op->getNumRegions() != 0) {
        inlineBody(op);
        continue;
      }
      if (isa<BarrierOp>(op)) {
        splitBarrier(op);
        continue;
      }
      op->replaceAllUsesWith(op->getOperands());
      op->erase();
    }
  }
};
} // namespace
