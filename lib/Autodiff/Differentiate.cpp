//===- Differentiate.cpp - Reverse-mode differentiation -------------------===//
// Accumulates cotangents against program order, over the values that depend on
// a wanted argument and reach the loss.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "TensorOps.h"
#include "lacuna/Autodiff/Passes.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/EntryNames.h"
#include "lacuna/IR/Names.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"

namespace lacuna {
#define GEN_PASS_DEF_DIFFERENTIATE
#include "lacuna/Autodiff/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {

/// Which values a derivative passes through.
class Activity {
public:
  Activity(ArrayRef<Operation *> ops, ArrayRef<Value> sources,
           ArrayRef<Value> outputs)
      : outputs(outputs) {
    varied.insert(sources.begin(), sources.end());
    for (Operation *op : ops)
      if (!isa<DetachOp, NoGradOp>(op) && llvm::any_of(reads(op), [&](Value v) {
            return varied.contains(v);
          }))
        for (Value result : op->getResults())
          if (isa<FloatType>(getElementTypeOrSelf(result.getType())))
            varied.insert(result);
    useful.insert(outputs.begin(), outputs.end());
    for (Operation *op : llvm::reverse(ops))
      if (llvm::any_of(op->getResults(), [&](Value v) { return isActive(v); }))
        for (Value read : reads(op))
          useful.insert(read);
  }

  bool isActive(Value value) const {
    return varied.contains(value) && useful.contains(value);
  }

  /// The names of ops from the loss through `op` to an argument.
  std::string describePath(Operation *op) const;

  /// What `op` reads, in its regions too.
  static SmallVector<Value> reads(Operation *op) {
    llvm::SetVector<Value> values(op->operand_begin(), op->operand_end());
    getUsedValuesDefinedAbove(op->getRegions(), values);
    return values.takeVector();
  }

private:
  Operation *nextToLoss(Operation *op) const;

  SmallVector<Value> outputs;
  DenseSet<Value> varied, useful;
};

Operation *Activity::nextToLoss(Operation *op) const {
  for (Value result : op->getResults())
    if (llvm::is_contained(outputs, result))
      return nullptr;
  for (Value result : op->getResults()) {
    if (!isActive(result))
      continue;
    for (Operation *user : result.getUsers()) {
      Operation *outer = op->getBlock()->findAncestorOpInBlock(*user);
      if (llvm::any_of(outer->getResults(),
                       [&](Value v) { return isActive(v); }))
        return outer;
    }
  }
  return nullptr;
}

std::string Activity::describePath(Operation *op) const {
  std::string path;
  for (Operation *next = nextToLoss(op); next; next = nextToLoss(next))
    path = (next->getName().getStringRef() + ", " + path).str();
  while (op) {
    path += op->getName().getStringRef().str() + ", ";
    SmallVector<Value> values = reads(op);
    auto active = llvm::find_if(values, [&](Value v) { return isActive(v); });
    if (active == values.end())
      break;
    op = active->getDefiningOp();
    if (auto argument = dyn_cast<BlockArgument>(*active))
      path += "argument " + std::to_string(argument.getArgNumber());
  }
  return path;
}

/// The backward direction of `ops`, written before `end`.
class ReverseMode {
public:
  ReverseMode(ArrayRef<Operation *> ops, ArrayRef<Value> outputs,
              ArrayRef<Value> sources, Operation *end)
      : ops(ops), outputs(outputs), sources(sources), end(end), builder(end),
        activity(ops, sources, outputs) {}

  /// From the cotangents of the outputs to those of the sources; null: zero.
  FailureOr<SmallVector<Value>> run(ArrayRef<Value> cotangents);

private:
  LogicalResult visit(Operation *op);
  LogicalResult visitRecompute(RecomputeOp op, ArrayRef<Value> cotangents);
  Value cotangentOf(Value value);

