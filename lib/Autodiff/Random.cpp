//===- Random.cpp - Rule of dropout ---------------------------------------===//
// What was kept is scaled again; the mask is that of the forward direction.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "ScalarBuilder.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"

using namespace mlir;
using namespace lacuna;

static LogicalResult adjointOf(DropoutOp op, OpBuilder &builder, Value g,
                               const llvm::BitVector &,
                               MutableArrayRef<Value> result) {
  double rate = op.getRate().convertToDouble();
  result[0] = mapElements(
      builder, op.getLoc(), typeOf(g), {whole(op.getMask()), whole(g)},
      [&](OpBuilder &b, Location at, ValueRange v) -> Value {
        ScalarBuilder s{b, at};
        Value grown = s.mul(v[1], s.number(v[1], rate < 1 ? 1 / (1 - rate) : 0));
        return s.select(v[0], grown, s.number(v[1], 0));
      });
  return success();
}

void lacuna::attachRandomRules(MLIRContext *context) {
  attachRule<DropoutOp, adjointOf>(context);
}
