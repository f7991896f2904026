//===- ElementWiseBuilder.cpp - Short words for linalg.generic ------------===//
#include "ElementWiseBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

static AffineMap mapOf(const LoopOperand &operand, int64_t rank,
                       MLIRContext *context) {
  SmallVector<AffineExpr> results;
  for (int64_t loop : operand.loops)
    results.push_back(loop < 0 ? getAffineConstantExpr(0, context)
                               : getAffineDimExpr(loop, context));
  return AffineMap::get(rank, 0, results, context);
}

/// The generic of `operands` into `target`, all else being reduced.
static Value createGeneric(ElementWiseBuilder &build, int64_t rank,
                           ArrayRef<LoopOperand> operands,
                           const LoopOperand &target, bool readsTarget,
                           ElementWiseBuilder::Body body) {
  MLIRContext *context = build.builder.getContext();
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  for (const LoopOperand &operand : operands) {
    inputs.push_back(operand.value);
    maps.push_back(mapOf(operand, rank, context));
  }
  maps.push_back(mapOf(target, rank, context));
  SmallVector<utils::IteratorType> iterators;
  for (int64_t loop = 0; loop < rank; ++loop)
    iterators.push_back(llvm::is_contained(target.loops, loop)
                            ? utils::IteratorType::parallel
                            : utils::IteratorType::reduction);
  return linalg::GenericOp::create(
             build.builder, build.loc, target.value.getType(), inputs,
             target.value, maps, iterators,
             [&](OpBuilder &b, Location l, ValueRange elements) {
               ValueRange seen =
                   readsTarget ? elements : elements.drop_back();
               linalg::YieldOp::create(b, l, body(b, l, seen));
             })
      .getResult(0);
}

Value ElementWiseBuilder::map(ArrayRef<int64_t> sizes, Type element,
                              ArrayRef<LoopOperand> operands, Body body) {
  LoopOperand target{tensor::EmptyOp::create(builder, loc, sizes, element),
                     llvm::to_vector(llvm::seq<int64_t>(0, sizes.size()))};
  return createGeneric(*this, sizes.size(), operands, target, false, body);
}

Value ElementWiseBuilder::fold(ArrayRef<int64_t> sizes,
                               const LoopOperand &start,
                               ArrayRef<LoopOperand> operands, Body body) {
  return createGeneric(*this, sizes.size(), operands, start, true, body);
}

Value ElementWiseBuilder::number(Type type, double value) {
  return arith::ConstantOp::create(
      builder, loc, builder.getFloatAttr(cast<FloatType>(type), value));
}

Value ElementWiseBuilder::fill(ArrayRef<int64_t> sizes, Type element,
                               double value) {
  Value target = tensor::EmptyOp::create(builder, loc, sizes, element);
  return linalg::FillOp::create(builder, loc, number(element, value), target)
      .getResult(0);
}

LoopOperand ElementWiseBuilder::fromRight(Value operand, int64_t rank) {
  LoopOperand result{operand, {}};
  auto type = cast<RankedTensorType>(operand.getType());
  for (auto [dim, size] : llvm::enumerate(type.getShape()))
    result.loops.push_back(size == 1 ? -1 : rank - type.getRank() + dim);
  return result;
}