  ArrayRef<Operation *> ops;
  ArrayRef<Value> outputs, sources;
  Operation *end;
  OpBuilder builder;
  Activity activity;
  DenseMap<Value, SmallVector<Value>> contributions;
};

/// The sum of all contributions, by one op; null without any.
Value ReverseMode::cotangentOf(Value value) {
  SmallVector<Value> &parts = contributions[value];
  if (parts.size() < 2)
    return parts.empty() ? Value() : parts.front();
  auto add = [](OpBuilder &inner, Location loc, ValueRange values) {
    Value sum = values.front();
    for (Value next : values.drop_front())
      sum = arith::AddFOp::create(inner, loc, sum, next);
    return sum;
  };
  Value sum =
      mapElements(builder, value.getLoc(),
                  cast<RankedTensorType>(value.getType()), parts, add);
  parts = {sum};
  return sum;
}

LogicalResult ReverseMode::visit(Operation *op) {
  // A source may be computed from what is constant.
  if (llvm::none_of(Activity::reads(op),
                    [&](Value v) { return activity.isActive(v); }))
    return success();
  SmallVector<Value> cotangents;
  for (Value result : op->getResults())
    cotangents.push_back(activity.isActive(result) ? cotangentOf(result)
                                                   : Value());
  if (llvm::none_of(cotangents, [](Value v) { return bool(v); }))
    return success();
  if (auto recompute = dyn_cast<RecomputeOp>(op))
    return visitRecompute(recompute, cotangents);
  auto rule = dyn_cast<DifferentiableOpInterface>(op);
  SmallVector<Value> operands(op->getOperands());
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  llvm::append_range(operands, captured);
  bool capturesAny = llvm::any_of(
      captured, [&](Value v) { return activity.isActive(v); });
  if (!rule || (capturesAny && !rule.differentiatesCaptures()))
    return op->emitOpError(rule ? "must not read in its region what gradients "
                                  "pass through"
                                : "must have a rule to be differentiated")
               .attachNote()
           << "on the way from the loss: " << activity.describePath(op);
  llvm::BitVector wanted(operands.size());
  for (auto [index, operand] : llvm::enumerate(operands))
    wanted[index] = activity.isActive(operand);
  SmallVector<Value> result(operands.size());
  if (failed(rule.buildAdjoint(builder, cotangents, wanted, result)))
    return failure();
  for (auto [index, operand] : llvm::enumerate(operands))
    if (wanted[index] && result[index])
      contributions[operand].push_back(result[index]);
  return success();
}

/// Runs a copy of the body again, on inputs that nothing connects with those
/// of the first run.
LogicalResult ReverseMode::visitRecompute(RecomputeOp op,
                                          ArrayRef<Value> cotangents) {
  Block &body = op.getBody().front();
  auto barrier = BarrierOp::create(builder, op.getLoc(), op->getOperandTypes(),
                                   op.getInputs());
  IRMapping mapping;
  mapping.map(body.getArguments(), barrier.getResults());
  SmallVector<Operation *> copies;
  for (Operation &inner : body.without_terminator())
    copies.push_back(builder.clone(inner, mapping));
  SmallVector<Value> results, inputs, wanted;
  for (Value value : body.getTerminator()->getOperands())
    results.push_back(mapping.lookup(value));
  for (auto [outside, inside] :
       llvm::zip_equal(op.getInputs(), barrier.getResults()))
    if (activity.isActive(outside)) {
      inputs.push_back(outside);
      wanted.push_back(inside);
    }
  auto gradients = ReverseMode(copies, results, wanted, end).run(cotangents);
  if (failed(gradients))
    return failure();
  for (auto [input, gradient] : llvm::zip_equal(inputs, *gradients))
    if (gradient)
      contributions[input].push_back(gradient);
  return success();
}

FailureOr<SmallVector<Value>> ReverseMode::run(ArrayRef<Value> cotangents) {
  for (auto [output, cotangent] : llvm::zip_equal(outputs, cotangents))
    if (cotangent)
      contributions[output].push_back(cotangent);
  for (Operation *op : llvm::reverse(ops))
    if (failed(visit(op)))
      return failure();
  SmallVector<Value> gradients;
  for (Value source : sources)
    gradients.push_back(cotangentOf(source));
  return gradients;
}

/// The gradients of `loss`, which the ops before `end` compute, one a source.
/// What is added carries a mark.
FailureOr<SmallVector<Value>> differentiate(Value loss, ArrayRef<Value> sources,
                                            Operation *end) {
  SmallVector<Operation *> forward;
  for (Operation *op = &end->getBlock()->front(); op != end;
       op = op->getNextNode())
    forward.push_back(op);
  OpBuilder builder(end);
  auto lossType = cast<RankedTensorType>(loss.getType());
  Value one = arith::ConstantOp::create(
      builder, loss.getLoc(),
      DenseElementsAttr::get(
          lossType, builder.getFloatAttr(lossType.getElementType(), 1.0)));
  auto gradients = ReverseMode(forward, loss, sources, end).run(one);
  if (failed(gradients))
    return failure();
  for (auto [source, gradient] : llvm::zip_equal(sources, *gradients))
    if (!gradient)
      gradient = zeros(builder, source.getLoc(),
                       cast<RankedTensorType>(source.getType()));
  for (Operation *op = one.getDefiningOp(); op != end; op = op->getNextNode())
    op->setAttr(names::backward, builder.getUnitAttr());
  return gradients;
}

bool isFloatTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() &&
         isa<FloatType>(tensor.getElementType());
}

