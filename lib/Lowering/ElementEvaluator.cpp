//===- ElementEvaluator.cpp - Elements of fused tensors -------------------===//
#include "ElementEvaluator.h"

#include "lacuna/IR/OpClass.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace lacuna;

void ElementEvaluator::seed(Value tensor, const Position &at, Value element) {
  known.push_back({tensor, at, element});
}

FailureOr<Value> ElementEvaluator::evaluate(Value tensor, const Position &at) {
  for (const Known &entry : known)
    if (entry.tensor == tensor && entry.at.indices == at.indices &&
        entry.at.lanes == at.lanes && entry.at.laneDim == at.laneDim)
      return entry.element;
  FailureOr<Value> element = compute(tensor, at);
  if (succeeded(element))
    seed(tensor, at, *element);
  return element;
}

FailureOr<Value> ElementEvaluator::compute(Value tensor, const Position &at) {
  if (Value buffer = kernel.inputBuffer(tensor))
    return readInput(buffer, tensor, at);
  Operation *op = tensor.getDefiningOp();
  switch (classify(op)) {
  case OpClass::Source:
    return evaluateSource(op, at);
  case OpClass::View:
    return evaluateReshape(op, at);
  case OpClass::Remap:
    return evaluateRemap(op, at);
  case OpClass::Pointwise:
    if (auto generic = dyn_cast<linalg::GenericOp>(op))
      return evaluateGeneric(
          generic, cast<OpResult>(tensor).getResultNumber(), at);
    return evaluateElementwise(op, at);
  case OpClass::Root:
    if (auto contraction = dyn_cast<linalg::ContractOp>(op))
      return evaluateContraction(contraction, at);
    break;
  }
  return op->emitOpError("cannot be computed inside of another kernel");
}

FailureOr<Value> ElementEvaluator::readInput(Value buffer, Value tensor,
                                             const Position &at) {
  OpBuilder &builder = kernel.builder;
  Location loc = kernel.loc;
  Type stored = cast<MemRefType>(buffer.getType()).getElementType();
  Value element;
  if (at.lanes == 1) {
    element = memref::LoadOp::create(builder, loc, buffer, at.indices);
  } else if (areNeighbours(at, shapeOf(tensor))) {
    element = vector::LoadOp::create(builder, loc,
                                     VectorType::get({at.lanes}, stored),
                                     buffer, at.indices);
  } else {
    SmallVector<Value> scalars;
    for (int64_t lane = 0; lane < at.lanes; ++lane) {
      SmallVector<Value> indices(at.indices);
      indices[at.laneDim] = kernel.add(indices[at.laneDim], lane);
      scalars.push_back(memref::LoadOp::create(builder, loc, buffer, indices));
    }
    element = vector::FromElementsOp::create(
        builder, loc, VectorType::get({at.lanes}, stored), scalars);
  }
  if (elementTypeOf(tensor) != stored) { // a boolean in a byte
    Value zero = kernel.constant(element.getType(), 0);
    element = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne,
                                    element, zero);
  }
  return element;
}

FailureOr<Value> ElementEvaluator::evaluateSource(Operation *op,
                                                  const Position &at) {
  if (auto fill = dyn_cast<linalg::FillOp>(op))
    op = fill.value().getDefiningOp();
  else if (auto splat = dyn_cast<tensor::SplatOp>(op))
    op = splat.getInput().getDefiningOp();
  auto constant = dyn_cast_or_null<arith::ConstantOp>(op);
  if (!constant) {
    if (op)
      op->emitOpError("has no value to read");
    return failure();
  }
  TypedAttr value = constant.getValue();
  if (auto elements = dyn_cast<DenseElementsAttr>(value))
    value = cast<TypedAttr>(elements.getSplatValue<Attribute>());
  return Value(arith::ConstantOp::create(kernel.builder, kernel.loc, value));
}

/// Rebuilds a scalar op on vectors of `lanes` if any operand is a vector.
Value ElementEvaluator::cloneVectorized(Operation &op, ValueRange operands,
                                        int64_t lanes) {
  bool vector = llvm::any_of(
      operands, [](Value value) { return isa<VectorType>(value.getType()); });
  OperationState state(kernel.loc, op.getName());
  for (Value operand : operands)
    state.operands.push_back(vector ? kernel.broadcast(operand, lanes)
                                    : operand);
  for (Type type : op.getResultTypes()) {
    Type element = getElementTypeOrSelf(type);
    state.types.push_back(vector ? Type(VectorType::get({lanes}, element))
                                 : element);
  }
  state.attributes = op.getAttrs();
  state.propertiesAttr = op.getPropertiesAsAttribute();
  return kernel.builder.create(state)->getResult(0);
}

