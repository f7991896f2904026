//===- AppendLoss.cpp - From a prediction to a training loss --------------===//
// The function gets labels as an argument, and loss and confusion matrix in the
// place of its results.
//===----------------------------------------------------------------------===//
#include "TensorOps.h"
#include "lacuna/Autodiff/Passes.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Names.h"
#include "lacuna/Support/TrainingStep.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <numeric>

namespace lacuna {
#define GEN_PASS_DEF_APPENDLOSS
#include "lacuna/Autodiff/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
struct AppendLoss : lacuna::impl::AppendLossBase<AppendLoss> {
  using AppendLossBase::AppendLossBase;
  void runOnOperation() override;

private:
  LogicalResult findPrediction();
  LogicalResult appendCrossEntropy();
  void appendMean(ScalarBody body, Value logSigmoid = {});
  void appendLogistic();
  Value addLabel(RankedTensorType type);
  void replaceResults();

  Location place() const { return prediction.getLoc(); }

  Value prediction;
  SmallVector<std::pair<Value, StringRef>> results;
};

/// What one element of the prediction loses, by the name of the loss.
struct ElementLoss {
  StringLiteral name;
  Value (*build)(OpBuilder &, Location, ValueRange);
};
} // namespace

static Value absoluteError(OpBuilder &b, Location loc, ValueRange pair) {
  Value difference = arith::SubFOp::create(b, loc, pair[0], pair[1]);
  return math::AbsFOp::create(b, loc, difference);
}

static Value squaredError(OpBuilder &b, Location loc, ValueRange pair) {
  Value difference = arith::SubFOp::create(b, loc, pair[0], pair[1]);
  return arith::MulFOp::create(b, loc, difference, difference);
}

/// Half the square up to 1, beyond it the absolute value less a half.
static Value huberError(OpBuilder &b, Location loc, ValueRange pair) {
  Value size = absoluteError(b, loc, pair);
  Type type = size.getType();
  Value one = scalar(b, loc, type, 1), half = scalar(b, loc, type, 0.5);
  Value near = arith::MinimumFOp::create(b, loc, size, one);
  Value square = arith::MulFOp::create(b, loc, near, near);
  Value far = arith::SubFOp::create(b, loc, size, near);
  return arith::AddFOp::create(
      b, loc, arith::MulFOp::create(b, loc, square, half), far);
}

static const ElementLoss elementLosses[] = {
    {"mse", squaredError}, {"l1", absoluteError}, {"huber", huberError}};

LogicalResult AppendLoss::findPrediction() {
  func::FuncOp function = getOperation();
  if (!function.getBody().hasOneBlock() || function.getNumResults() == 0)
    return function.emitOpError("must have one block and a prediction as first "
                                "result to be trained");
  prediction = function.front().getTerminator()->getOperand(0);
  auto type = dyn_cast<RankedTensorType>(prediction.getType());
  if (type && type.hasStaticShape() && type.getNumElements() > 0 &&
      isa<FloatType>(type.getElementType()))
    return success();
  return function.emitOpError("the prediction, its first result, must be a "
                              "float tensor with elements, got ")
         << prediction.getType();
}

Value AppendLoss::addLabel(RankedTensorType type) {
  func::FuncOp function = getOperation();
  Builder builder(&getContext());
  auto name = builder.getNamedAttr(names::valueName,
                                   builder.getStringAttr(training::label));
  unsigned index = function.getNumArguments();
  (void)function.insertArgument(index, type, builder.getDictionaryAttr(name),
                                place());
  return function.getArgument(index);
}

/// The prediction's classes come second, as the loss has them.
static Value classesSecond(OpBuilder &builder, Location loc, Value value,
                           int64_t axis) {
  int64_t rank = cast<RankedTensorType>(value.getType()).getRank();
  SmallVector<int64_t> order;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (dim != axis)
      order.push_back(dim);
  order.insert(order.begin() + 1, axis);
  return permute(builder, loc, value, order);
}

