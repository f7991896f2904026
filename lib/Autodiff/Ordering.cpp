//===- Ordering.cpp - Rules of running sums, top k and reversal -----------===//
// A running sum goes back as one from the other end; what was picked or
// reversed goes back to its place.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"

using namespace mlir;
using namespace lacuna;

/// From the other end. A running product has no such form where it is zero.
static LogicalResult adjointOf(CumulativeOp op, OpBuilder &builder, Value g,
                               const llvm::BitVector &,
                               MutableArrayRef<Value> result) {
  Location loc = op.getLoc();
  if (op.getKind() != CumulativeKind::Sum)
    return op.emitOpError("must be a sum to be differentiated");
  result[0] = CumulativeOp::create(builder, loc, g.getType(), g,
                                   CumulativeKind::Sum, op.getAxis(),
                                   op.getExclusive(), !op.getReverse());
  return success();
}

static LogicalResult adjointOf(ReverseSequenceOp op, OpBuilder &builder,
                               Value g, const llvm::BitVector &,
                               MutableArrayRef<Value> result) {
  result[0] = ReverseSequenceOp::create(builder, op.getLoc(), g.getType(), g,
                                        op.getLengths(), op.getBatchAxis(),
                                        op.getTimeAxis());
  return success();
}

static LogicalResult adjointOf(TopKOp op, OpBuilder &builder, Value g,
                               const llvm::BitVector &,
                               MutableArrayRef<Value> result) {
  Location loc = op.getLoc();
  RankedTensorType type = typeOf(op.getInput());
  result[0] = ScatterElementsOp::create(
      builder, loc, type, zeros(builder, loc, type), op.getIndices(), g,
      op.getAxis(), ScatterReduction::Add);
  return success();
}

void lacuna::attachOrderingRules(MLIRContext *context) {
  attachRule<CumulativeOp, adjointOf>(context);
  attachRule<ReverseSequenceOp, adjointOf>(context);
  attachRule<TopKOp, adjointOf>(context);
}
