//===- EvaluateConstant.cpp - Values of constant tensor programs ----------===//
// Interprets small programs on constants element by element, folding the
// scalar ops of their bodies: enough for the shape arithmetic that exporters
// write, and independent of which operators it came from.
//===----------------------------------------------------------------------===//
#include "TensorBuilder.h"

#include "lacuna/IR/Dialect.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/DenseMap.h"

using namespace mlir;
using namespace lacuna;

/// Larger tensors are no shapes; they stay in the program.
static constexpr int64_t elementLimit = 1 << 16;

namespace {
/// Elements in row-major order, as attributes.
using Elements = SmallVector<Attribute>;

class Evaluator {
public:
  /// Null when `value` is not constant, too large, or made by an op without a
  /// rule here.
  const Elements *evaluate(Value value);

private:
  FailureOr<Elements> compute(Operation *op);
  FailureOr<Elements> constant(arith::ConstantOp op);
  FailureOr<Elements> generic(linalg::GenericOp op);
  FailureOr<Elements> reduceOp(linalg::ReduceOp op);
  FailureOr<Elements> gather(GatherOp op);
  FailureOr<Elements> remap(Operation *op);
  FailureOr<Elements> concat(tensor::ConcatOp op);
  Attribute body(Block &block, ArrayRef<Attribute> args,
                 ArrayRef<int64_t> indices);

  DenseMap<Value, std::optional<Elements>> known;
};
} // namespace

static Ints unflatten(int64_t linear, ArrayRef<int64_t> shape) {
  Ints indices(shape.size());
  for (int64_t dim = int64_t(shape.size()) - 1; dim >= 0; --dim) {
    indices[dim] = linear % shape[dim];
    linear /= shape[dim];
  }
  return indices;
}

static int64_t flattenIndex(ArrayRef<int64_t> indices,
                            ArrayRef<int64_t> shape) {
  int64_t linear = 0;
  for (auto [index, size] : llvm::zip(indices, shape))
    linear = linear * size + index;
  return linear;
}

const Elements *Evaluator::evaluate(Value value) {
  auto found = known.find(value);
  if (found == known.end()) {
    std::optional<Elements> result;
    Operation *op = value.getDefiningOp();
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (op && op->getNumResults() == 1 && type && type.hasStaticShape() &&
        type.getNumElements() <= elementLimit) {
      FailureOr<Elements> elements = compute(op);
      if (succeeded(elements))
        result = std::move(*elements);
    }
    found = known.try_emplace(value, std::move(result)).first;
  }
  return found->second ? &*found->second : nullptr;
}

FailureOr<Elements> Evaluator::constant(arith::ConstantOp op) {
  if (auto dense = dyn_cast<DenseElementsAttr>(op.getValue()))
    return Elements(dense.getValues<Attribute>());
  auto resource = dyn_cast<DenseResourceElementsAttr>(op.getValue());
  if (!resource || !resource.getRawHandle().getBlob())
    return failure();
  auto dense = DenseElementsAttr::getFromRawBuffer(
      resource.getType(), resource.getRawHandle().getBlob()->getData());
  return Elements(dense.getValues<Attribute>());
}