FailureOr<Value> ElementEvaluator::evaluateElementwise(Operation *op,
                                                       const Position &at) {
  SmallVector<Value> operands;
  for (Value operand : op->getOperands()) {
    if (!isa<RankedTensorType>(operand.getType())) {
      operands.push_back(operand);
      continue;
    }
    FailureOr<Value> element = evaluate(operand, at);
    if (failed(element))
      return failure();
    operands.push_back(*element);
  }
  return cloneVectorized(*op, operands, at.lanes);
}

/// Where `map` reads its operand when the loops stand at `at`.
static Position mapPosition(AffineMap map, const Position &at,
                            KernelBuilder &kernel) {
  Position moved;
  for (auto [dim, expression] : llvm::enumerate(map.getResults())) {
    auto loop = dyn_cast<AffineDimExpr>(expression);
    if (!loop) {
      moved.indices.push_back(kernel.index(0));
      continue;
    }
    moved.indices.push_back(at.indices[loop.getPosition()]);
    if (at.lanes > 1 && loop.getPosition() == at.laneDim) {
      moved.lanes = at.lanes;
      moved.laneDim = dim;
    }
  }
  return moved;
}

Value ElementEvaluator::lane(Value index, int64_t lanes) {
  Value step = vector::StepOp::create(
      kernel.builder, kernel.loc,
      VectorType::get({lanes}, kernel.builder.getIndexType()));
  return arith::AddIOp::create(kernel.builder, kernel.loc,
                               kernel.broadcast(index, lanes), step);
}

FailureOr<Value> ElementEvaluator::evaluateGeneric(linalg::GenericOp op,
                                                   unsigned result,
                                                   const Position &at) {
  Block *body = op.getBody();
  bool extracts = llvm::any_of(
      *body, [](Operation &inner) { return isa<tensor::ExtractOp>(inner); });
  if (extracts && at.lanes > 1)
    return evaluateLanewise(op.getResult(result), at);
  IRMapping mapping;
  auto maps = op.getIndexingMapsArray();
  for (OpOperand *input : op.getDpsInputOperands()) {
    unsigned number = input->getOperandNumber();
    BlockArgument argument = body->getArgument(number);
    if (argument.use_empty())
      continue;
    if (!isa<RankedTensorType>(input->get().getType())) {
      FailureOr<Value> scalar = evaluateSource(input->get().getDefiningOp(), at);
      if (failed(scalar))
        return failure();
      mapping.map(argument, *scalar);
      continue;
    }
    FailureOr<Value> element =
        evaluate(input->get(), mapPosition(maps[number], at, kernel));
    if (failed(element))
      return failure();
    mapping.map(argument, *element);
  }
  auto lookup = [&](Value value) -> Value {
    if (Value mapped = mapping.lookupOrNull(value))
      return mapped;
    if (Operation *outside = value.getDefiningOp();
        outside && isa<arith::ConstantOp>(outside))
      return kernel.builder.clone(*outside)->getResult(0);
    return {};
  };
  for (Operation &inner : body->without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(inner)) {
      Value value = at.indices[index.getDim()];
      bool lanes = at.lanes > 1 && at.laneDim == int64_t(index.getDim());
      mapping.map(index.getResult(), lanes ? lane(value, at.lanes) : value);
      continue;
    }
    SmallVector<Value> operands;
    if (auto extract = dyn_cast<tensor::ExtractOp>(inner)) {
      for (Value index : extract.getIndices())
        operands.push_back(lookup(index));
      FailureOr<Value> element = evaluate(extract.getTensor(), operands);
      if (failed(element))
        return failure();
      mapping.map(extract.getResult(), *element);
      continue;
    }
    for (Value operand : inner.getOperands())
      operands.push_back(lookup(operand));
    mapping.map(inner.getResult(0), cloneVectorized(inner, operands, at.lanes));
  }
  return lookup(body->getTerminator()->getOperand(result));
}
