//===- WatchResults.cpp - Where numbers stop being finite -----------------===//
// One more result for each op that computes floats: the worst of its elements.
//===----------------------------------------------------------------------===//
#include "TensorOps.h"
#include "lacuna/Autodiff/Passes.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Names.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <limits>
#include <numeric>

namespace lacuna {
#define GEN_PASS_DEF_WATCHRESULTS
#include "lacuna/Autodiff/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// Constants, and what only moves elements, make nothing infinite.
static bool computes(Operation &op) {
  return !isa<arith::ConstantOp, linalg::TransposeOp, linalg::BroadcastOp,
              BarrierOp, DetachOp>(op) &&
         !isa_and_present<tensor::TensorDialect>(op.getDialect());
}

/// 2 for NaN, 1 for an infinity, 0 for other elements.
static Value severity(OpBuilder &builder, Location loc, Value x) {
  Type f32 = builder.getF32Type();
  auto number = [&](double value) { return scalar(builder, loc, f32, value); };
  Value wide = convert(builder, loc, x, f32);
  if (getElementTypeOrSelf(x.getType()).getIntOrFloatBitWidth() > 32)
    wide = x;
  Value size = math::AbsFOp::create(builder, loc, wide);
  Value bound = scalar(builder, loc, wide.getType(),
                       std::numeric_limits<double>::infinity());
  Value isNaN = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNO,
                                      wide, wide);
  Value isInfinite = arith::CmpFOp::create(
      builder, loc, arith::CmpFPredicate::OEQ, size, bound);
  Value rest = arith::SelectOp::create(builder, loc, isInfinite, number(1),
                                       number(0));
  return arith::SelectOp::create(builder, loc, isNaN, number(2), rest);
}

/// The worst of all elements of `value`, a tensor of rank 0.
static Value worstOf(OpBuilder &builder, Value value) {
  Location loc = value.getLoc();
  RankedTensorType type = typeOf(value).clone(builder.getF32Type());
  Value each = mapElements(
      builder, loc, type, value,
      [](OpBuilder &inner, Location at, ValueRange x) -> Value {
        return severity(inner, at, x[0]);
      });
  if (type.getRank() == 0)
    return each;
  SmallVector<int64_t> dims(type.getRank());
  std::iota(dims.begin(), dims.end(), 0);
  Value least = zeros(builder, loc, RankedTensorType::get({}, type.getElementType()));
  return linalg::ReduceOp::create(
             builder, loc, each, least, dims,
             [](OpBuilder &inner, Location at, ValueRange x) {
               Value larger =
                   arith::MaximumFOp::create(inner, at, x[0], x[1]);
               linalg::YieldOp::create(inner, at, larger);
             })
      ->getResult(0);
}

namespace {
struct WatchResults : lacuna::impl::WatchResultsBase<WatchResults> {
  using WatchResultsBase::WatchResultsBase;
  void runOnOperation() override;

private:
  void watch(Operation *op, Value result);
};
} // namespace

void WatchResults::watch(Operation *op, Value result) {
  func::FuncOp function = getOperation();
  Operation *end = function.front().getTerminator();
  OpBuilder builder(end);
  unsigned index = function.getNumResults();
  auto name = builder.getStringAttr("watch." + std::to_string(index));
  auto place = builder.getArrayAttr(
      {builder.getStringAttr(op->getName().getStringRef()), op->getLoc()});
  Value worst = worstOf(builder, result);
  end->insertOperands(index, worst);
  (void)function.insertResult(
      index, worst.getType(),
      builder.getDictionaryAttr(
          {builder.getNamedAttr(names::valueName, name),
           builder.getNamedAttr(names::watched, place)}));
}

void WatchResults::runOnOperation() {
  func::FuncOp function = getOperation();
  if (!function.isPublic() || function.isExternal())
    return;
  SmallVector<Operation *> ops;
  for (Operation &op : function.front().without_terminator())
    if (computes(op))
      ops.push_back(&op);
  for (Operation *op : ops)
    for (Value result : op->getResults()) {
      auto type = dyn_cast<RankedTensorType>(result.getType());
      if (type && isa<FloatType>(type.getElementType()))
        watch(op, result);
    }
}