/// Folds the ops of a body on scalars; null when one does not fold.
Attribute Evaluator::body(Block &block, ArrayRef<Attribute> args,
                          ArrayRef<int64_t> indices) {
  DenseMap<Value, Attribute> values;
  for (auto [argument, value] : llvm::zip(block.getArguments(), args))
    values[argument] = value;
  auto lookup = [&](Value value) -> Attribute {
    if (Attribute known = values.lookup(value))
      return known;
    auto constant = value.getDefiningOp<arith::ConstantOp>();
    return constant ? Attribute(constant.getValue()) : Attribute();
  };
  for (Operation &op : block.without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(op)) {
      values[index.getResult()] =
          IntegerAttr::get(index.getType(), indices[index.getDim()]);
      continue;
    }
    SmallVector<Attribute> operands;
    for (Value operand : op.getOperands())
      operands.push_back(lookup(operand));
    if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
      const Elements *source = evaluate(extract.getTensor());
      Ints at;
      for (Attribute index : ArrayRef(operands).drop_front())
        at.push_back(index ? cast<IntegerAttr>(index).getInt() : -1);
      if (!source)
        return {};
      int64_t linear = flattenIndex(at, shapeOf(extract.getTensor()));
      if (linear < 0 || linear >= int64_t(source->size()))
        return {};
      values[extract.getResult()] = (*source)[linear];
      continue;
    }
    SmallVector<OpFoldResult> folded;
    if (op.getNumResults() != 1 || failed(op.fold(operands, folded)) ||
        folded.size() != 1)
      return {};
    Attribute result = dyn_cast<Attribute>(folded[0]);
    if (!result)
      result = lookup(cast<Value>(folded[0]));
    if (!result)
      return {};
    values[op.getResult(0)] = result;
  }
  return lookup(block.getTerminator()->getOperand(0));
}

FailureOr<Elements> Evaluator::generic(linalg::GenericOp op) {
  if (!op.isAllParallelLoops() || op.getNumDpsInits() != 1 ||
      !op.getIndexingMapsArray().back().isIdentity())
    return failure();
  ArrayRef<int64_t> shape = shapeOf(op.getResult(0));
  SmallVector<const Elements *> inputs;
  for (OpOperand *input : op.getDpsInputOperands()) {
    const Elements *elements = evaluate(input->get());
    if (!elements)
      return failure();
    inputs.push_back(elements);
  }
  Elements result;
  int64_t count = cast<RankedTensorType>(op.getResult(0).getType()).getNumElements();
  for (int64_t i = 0; i < count; ++i) {
    Ints indices = unflatten(i, shape);
    SmallVector<Attribute> args;
    for (auto [number, elements] : llvm::enumerate(inputs)) {
      AffineMap map = op.getIndexingMapsArray()[number];
      args.push_back((*elements)[flattenIndex(
          map.compose(indices), shapeOf(op.getInputs()[number]))]);
    }
    Attribute value = body(*op.getBody(), args, indices);
    if (!value)
      return failure();
    result.push_back(value);
  }
  return result;
}

FailureOr<Elements> Evaluator::reduceOp(linalg::ReduceOp op) {
  const Elements *input = evaluate(op.getInputs()[0]);
  const Elements *init = evaluate(op.getInits()[0]);
  if (op->getNumResults() != 1 || !input || !init)
    return failure();
  Elements result = *init;
  ArrayRef<int64_t> shape = shapeOf(op.getInputs()[0]);
  ArrayRef<int64_t> outShape = shapeOf(op->getResult(0));
  for (auto [i, value] : llvm::enumerate(*input)) {
    Ints kept;
    for (auto [dim, index] : llvm::enumerate(unflatten(i, shape)))
      if (!llvm::is_contained(op.getDimensions(), int64_t(dim)))
        kept.push_back(index);
    Attribute &sum = result[flattenIndex(kept, outShape)];
    sum = body(op.getCombiner().front(), {value, sum}, {});
    if (!sum)
      return failure();
  }
  return result;
}

FailureOr<Elements> Evaluator::gather(GatherOp op) {
  const Elements *data = evaluate(op.getData());
  const Elements *indices = evaluate(op.getIndices());
  if (!data || !indices)
    return failure();
  ArrayRef<int64_t> shape = shapeOf(op.getData());
  int64_t axis = op.getAxis(), rank = shapeOf(op.getIndices()).size();
  ArrayRef<int64_t> out = shapeOf(op.getResult());
  Elements result;
  int64_t count = cast<RankedTensorType>(op.getType()).getNumElements();
  for (int64_t i = 0; i < count; ++i) {
    Ints at = unflatten(i, out);
    ArrayRef<int64_t> all(at);
    int64_t index = cast<IntegerAttr>((*indices)[flattenIndex(
                        all.slice(axis, rank), shapeOf(op.getIndices()))])
                        .getInt();
    if (index < 0)
      index += shape[axis];
    if (index < 0 || index >= shape[axis])
      return failure();
    Ints from(all.take_front(axis));
    from.push_back(index);
    llvm::append_range(from, all.drop_front(axis + rank));
    result.push_back((*data)[flattenIndex(from, shape)]);
  }
  return result;
}

