//===- OpClass.cpp - What kind of work an op is ---------------------------===//
#include "lacuna/IR/OpClass.h"

#include "lacuna/IR/Dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

/// A generic without reduction whose results are written at the loop indices
/// and whose operands are read at projections of them.
static bool isPointwiseGeneric(linalg::GenericOp generic) {
  if (!generic.isAllParallelLoops() || !generic.hasPureTensorSemantics())
    return false;
  auto maps = generic.getIndexingMapsArray();
  unsigned inputs = generic.getNumDpsInputs();
  for (auto [index, map] : llvm::enumerate(maps)) {
    if (index < inputs ? !map.isProjectedPermutation(/*allowZero=*/true)
                       : !map.isIdentity())
      return false;
  }
  // A body that reads what was in the destination is no plain store.
  for (BlockArgument out : generic.getRegionOutputArgs())
    if (!out.use_empty())
      return false;
  return llvm::all_of(generic.getBody()->getOperations(), [](Operation &op) {
    return op.getNumRegions() == 0;
  });
}

bool lacuna::isClonedConstant(Operation *op) {
  auto constant = dyn_cast<arith::ConstantOp>(op);
  if (!constant)
    return false;
  // Resources say they are splats when they have one element, but cannot be
  // read as one.
  if (isa<DenseResourceElementsAttr>(constant.getValue()))
    return false;
  auto elements = dyn_cast<ElementsAttr>(constant.getValue());
  return !elements || elements.isSplat();
}

OpClass lacuna::classify(Operation *op) {
  if (isClonedConstant(op) ||
      isa<tensor::EmptyOp, tensor::SplatOp, linalg::FillOp>(op))
    return OpClass::Source;
  if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp, tensor::CastOp>(op))
    return OpClass::View;
  // The same bytes, but what reads them joins no kernel of what wrote them.
  if (isa<BarrierOp>(op) && op->getNumOperands() == 1)
    return OpClass::View;
  if (isa<linalg::TransposeOp, linalg::BroadcastOp, tensor::ExtractSliceOp,
          tensor::PadOp>(op))
    return OpClass::Remap;
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    return isPointwiseGeneric(generic) ? OpClass::Pointwise : OpClass::Root;
  if (op->hasTrait<OpTrait::Elementwise>() && op->getNumResults() == 1)
    return OpClass::Pointwise;
  return OpClass::Root;
}

bool lacuna::fitsScoreRegion(Operation *op) {
  return op->getNumResults() == 1 && op->getNumRegions() == 0 &&
         (OpTrait::hasElementwiseMappableTraits(op) ||
          op->hasTrait<OpTrait::ConstantLike>() || isa<tensor::ExtractOp>(op));
}

bool lacuna::readsAtOwnIndex(Operation *op, unsigned index) {
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    return generic.getIndexingMapsArray()[index].isIdentity();
  return op->getOperand(index).getType() != Type() &&
         isa<RankedTensorType>(op->getOperand(index).getType());
}
