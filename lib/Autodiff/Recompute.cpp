//===- Recompute.cpp - Rule of barriers -----------------------------------===//
// Recompute regions themselves are copied by the engine.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "lacuna/IR/Dialect.h"

using namespace mlir;
using namespace lacuna;

namespace {
struct BarrierRule
    : DifferentiableOpInterface::ExternalModel<BarrierRule, BarrierOp> {
  LogicalResult buildAdjoint(Operation *, OpBuilder &,
                             ArrayRef<Value> cotangents,
                             const llvm::BitVector &wanted,
                             MutableArrayRef<Value> operandCotangents) const {
    for (unsigned index : wanted.set_bits())
      operandCotangents[index] = cotangents[index];
    return success();
  }
};
} // namespace

void lacuna::attachRecomputeRules(MLIRContext *context) {
  BarrierOp::attachInterface<BarrierRule>(*context);
}