FailureOr<Elements> Evaluator::concat(tensor::ConcatOp op) {
  ArrayRef<int64_t> shape = shapeOf(op.getResult());
  Elements result(op.getResultType().getNumElements());
  int64_t offset = 0;
  for (Value operand : op.getInputs()) {
    const Elements *elements = evaluate(operand);
    if (!elements)
      return failure();
    for (auto [i, value] : llvm::enumerate(*elements)) {
      Ints at = unflatten(i, shapeOf(operand));
      at[op.getDim()] += offset;
      result[flattenIndex(at, shape)] = value;
    }
    offset += shapeOf(operand)[op.getDim()];
  }
  return result;
}

FailureOr<Elements> Evaluator::remap(Operation *op) {
  const Elements *source = evaluate(op->getOperand(0));
  if (!source)
    return failure();
  if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(op))
    return *source;
  ArrayRef<int64_t> shape = shapeOf(op->getOperand(0));
  ArrayRef<int64_t> out = shapeOf(op->getResult(0));
  Elements result;
  int64_t count =
      cast<RankedTensorType>(op->getResult(0).getType()).getNumElements();
  for (int64_t i = 0; i < count; ++i) {
    Ints at = unflatten(i, out), from(shape.size(), 0);
    if (auto transpose = dyn_cast<linalg::TransposeOp>(op)) {
      for (auto [to, dim] : llvm::enumerate(transpose.getPermutation()))
        from[dim] = at[to];
    } else {
      auto slice = cast<tensor::ExtractSliceOp>(op);
      llvm::SmallBitVector dropped = slice.getDroppedDims();
      unsigned next = 0;
      for (auto [dim, offset] : llvm::enumerate(slice.getStaticOffsets()))
        from[dim] = offset + (dropped.test(dim)
                                  ? 0
                                  : at[next++] * slice.getStaticStrides()[dim]);
    }
    result.push_back((*source)[flattenIndex(from, shape)]);
  }
  return result;
}

FailureOr<Elements> Evaluator::compute(Operation *op) {
  if (auto constantOp = dyn_cast<arith::ConstantOp>(op))
    return constant(constantOp);
  if (auto genericOp = dyn_cast<linalg::GenericOp>(op))
    return generic(genericOp);
  if (auto reduce = dyn_cast<linalg::ReduceOp>(op))
    return reduceOp(reduce);
  if (auto gatherOp = dyn_cast<GatherOp>(op))
    return gather(gatherOp);
  if (auto concatOp = dyn_cast<tensor::ConcatOp>(op))
    return concat(concatOp);
  if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp, linalg::TransposeOp,
          tensor::ExtractSliceOp>(op))
    return remap(op);
  if (auto fill = dyn_cast<linalg::FillOp>(op)) {
    auto value = fill.value().getDefiningOp<arith::ConstantOp>();
    if (!value)
      return failure();
    return Elements(
        cast<RankedTensorType>(fill->getResult(0).getType()).getNumElements(),
        value.getValue());
  }
  return failure();
}

DenseElementsAttr lacuna::evaluateConstant(Value value) {
  Evaluator evaluator;
  const Elements *elements = evaluator.evaluate(value);
  if (!elements)
    return {};
  return DenseElementsAttr::get(cast<RankedTensorType>(value.getType()),
                                *elements);
}
