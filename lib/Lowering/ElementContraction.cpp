//===- ElementContraction.cpp - Single elements of contractions -----------===//
// For kernels that read a contraction elsewhere than where it is computed, as
// gates do: right, but each element is a loop of its own.
//===----------------------------------------------------------------------===//
#include "ElementEvaluator.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace lacuna;

/// `value` as a number of `type`, no narrower.
static Value widen(OpBuilder &builder, Location loc, Type type, Value value) {
  if (value.getType() == type)
    return value;
  return arith::ExtFOp::create(builder, loc, type, value);
}

FailureOr<Value>
ElementEvaluator::evaluateContraction(linalg::ContractOp op,
                                      const Position &at) {
  Value result = op->getResult(0);
  if (at.lanes > 1)
    return evaluateLanewise(result, at);
  auto product = cast<linalg::LinalgOp>(op.getOperation());
  auto maps = product.getIndexingMapsArray();
  SmallVector<int64_t> sizes = product.getStaticLoopRanges(), depths;
  SmallVector<Value> place(sizes.size());
  for (auto [dim, loop] : llvm::enumerate(maps[2].getResults()))
    place[cast<AffineDimExpr>(loop).getPosition()] = at.indices[dim];
  SmallVector<size_t> reduced;
  int64_t count = 1;
  for (auto [loop, size] : llvm::enumerate(sizes))
    if (!place[loop]) {
      reduced.push_back(loop);
      depths.push_back(size);
      count *= size;
    }
  Type element = elementTypeOf(result), wide = element;
  if (element.getIntOrFloatBitWidth() == 16)
    wide = kernel.builder.getF32Type();
  FailureOr<Value> start = evaluate(product.getDpsInits()[0], at);
  if (failed(start))
    return failure();
  auto step = [&](Value k, ValueRange sum) -> FailureOr<SmallVector<Value>> {
    for (auto [loop, index] :
         llvm::zip_equal(reduced, kernel.delinearize(k, depths)))
      place[loop] = index;
    Value factors[2];
    for (int64_t side : {0, 1}) {
      SmallVector<Value> indices;
      for (AffineExpr loop : maps[side].getResults())
        indices.push_back(place[cast<AffineDimExpr>(loop).getPosition()]);
      auto factor = evaluate(product.getDpsInputs()[side], indices);
      if (failed(factor))
        return failure();
      factors[side] = widen(kernel.builder, kernel.loc, wide, *factor);
    }
    return SmallVector<Value>{math::FmaOp::create(
        kernel.builder, kernel.loc, factors[0], factors[1], sum[0])};
  };
  auto sums = kernel.forLoop(
      kernel.index(0), kernel.index(count), 1,
      ValueRange(widen(kernel.builder, kernel.loc, wide, *start)), step);
  if (failed(sums))
    return failure();
  if (wide == element)
    return sums->front();
  return Value(arith::TruncFOp::create(kernel.builder, kernel.loc, element,
                                       sums->front()));
}
