//===- InferTensorTypes.cpp - Shapes through upstream ops -----------------===//
// Our own ops infer their types themselves. Upstream ones either follow their
// destination, or carry sizes as operands: those fold to constants as soon as
// the shapes they were read from are known.
//===----------------------------------------------------------------------===//
#include "InferTensorTypes.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace lacuna;

using Sizes = SmallVector<OpFoldResult>;

/// `values` with those that are constants now as attributes.
static Sizes folded(Sizes values) {
  (void)foldDynamicIndexList(values);
  return values;
}

static LogicalResult replaceBy(Operation *op, Value value) {
  op->getResult(0).replaceAllUsesWith(value);
  op->erase();
  return success();
}

static LogicalResult inferEmpty(tensor::EmptyOp op, OpBuilder &b) {
  RankedTensorType type = op.getType();
  auto made = tensor::EmptyOp::create(b, op.getLoc(), folded(op.getMixedSizes()),
                                      type.getElementType(), type.getEncoding());
  return replaceBy(op, made);
}

static LogicalResult inferCast(tensor::CastOp op) {
  auto target = dyn_cast<RankedTensorType>(op.getType());
  if (target && target.hasStaticShape())
    return success();
  return replaceBy(op, op.getSource());
}

static LogicalResult inferCollapse(tensor::CollapseShapeOp op) {
  op.getResult().setType(tensor::CollapseShapeOp::inferCollapsedType(
      op.getSrcType(), op.getReassociationIndices()));
  return success();
}

/// A group of dimensions with one size left open takes what is left of the
/// source's size.
static LogicalResult closeGroup(tensor::ExpandShapeOp op, int64_t size,
                                ArrayRef<int64_t> group,
                                SmallVectorImpl<int64_t> &shape) {
  int64_t known = 1, open = -1;
  for (int64_t dim : group) {
    if (!ShapedType::isDynamic(shape[dim]))
      known *= shape[dim];
    else if (open >= 0)
      return success();
    else
      open = dim;
  }
  if (open < 0)
    return success();
  if (known == 0 || size % known != 0)
    return op.emitOpError("must split a size of ")
           << size << " into multiples of " << known;
  shape[open] = size / known;
  return success();
}

static LogicalResult inferExpand(tensor::ExpandShapeOp op, OpBuilder &b) {
  Sizes sizes = folded(op.getMixedOutputShape());
  SmallVector<int64_t> shape;
  for (OpFoldResult size : sizes)
    shape.push_back(getConstantIntValue(size).value_or(ShapedType::kDynamic));
  if (op.getSrcType().hasStaticShape())
    for (auto [dim, group] : llvm::enumerate(op.getReassociationIndices()))
      if (failed(closeGroup(op, op.getSrcType().getDimSize(dim), group, shape)))
        return failure();
  if (llvm::any_of(shape, ShapedType::isDynamic))
    return success();
  auto made = tensor::ExpandShapeOp::create(
      b, op.getLoc(), op.getResultType().clone(shape), op.getSrc(),
      op.getReassociationIndices(), getAsIndexOpFoldResult(b.getContext(), shape));
  return replaceBy(op, made);
}

static LogicalResult inferExtract(tensor::ExtractSliceOp op, OpBuilder &b) {
  Sizes sizes = folded(op.getMixedSizes());
  auto type = tensor::ExtractSliceOp::inferCanonicalRankReducedResultType(
      op.getType().getRank(), op.getSourceType(), sizes);
  auto made = tensor::ExtractSliceOp::create(
      b, op.getLoc(), type, op.getSource(), folded(op.getMixedOffsets()), sizes,
      folded(op.getMixedStrides()));
  return replaceBy(op, made);
}

static LogicalResult inferInsert(tensor::InsertSliceOp op, OpBuilder &b) {
  auto made = tensor::InsertSliceOp::create(
      b, op.getLoc(), op.getSource(), op.getDest(),
      folded(op.getMixedOffsets()), folded(op.getMixedSizes()),
      folded(op.getMixedStrides()));
  return replaceBy(op, made);
}

static LogicalResult inferPad(tensor::PadOp op, OpBuilder &b) {
  Sizes low = folded(op.getMixedLowPad()), high = folded(op.getMixedHighPad());
  auto numbers = [](const Sizes &sizes) {
    return llvm::map_to_vector(sizes, [](OpFoldResult size) {
      return getConstantIntValue(size).value_or(ShapedType::kDynamic);
    });
  };
  RankedTensorType type = tensor::PadOp::inferResultType(
      op.getSourceType(), numbers(low), numbers(high));
  auto made = tensor::PadOp::create(b, op.getLoc(), type, op.getSource(), low,
                                    high, op.getNofold());
  made.getRegion().takeBody(op.getRegion());
  return replaceBy(op, made);
}

/// Results have the types of the destinations.
static LogicalResult inferFromInits(DestinationStyleOpInterface op) {
  for (auto [result, init] : llvm::zip(op->getResults(), op.getDpsInits()))
    result.setType(init.getType());
  return success();
}

/// Results of element-wise ops have the shape of the operands.
static void inferElementwise(Operation *op) {
  for (Value operand : op->getOperands()) {
    auto type = dyn_cast<RankedTensorType>(operand.getType());
    if (!type || !type.hasStaticShape())
      continue;
    for (OpResult result : op->getResults())
      if (auto old = dyn_cast<RankedTensorType>(result.getType()))
        result.setType(old.clone(type.getShape()));
    return;
  }
}

/// Turns arithmetic on known sizes into constants.
static bool foldScalars(Operation *op, OpBuilder &b) {
  bool scalar = op->getNumResults() > 0 &&
                llvm::all_of(op->getResultTypes(), [](Type type) {
                  return type.isIntOrIndex();
                });
  if (!scalar || op->hasTrait<OpTrait::ConstantLike>())
    return false;
  SmallVector<Value> values;
  // Without values the op was changed in its place, and stays.
  if (failed(b.tryFold(op, values)) || values.empty())
    return false;
  op->replaceAllUsesWith(values);
  op->erase();
  return true;
}

LogicalResult lacuna::inferTensorTypes(Operation *op) {
  OpBuilder b(op);
  if (foldScalars(op, b))
    return success();
  if (OpTrait::hasElementwiseMappableTraits(op))
    inferElementwise(op);
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](tensor::EmptyOp empty) { return inferEmpty(empty, b); })
      .Case([&](tensor::CastOp cast) { return inferCast(cast); })
      .Case([&](tensor::CollapseShapeOp view) { return inferCollapse(view); })
      .Case([&](tensor::ExpandShapeOp view) { return inferExpand(view, b); })
      .Case([&](tensor::ExtractSliceOp slice) { return inferExtract(slice, b); })
      .Case([&](tensor::InsertSliceOp slice) { return inferInsert(slice, b); })
      .Case([&](tensor::PadOp pad) { return inferPad(pad, b); })
      .Case([&](tensor::ConcatOp concat) {
        concat.getResult().setType(tensor::ConcatOp::inferResultType(
            concat.getDim(), concat.getInputs().getTypes()));
        return success();
      })
      .Case([&](DestinationStyleOpInterface destination) {
        return inferFromInits(destination);
      })
      .Default([](Operation *) { return success(); });
}
