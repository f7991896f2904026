//===- ElementRemap.cpp - Elements found by index arithmetic --------------===//
#include "ElementEvaluator.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

FailureOr<Value> ElementEvaluator::evaluateRemap(Operation *op,
                                                 const Position &at) {
  if (auto pad = dyn_cast<tensor::PadOp>(op))
    return evaluatePad(pad, at);
  Position source;
  source.lanes = 1;
  auto takeLane = [&](int64_t from, int64_t to) {
    if (at.lanes > 1 && from == at.laneDim) {
      source.lanes = at.lanes;
      source.laneDim = to;
    }
  };
  if (auto transpose = dyn_cast<linalg::TransposeOp>(op)) {
    source.indices.resize(at.indices.size());
    for (auto [to, from] : llvm::enumerate(transpose.getPermutation())) {
      source.indices[from] = at.indices[to];
      takeLane(to, from);
    }
    return evaluate(transpose.getInput(), source);
  }
  if (auto broadcast = dyn_cast<linalg::BroadcastOp>(op)) {
    for (auto [dim, index] : llvm::enumerate(at.indices)) {
      if (llvm::is_contained(broadcast.getDimensions(), int64_t(dim)))
        continue;
      takeLane(dim, source.indices.size());
      source.indices.push_back(index);
    }
    return evaluate(broadcast.getInput(), source);
  }
  auto slice = cast<tensor::ExtractSliceOp>(op);
  llvm::SmallBitVector dropped = slice.getDroppedDims();
  unsigned next = 0;
  for (auto [dim, offset] : llvm::enumerate(slice.getStaticOffsets())) {
    if (dropped.test(dim)) {
      source.indices.push_back(kernel.index(offset));
      continue;
    }
    int64_t stride = slice.getStaticStrides()[dim];
    if (at.lanes > 1 && int64_t(next) == at.laneDim && stride != 1)
      return evaluateLanewise(slice.getResult(), at);
    takeLane(next, dim);
    source.indices.push_back(
        kernel.add(kernel.mul(at.indices[next++], stride), offset));
  }
  return evaluate(slice.getSource(), source);
}

/// One element at a time, for accesses whose lanes do not lie side by side.
FailureOr<Value> ElementEvaluator::evaluateLanewise(Value tensor,
                                                    const Position &at) {
  SmallVector<Value> scalars;
  for (int64_t lane = 0; lane < at.lanes; ++lane) {
    Position single(at.indices);
    single.indices[at.laneDim] = kernel.add(at.indices[at.laneDim], lane);
    FailureOr<Value> scalar = evaluate(tensor, single);
    if (failed(scalar))
      return failure();
    scalars.push_back(*scalar);
  }
  return Value(vector::FromElementsOp::create(
      kernel.builder, kernel.loc,
      VectorType::get({at.lanes}, elementTypeOf(tensor)), scalars));
}

/// Reads the source at a clamped index and selects: no branch in the loop.
FailureOr<Value> ElementEvaluator::evaluatePad(tensor::PadOp op,
                                               const Position &at) {
  if (at.lanes > 1)
    return evaluateLanewise(op.getResult(), at);
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.loc;
  FailureOr<Value> padding =
      evaluateSource(op.getConstantPaddingValue().getDefiningOp(), at);
  auto source = op.getSource();
  if (failed(padding) ||
      cast<RankedTensorType>(source.getType()).getNumElements() == 0)
    return padding;
  Position moved;
  Value inside;
  for (auto [dim, low] : llvm::enumerate(op.getStaticLow())) {
    int64_t size = shapeOf(source)[dim];
    if (low == 0 && op.getStaticHigh()[dim] == 0) {
      moved.indices.push_back(at.indices[dim]);
      continue;
    }
    // One unsigned comparison covers both sides.
    Value index = arith::SubIOp::create(builder, loc, at.indices[dim],
                                        kernel.index(low));
    Value within =
        arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ult, index,
                              kernel.index(size));
    inside = inside ? Value(arith::AndIOp::create(builder, loc, inside, within))
                    : within;
    moved.indices.push_back(arith::SelectOp::create(builder, loc, within, index,
                                                    kernel.index(0)));
  }
  FailureOr<Value> element = evaluate(source, moved);
  if (failed(element) || !inside)
    return element;
  return Value(
      arith::SelectOp::create(builder, loc, inside, *element, *padding));
}

FailureOr<Value> ElementEvaluator::evaluateReshape(Operation *op,
                                                   const Position &at) {
  if (isa<tensor::CastOp>(op))
    return evaluate(op->getOperand(0), at);
  if (at.lanes > 1)
    return evaluateLanewise(op->getResult(0), at);
  OpBuilder &builder = kernel.builder;
  Value source = op->getOperand(0);
  auto linearize = [&](ArrayRef<int64_t> dims, ArrayRef<int64_t> shape) {
    Value linear = kernel.index(0);
    for (int64_t dim : dims)
      linear = kernel.add(kernel.mul(linear, shape[dim]), at.indices[dim]);
    return linear;
  };
  Position moved;
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op)) {
    moved.indices.resize(shapeOf(source).size());
    for (auto [to, group] :
         llvm::enumerate(collapse.getReassociationIndices())) {
      SmallVector<int64_t> sizes;
      for (int64_t dim : group)
        sizes.push_back(shapeOf(source)[dim]);
      auto indices = kernel.delinearize(at.indices[to], sizes);
      for (auto [dim, index] : llvm::zip(group, indices))
        moved.indices[dim] = index;
    }
    for (Value &index : moved.indices)
      if (!index)
        index = kernel.index(0);
    return evaluate(source, moved);
  }
  auto expand = cast<tensor::ExpandShapeOp>(op);
  (void)builder;
  for (auto group : expand.getReassociationIndices())
    moved.indices.push_back(linearize(group, shapeOf(expand.getResult())));
  return evaluate(source, moved);
}
