//===- Reduction.cpp - Rules of reductions --------------------------------===//
// The cotangent of a sum is broadcast.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "TensorOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using namespace lacuna;

/// Whether the body adds the element to the sum, in whatever order.
static bool isSum(linalg::ReduceOp op) {
  Block *body = op.getBody();
  auto add = dyn_cast<arith::AddFOp>(body->front());
  return add && body->getOperations().size() == 2 &&
         body->getNumArguments() == 2 &&
         llvm::is_contained(add->getOperands(), body->getArgument(0)) &&
         llvm::is_contained(add->getOperands(), body->getArgument(1));
}

namespace {
struct ReduceRule
    : DifferentiableOpInterface::ExternalModel<ReduceRule, linalg::ReduceOp> {
  LogicalResult buildAdjoint(Operation *base, OpBuilder &builder,
                             ArrayRef<Value> cotangents,
                             const llvm::BitVector &wanted,
                             MutableArrayRef<Value> operandCotangents) const {
    auto op = cast<linalg::ReduceOp>(base);
    if (!isSum(op))
      return op.emitOpError("must be a sum to be differentiated");
    if (wanted[0])
      operandCotangents[0] = broadcastAlong(
          builder, op.getLoc(), cotangents[0],
          cast<RankedTensorType>(op->getOperand(0).getType()),
          op.getDimensions());
    if (wanted[1])
      operandCotangents[1] = cotangents[0];
    return success();
  }
};
} // namespace

void lacuna::attachReductionRules(MLIRContext *context) {
  linalg::ReduceOp::attachInterface<ReduceRule>(*context);
}
