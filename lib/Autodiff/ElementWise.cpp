//===- ElementWise.cpp - Rule of linalg.generic ---------------------------===//
// The scalar body is differentiated symbolically; operands that are broadcast
// or permuted get sums of it. Bodies may add up over loops. What a body
// extracts from a tensor is scattered back into it, in the order of the loops.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "TensorOps.h"
#include "lacuna/IR/Dialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace lacuna;

namespace {
/// One generic: a term for each result, which is the result or is added to it.
class Body {
public:
  Body(linalg::GenericOp op, OpBuilder &builder, ArrayRef<Value> cotangents)
      : op(op), builder(builder), cotangents(cotangents),
        sizes(op.getStaticLoopRanges()) {}

  /// Fails, with an error, on what no rule is known for.
  LogicalResult check();
  /// Whether result `index` is what its destination held and a sum.
  bool accumulates(unsigned index) {
    return op.payloadUsesValueFromOperand(op.getDpsInitOperand(index));
  }
  /// The cotangent of `by`, a value of the body, in the shape of the loops;
  /// null if it is zero.
  FailureOr<Value> cotangentOf(Value by);
  /// Adds up what extractions from `tensor` get.
  FailureOr<Value> ofCaptured(Value tensor);

private:
  Value term(unsigned index);
  LogicalResult build(OpBuilder &inner, Value by, ValueRange arguments,
                      bool &isZero);
  FailureOr<Value> loops(ValueRange extra, ArrayRef<AffineMap> extraMaps,
                         Type element,
                         llvm::function_ref<LogicalResult(OpBuilder &, ValueRange)>
                             body);
  Value places(tensor::ExtractOp extract);
  SmallVector<Operation *> cloneTerms(OpBuilder &inner, IRMapping &mapping,
                                      ValueRange arguments);

  linalg::GenericOp op;
  OpBuilder &builder;
  ArrayRef<Value> cotangents;
  SmallVector<int64_t> sizes;
};
} // namespace

/// Of `out + t`, t; else what is yielded.
Value Body::term(unsigned index) {
  Value yielded = op.getBody()->getTerminator()->getOperand(index);
  if (!accumulates(index))
    return yielded;
  Operation *add = yielded.getDefiningOp();
  return add->getOperand(
      add->getOperand(0) == op.getRegionOutputArgs()[index] ? 1 : 0);
}

LogicalResult Body::check() {
  for (OpOperand *input : op.getDpsInputOperands())
    if (!op.getMatchingIndexingMap(input).isProjectedPermutation(true))
      return op.emitOpError("must read operand ")
             << input->getOperandNumber()
             << " by loops or zeros to be differentiated";
  for (auto [index, out] : llvm::enumerate(op.getRegionOutputArgs())) {
    Value yielded = op.getBody()->getTerminator()->getOperand(index);
    auto add = yielded.getDefiningOp<arith::AddFOp>();
    bool sum = add && out.hasOneUse() && *out.user_begin() == add &&
               add->hasOneUse();
    if (!op.getMatchingIndexingMap(op.getDpsInitOperand(index))
             .isProjectedPermutation() ||
        (!sum && !out.use_empty()) ||
        (!sum && op.getNumParallelLoops() != op.getNumLoops()))
      return op.emitOpError("must write each element once, or add to it, to be "
                            "differentiated");
  }
  return success();
}

/// A parallel loop over all inputs and `extra`; `body` ends with the yield.
FailureOr<Value> Body::loops(
    ValueRange extra, ArrayRef<AffineMap> extraMaps, Type element,
    llvm::function_ref<LogicalResult(OpBuilder &, ValueRange)> body) {
  SmallVector<Value> inputs(op.getDpsInputs());
  SmallVector<AffineMap> maps(op.getIndexingMapsArray());
  maps.resize(inputs.size());
  llvm::append_range(inputs, extra);
  llvm::append_range(maps, extraMaps);
  maps.push_back(builder.getMultiDimIdentityMap(op.getNumLoops()));
  Value init = tensor::EmptyOp::create(builder, op.getLoc(), sizes, element);
  SmallVector<utils::IteratorType> kinds(op.getNumLoops(),
                                         utils::IteratorType::parallel);
  bool failedBody = false;
  auto result = linalg::GenericOp::create(
      builder, op.getLoc(), TypeRange(init.getType()), inputs, init, maps,
      kinds, [&](OpBuilder &inner, Location, ValueRange arguments) {
        failedBody = failed(body(inner, arguments));
      });
  if (!failedBody)
    return result.getResult(0);
  result.erase();
  return failure();
}

/// Copies the body but for what adds to the destinations.
SmallVector<Operation *> Body::cloneTerms(OpBuilder &inner, IRMapping &mapping,
                                          ValueRange arguments) {
  Block *body = op.getBody();
  for (auto [from, to] : llvm::zip(
           body->getArguments().take_front(op.getNumDpsInputs()), arguments))
    mapping.map(from, to);
  SmallVector<Operation *> ops;
  auto adds = [&](Operation &candidate) {
    return llvm::any_of(candidate.getOperands(), [&](Value operand) {
      return llvm::is_contained(op.getRegionOutputArgs(), operand);
    });
  };
  for (Operation &from : body->without_terminator())
    if (!adds(from))
      ops.push_back(inner.clone(from, mapping));
  return ops;
}

