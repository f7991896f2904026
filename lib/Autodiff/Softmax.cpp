//===- Softmax.cpp - Rule of softmax --------------------------------------===//
// From the result: y (g - sum g y), and g - e^y sum g for its logarithm.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "ScalarBuilder.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"

using namespace mlir;
using namespace lacuna;

namespace {
struct SoftmaxRule
    : DifferentiableOpInterface::ExternalModel<SoftmaxRule, SoftmaxOp> {
  LogicalResult buildAdjoint(Operation *base, OpBuilder &builder,
                             ArrayRef<Value> cotangents,
                             const llvm::BitVector &wanted,
                             MutableArrayRef<Value> operandCotangents) const {
    auto op = cast<SoftmaxOp>(base);
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getType());
    auto wide = type.clone(wideType(type.getElementType()));
    int64_t rank = type.getRank(), axis = *axisFromFront(op.getAxis(), rank);
    Operand y = whole(op.getResult()), g = whole(cotangents[0]);
    bool log = op.getLog();
    Value terms = mapElements(
        builder, loc, wide, {y, g},
        [&](OpBuilder &b, Location at, ValueRange v) {
          return log ? v[1] : ScalarBuilder{b, at}.mul(v[0], v[1]);
        });
    Operand sum = without(sumOver(builder, loc, terms, axis), rank, axis);
    operandCotangents[0] = mapElements(
        builder, loc, type, {y, g, sum},
        [&](OpBuilder &b, Location at, ValueRange v) -> Value {
          ScalarBuilder s{b, at};
          Value result = log ? s.sub(v[1], s.mul(s.exp(v[0]), v[2]))
                             : s.mul(v[0], s.sub(v[1], v[2]));
          return op.getNegate() ? s.neg(result) : result;
        });
    return success();
  }
};
} // namespace

void lacuna::attachSoftmaxRules(MLIRContext *context) {
  SoftmaxOp::attachInterface<SoftmaxRule>(*context);
}
