//===- Ordering.cpp - Rules of running sums, top k and reversal -----------===//
// A running sum goes back as one from the other end, a running product without
// divisions, so that factors may be zero; what was picked or reversed goes back
// to its place.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "ScalarBuilder.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using namespace lacuna;

/// `value` where loop `b` comes behind loop `a` (before it if `reverse`; or, if
/// `orAt`, is at it), else `otherwise`; over the loops of `type`.
static Value whereBehind(OpBuilder &builder, Location loc,
                         RankedTensorType type, Operand value, int64_t a,
                         int64_t b, bool reverse, bool orAt,
                         double otherwise) {
  auto predicate = orAt ? arith::CmpIPredicate::sge : arith::CmpIPredicate::sgt;
  return mapElements(
      builder, loc, type, value,
      [&](OpBuilder &inner, Location at, ValueRange x) -> Value {
        ScalarBuilder s{inner, at};
        Value first = s.make<linalg::IndexOp>(reverse ? b : a);
        Value second = s.make<linalg::IndexOp>(reverse ? a : b);
        Value holds = s.make<arith::CmpIOp>(predicate, second, first);
        return s.select(holds, x[0], s.number(x[0], otherwise));
      });
}

/// The product before j times the sum over i behind j of g[i] and the factors
/// between: (.., j, i, ..) is formed, as large as the square of the axis.
static Value productCotangent(CumulativeOp op, OpBuilder &builder, Value g) {
  Location loc = op.getLoc();
  Value x = op.getInput();
  RankedTensorType type = typeOf(x);
  int64_t axis = *axisFromFront(op.getAxis(), type.getRank());
  bool reverse = op.getReverse(), exclusive = op.getExclusive();
  SmallVector<int64_t> shape(type.getShape());
  shape.insert(shape.begin() + axis, shape[axis]);
  RankedTensorType square = type.clone(shape);
  int64_t rank = square.getRank();
  Value behind =
      whereBehind(builder, loc, square, without(x, rank, {axis}), axis,
                  axis + 1, reverse, /*orAt=*/false, 1);
  Value between = CumulativeOp::create(builder, loc, square, behind,
                                       CumulativeKind::Prod, axis + 1,
                                       exclusive, reverse);
  Value reached = whereBehind(builder, loc, square, whole(between), axis,
                              axis + 1, reverse, !exclusive, 0);
  auto multiply = [](OpBuilder &inner, Location at, ValueRange v) -> Value {
    return arith::MulFOp::create(inner, at, v[0], v[1]);
  };
  Value terms = mapElements(builder, loc, square,
                            {whole(reached), without(g, rank, {axis})},
                            multiply);
  Value before = CumulativeOp::create(builder, loc, type, x,
                                      CumulativeKind::Prod, axis,
                                      /*exclusive=*/true, reverse);
  Value sums = sumOver(builder, loc, terms, {axis + 1});
  return mapElements(builder, loc, type, ValueRange{before, sums}, multiply);
}

static LogicalResult adjointOf(CumulativeOp op, OpBuilder &builder, Value g,
                               const llvm::BitVector &,
                               MutableArrayRef<Value> result) {
  Location loc = op.getLoc();
  if (op.getKind() == CumulativeKind::Prod) {
    result[0] = productCotangent(op, builder, g);
    return success();
  }
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