struct Differentiate : lacuna::impl::DifferentiateBase<Differentiate> {
  void runOnOperation() override;
  LogicalResult expand(GradientOp op);
  FailureOr<SmallVector<Value>> findArguments();
  LogicalResult checkLoss();
  void nameResults(ArrayRef<Value> arguments);
};

/// Puts the ops of the backward direction in the place of `op`.
LogicalResult Differentiate::expand(GradientOp op) {
  func::FuncOp function = getOperation();
  if (op->getBlock() != &function.front() || !function.getBody().hasOneBlock())
    return op.emitOpError("must stand in the one block of its function");
  auto gradients =
      differentiate(op.getLoss(), SmallVector<Value>(op.getSources()), op);
  if (failed(gradients))
    return failure();
  op.replaceAllUsesWith(*gradients);
  op.erase();
  return success();
}

FailureOr<SmallVector<Value>> Differentiate::findArguments() {
  func::FuncOp function = getOperation();
  SmallVector<Value> wanted;
  for (BlockArgument argument : function.getArguments()) {
    unsigned index = argument.getArgNumber();
    if (!function.getArgAttr(index, names::requiresGrad))
      continue;
    if (!isFloatTensor(argument.getType()))
      return function.emitOpError("argument ")
             << index << " with `" << names::requiresGrad
             << "` must be a float tensor of known shape, got "
             << argument.getType();
    wanted.push_back(argument);
  }
  return wanted;
}

LogicalResult Differentiate::checkLoss() {
  func::FuncOp function = getOperation();
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("must have one block to be differentiated");
  if (function.getNumResults() == 0)
    return function.emitOpError("must have a loss as first result");
  Type type = function.getResultTypes().front();
  if (isFloatTensor(type) && cast<RankedTensorType>(type).getNumElements() == 1)
    return success();
  return function.emitOpError("the loss, its first result, must be a float "
                              "tensor of one element, got ")
         << type;
}

/// Gives the function its new results; they are called after the arguments.
void Differentiate::nameResults(ArrayRef<Value> arguments) {
  func::FuncOp function = getOperation();
  unsigned first = function.getNumResults();
  SmallVector<Type> results(function.front().getTerminator()->getOperandTypes());
  SmallVector<DictionaryAttr> attributes;
  function.getAllResultAttrs(attributes);
  function.setType(FunctionType::get(
      &getContext(), function.getArgumentTypes(), results));
  attributes.resize(results.size(), DictionaryAttr::get(&getContext()));
  function.setAllResultAttrs(attributes);
  for (auto [offset, argument] : llvm::enumerate(arguments)) {
    unsigned index = cast<BlockArgument>(argument).getArgNumber();
    std::string name = argumentName(function, index);
    function.setResultAttr(first + offset, names::valueName,
                           StringAttr::get(&getContext(), "d_" + name));
    function.setResultAttr(first + offset, names::gradientOf,
                           StringAttr::get(&getContext(), name));
    function.removeArgAttr(index, names::requiresGrad);
  }
}

void Differentiate::runOnOperation() {
  SmallVector<GradientOp> inner;
  getOperation().walk([&](GradientOp op) { inner.push_back(op); });
  FailureOr<SmallVector<Value>> arguments = findArguments();
  if (failed(arguments))
    return signalPassFailure();
  if (!inner.empty() || !arguments->empty())
    giveStatistics(getOperation());
  for (GradientOp op : inner)
    if (failed(expand(op)))
      return signalPassFailure();
  if (arguments->empty())
    return;
  if (failed(checkLoss()))
    return signalPassFailure();
  Operation *end = getOperation().front().getTerminator();
  auto gradients = differentiate(end->getOperand(0), *arguments, end);
  if (failed(gradients))
    return signalPassFailure();
  end->insertOperands(end->getNumOperands(), *gradients);
  nameResults(*arguments);
}
} // namespace