LogicalResult AppendLoss::appendCrossEntropy() {
  Location loc = place();
  OpBuilder builder(getOperation().front().getTerminator());
  int64_t rank = cast<RankedTensorType>(prediction.getType()).getRank();
  int64_t axis = classAxis < 0 ? classAxis + rank : classAxis;
  if (rank < 2 || axis < 1 || axis >= rank)
    return getOperation().emitOpError("`class-axis` must be a dimension of the "
                                      "prediction, not the first, got ")
           << int64_t(classAxis) << " for " << prediction.getType();
  prediction = classesSecond(builder, loc, prediction, axis);
  auto type = cast<RankedTensorType>(prediction.getType());
  int64_t classes = type.getDimSize(1);
  SmallVector<int64_t> shape(type.getShape());
  shape.erase(shape.begin() + 1);
  auto labelType = RankedTensorType::get(shape, builder.getI64Type());
  Value label = addLabel(labelType);
  auto ignored = builder.getI64IntegerAttr(ignoreIndex);
  auto loss = CrossEntropyOp::create(
      builder, loc, RankedTensorType::get({}, type.getElementType()), Type(),
      prediction, label, Value(), LossReduction::Mean, ignored);
  results.push_back({loss.getLoss(), training::loss});
  Value best = ArgExtremeOp::create(builder, loc, labelType, prediction,
                                    Extreme::Max, 1, /*select_last=*/false);
  Value matrix = ConfusionMatrixOp::create(
      builder, loc,
      RankedTensorType::get({classes, classes}, builder.getI64Type()), best,
      label, classes, ignored);
  results.push_back({matrix, training::confusion});
  return success();
}

/// The mean over all elements of `body` of prediction, label and, if given, a
/// third.
void AppendLoss::appendMean(ScalarBody body, Value logSigmoid) {
  Location loc = place();
  OpBuilder builder(getOperation().front().getTerminator());
  auto type = cast<RankedTensorType>(prediction.getType());
  Value label = addLabel(type);
  SmallVector<Value> inputs{prediction, label};
  if (logSigmoid)
    inputs.push_back(logSigmoid);
  Value losses = mapElements(builder, loc, type, inputs, body);
  SmallVector<int64_t> dims(type.getRank());
  std::iota(dims.begin(), dims.end(), 0);
  Value sum = sumOver(builder, loc, losses, dims);
  double share = 1.0 / double(type.getNumElements());
  Value mean = mapElements(
      builder, loc, cast<RankedTensorType>(sum.getType()), sum,
      [&](OpBuilder &b, Location at, ValueRange values) -> Value {
        Value factor = scalar(b, at, values[0].getType(), share);
        return arith::MulFOp::create(b, at, values[0], factor);
      });
  results.push_back({mean, training::loss});
}

/// Puts the loss first; of the old results only next values of arguments stay.
void AppendLoss::replaceResults() {
  func::FuncOp function = getOperation();
  Operation *end = function.front().getTerminator();
  Builder builder(&getContext());
  SmallVector<Value> values;
  SmallVector<DictionaryAttr> attributes;
  for (auto [value, name] : results) {
    values.push_back(value);
    attributes.push_back(builder.getDictionaryAttr(builder.getNamedAttr(
        names::valueName, builder.getStringAttr(name))));
  }
  for (auto [index, value] : llvm::enumerate(end->getOperands())) {
    if (!function.getResultAttr(index, names::updates))
      continue;
    values.push_back(value);
    attributes.push_back(function.getResultAttrDict(index));
  }
  end->setOperands(values);
  function.setType(builder.getFunctionType(function.getArgumentTypes(),
                                           ValueRange(values).getTypes()));
  function.setAllResultAttrs(attributes);
}

/// softplus(x) - x label, for a label of 0 to 1 and x the log of the odds.
/// softplus(x) is -log sigmoid(-x), whose rule is exact at 0 too.
void AppendLoss::appendLogistic() {
  Location loc = place();
  OpBuilder builder(getOperation().front().getTerminator());
  auto type = cast<RankedTensorType>(prediction.getType());
  Value negative = mapElements(
      builder, loc, type, prediction,
      [](OpBuilder &b, Location at, ValueRange values) -> Value {
        return arith::NegFOp::create(b, at, values[0]);
      });
  Value logSigmoid =
      ActivationOp::create(builder, loc, type, negative,
                           ActivationKind::LogSigmoid, FloatAttr(), FloatAttr());
  appendMean(
      [](OpBuilder &b, Location at, ValueRange values) -> Value {
        Value linear = arith::MulFOp::create(b, at, values[0], values[1]);
        return arith::NegFOp::create(
            b, at, arith::AddFOp::create(b, at, values[2], linear));
      },
      logSigmoid);
}

void AppendLoss::runOnOperation() {
  if (loss == "result" || !getOperation().isPublic())
    return;
  if (failed(findPrediction()))
    return signalPassFailure();
  const auto *known = llvm::find_if(
      elementLosses, [&](const ElementLoss &entry) { return entry.name == loss; });
  if (loss == "cross-entropy") {
    if (failed(appendCrossEntropy()))
      return signalPassFailure();
  } else if (loss == "binary-cross-entropy") {
    appendLogistic();
  } else if (known != std::end(elementLosses)) {
    appendMean(known->build);
  } else {
    getOperation().emitOpError("`loss` must be `cross-entropy`, "
                               "`binary-cross-entropy`, `mse`, `l1`, `huber` "
                               "or `result`, got `")
        << loss << "`";
    return signalPassFailure();
  }
  replaceResults();
}