/// Copies the body and yields the cotangent of `by`.
LogicalResult Body::build(OpBuilder &inner, Value by, ValueRange arguments,
                          bool &isZero) {
  IRMapping mapping;
  SmallVector<Operation *> ops = cloneTerms(inner, mapping, arguments);
  SmallVector<Value> values, known;
  unsigned next = op.getNumDpsInputs();
  for (auto [index, cotangent] : llvm::enumerate(cotangents)) {
    values.push_back(mapping.lookupOrDefault(term(index)));
    known.push_back(cotangent ? arguments[next++] : Value());
  }
  Value here = mapping.lookup(by);
  FailureOr<Value> result =
      differentiateScalars(inner, ops, here, values, known);
  if (failed(result))
    return failure();
  isZero = !*result;
  Value yielded =
      *result ? *result : scalar(inner, op.getLoc(), here.getType(), 0);
  linalg::YieldOp::create(inner, op.getLoc(), yielded);
  return success();
}

FailureOr<Value> Body::cotangentOf(Value by) {
  SmallVector<Value> extra;
  SmallVector<AffineMap> maps;
  for (auto [index, cotangent] : llvm::enumerate(cotangents))
    if (cotangent) {
      extra.push_back(cotangent);
      maps.push_back(op.getMatchingIndexingMap(op.getDpsInitOperand(index)));
    }
  bool isZero = false;
  FailureOr<Value> result =
      loops(extra, maps, by.getType(), [&](OpBuilder &inner, ValueRange values) {
        return build(inner, by, values, isZero);
      });
  if (failed(result) || !isZero)
    return result;
  result->getDefiningOp()->erase();
  return Value();
}

/// The row-major number of the element that each step extracts.
Value Body::places(tensor::ExtractOp extract) {
  Location loc = op.getLoc();
  auto shape = extract.getTensor().getType().getShape();
  return *loops({}, {}, builder.getI64Type(),
                [&](OpBuilder &inner, ValueRange values) {
                  IRMapping mapping;
                  cloneTerms(inner, mapping, values);
                  Value number = arith::ConstantIndexOp::create(inner, loc, 0);
                  for (auto [index, size] : llvm::zip(extract.getIndices(), shape)) {
                    Value extent = arith::ConstantIndexOp::create(inner, loc, size);
                    Value scaled = arith::MulIOp::create(inner, loc, number, extent);
                    number = arith::AddIOp::create(
                        inner, loc, scaled, mapping.lookupOrDefault(index));
                  }
                  Value yielded = arith::IndexCastOp::create(
                      inner, loc, inner.getI64Type(), number);
                  linalg::YieldOp::create(inner, loc, yielded);
                  return success();
                });
}

FailureOr<Value> Body::ofCaptured(Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  Location loc = op.getLoc();
  int64_t count = 1;
  for (int64_t size : sizes)
    count *= size;
  Value sum;
  for (Operation &inner : *op.getBody()) {
    if (!llvm::is_contained(inner.getOperands(), tensor))
      continue;
    auto extract = dyn_cast<tensor::ExtractOp>(inner);
    if (!extract)
      return inner.emitOpError("must extract from what gradients pass through");
    FailureOr<Value> parts = cotangentOf(extract.getResult());
    if (failed(parts) || !*parts)
      return parts;
    auto flat = type.clone({type.getNumElements()});
    if (!sum)
      sum = zeros(builder, loc, flat);
    sum = ScatterNdOp::create(
        builder, loc, flat, sum,
        withShape(builder, loc, places(extract), {count, 1}),
        withShape(builder, loc, *parts, count), ScatterReduction::Add);
  }
  return sum ? withShape(builder, loc, sum, type.getShape()) : sum;
}

namespace {
struct GenericRule
    : DifferentiableOpInterface::ExternalModel<GenericRule, linalg::GenericOp> {
  bool differentiatesCaptures(Operation *) const { return true; }

  LogicalResult buildAdjoint(Operation *base, OpBuilder &builder,
                             ArrayRef<Value> cotangents,
                             const llvm::BitVector &wanted,
                             MutableArrayRef<Value> operandCotangents) const {
    auto op = cast<linalg::GenericOp>(base);
    Body body(op, builder, cotangents);
    if (failed(body.check()))
      return failure();
    unsigned inputs = op.getNumDpsInputs(), operands = op->getNumOperands();
    llvm::SetVector<Value> captured;
    getUsedValuesDefinedAbove(op->getRegions(), captured);
    for (unsigned index : wanted.set_bits()) {
      FailureOr<Value> result;
      if (index >= operands)
        result = body.ofCaptured(captured[index - operands]);
      else if (index < inputs)
        result = body.cotangentOf(op.getBody()->getArgument(index));
      else
        result = body.accumulates(index - inputs) ? cotangents[index - inputs]
                                                  : Value();
      if (failed(result))
        return failure();
      if (*result && index < inputs)
        result = sumToOperand(
            builder, op.getLoc(), *result, op.getIndexingMapsArray()[index],
            cast<RankedTensorType>(op->getOperand(index).getType()));
      operandCotangents[index] = *result;
    }
    return success();
  }
};
} // namespace

void lacuna::attachElementWiseRules(MLIRContext *context) {
  linalg::GenericOp::attachInterface<GenericRule>(*context);
}
