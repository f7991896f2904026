//===- Recompute.cpp - Regions that are recomputed or constant ------------===//
#include "lacuna/IR/Dialect.h"

using namespace mlir;
using namespace lacuna;

/// Whether the body of `op` takes its inputs and yields its results.
static LogicalResult verifyBody(Operation *op) {
  Block &block = op->getRegion(0).front();
  if (block.getArgumentTypes() != op->getOperandTypes()) // C1
    return op->emitOpError("block arguments must have the types of the inputs");
  if (block.getTerminator()->getOperandTypes() != op->getResultTypes()) // C2
    return op->emitOpError("yielded types must be the result types");
  return success();
}

LogicalResult RecomputeOp::verify() { return verifyBody(*this); }
LogicalResult NoGradOp::verify() { return verifyBody(*this); }

OpFoldResult DetachOp::fold(FoldAdaptor) {
  // Twice detached is detached.
  return getInput().getDefiningOp<DetachOp>() ? getInput() : OpFoldResult();
}
