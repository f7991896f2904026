//===- AppendUpdate.cpp - From gradients to a step of training ------------===//
// The gradients among a function's results become the parameters' next values;
// the optimiser's state and the step's rate are arguments.
//===----------------------------------------------------------------------===//
#include "Optimizers.h"
#include "TensorOps.h"
#include "lacuna/Autodiff/Passes.h"
#include "lacuna/IR/EntryNames.h"
#include "lacuna/IR/Names.h"
#include "lacuna/Support/TrainingStep.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <numeric>

namespace lacuna {
#define GEN_PASS_DEF_APPENDUPDATE
#include "lacuna/Autodiff/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
/// A parameter, its gradient, and where the gradient is returned.
struct Trained {
  unsigned result;
  std::string name;
  Value parameter, gradient;
};

struct AppendUpdate : lacuna::impl::AppendUpdateBase<AppendUpdate> {
  using AppendUpdateBase::AppendUpdateBase;
  void runOnOperation() override;

private:
  LogicalResult findTrained();
  Value addArgument(StringRef name, RankedTensorType type, bool isState);
  void addResult(StringRef name, Value value, bool isNext);
  void addGenericArguments();
  void accumulateGradients();
  void clipElements();
  void clipNorms();
  void makeScalars();
  void update(const Trained &trained);
  OptimizerNumbers numbers() const;

  const Optimizer *known = nullptr;
  SmallVector<Trained> all;
  Value rate, step, apply;
  SmallVector<Value> scalars;
};
} // namespace

/// Floats of 16 bits are trained in f32.
static Type computeType(Value value) {
  return wideType(getElementTypeOrSelf(value.getType()));
}

/// `body` of each element of `inputs`, those of rank 0 read at every place; a
/// tensor of `shape` for each of `elements`.
static SmallVector<Value>
mapToMany(OpBuilder &builder, Location loc, ArrayRef<int64_t> shape,
          ArrayRef<Type> elements, ValueRange inputs,
          llvm::function_ref<SmallVector<Value>(OpBuilder &, Location,
                                                ValueRange)>
              body) {
  unsigned rank = shape.size();
  SmallVector<AffineMap> maps;
  for (Value input : inputs)
    maps.push_back(cast<RankedTensorType>(input.getType()).getRank() == 0
                       ? AffineMap::get(rank, 0, builder.getContext())
                       : builder.getMultiDimIdentityMap(rank));
  SmallVector<Value> outputs;
  SmallVector<Type> types;
  for (Type element : elements) {
    maps.push_back(builder.getMultiDimIdentityMap(rank));
    outputs.push_back(tensor::EmptyOp::create(builder, loc, shape, element));
    types.push_back(outputs.back().getType());
  }
  SmallVector<utils::IteratorType> loops(rank, utils::IteratorType::parallel);
  auto op = linalg::GenericOp::create(
      builder, loc, types, inputs, outputs, maps, loops,
      [&](OpBuilder &inner, Location at, ValueRange arguments) {
        linalg::YieldOp::create(inner, at,
                                body(inner, at,
                                     arguments.take_front(inputs.size())));
      });
  return SmallVector<Value>(op.getResults());
}

OptimizerNumbers AppendUpdate::numbers() const {
  return {momentum, beta1, beta2, epsilon, weightDecay};
}

LogicalResult AppendUpdate::findTrained() {
  func::FuncOp function = getOperation();
  Operation *end = function.front().getTerminator();
  llvm::StringMap<BlockArgument> arguments;
  for (BlockArgument argument : function.getArguments())
    arguments[argumentName(function, argument.getArgNumber())] = argument;
  for (unsigned i = 0; i < function.getNumResults(); ++i) {
    auto of = function.getResultAttrOfType<StringAttr>(i, names::gradientOf);
    if (!of)
      continue;
    BlockArgument argument = arguments.lookup(of.getValue());
    if (!argument || argument.getType() != end->getOperand(i).getType())
      return function.emitOpError("result ")
             << i << " with `" << names::gradientOf
             << "` must name an argument of its type, got " << of;
    all.push_back({i, of.str(), argument, end->getOperand(i)});
  }
  return success();
}

/// One more argument; states are zero at first.
Value AppendUpdate::addArgument(StringRef name, RankedTensorType type,
                                bool isState) {
  func::FuncOp function = getOperation();
  Builder builder(&getContext());
  SmallVector<NamedAttribute> given{
      builder.getNamedAttr(names::valueName, builder.getStringAttr(name))};
  if (isState)
    given.push_back(
        builder.getNamedAttr(names::initial, builder.getF64FloatAttr(0)));
  unsigned index = function.getNumArguments();
  (void)function.insertArgument(index, type, builder.getDictionaryAttr(given),
                                function.getLoc());
  return function.getArgument(index);
}

/// One more result; if `isNext`, the next value of the argument of that name.
void AppendUpdate::addResult(StringRef name, Value value, bool isNext) {
  func::FuncOp function = getOperation();
  Builder builder(&getContext());
  auto text = builder.getStringAttr(name);
  SmallVector<NamedAttribute> attributes{
      builder.getNamedAttr(names::valueName, text)};
  if (isNext)
    attributes.push_back(builder.getNamedAttr(names::updates, text));
  unsigned index = function.getNumResults();
  Operation *end = function.front().getTerminator();
  end->insertOperands(index, value);
  (void)function.insertResult(index, value.getType(),
                              builder.getDictionaryAttr(attributes));
}

void AppendUpdate::addGenericArguments() {
  auto number = RankedTensorType::get({}, Float64Type::get(&getContext()));
  rate = addArgument(training::rate, number, false);
  step = addArgument(training::step, number, false);
  if (accumulate > 1)
    apply = addArgument(training::apply, number, false);
}

/// The sums of the gradients so far stand for the gradients; they begin anew
/// after a step.
void AppendUpdate::accumulateGradients() {
  OpBuilder builder(getOperation().front().getTerminator());
  for (Trained &trained : all) {
    auto type = cast<RankedTensorType>(trained.gradient.getType());
    Type compute = computeType(trained.gradient);
    Location loc = trained.gradient.getLoc();
    std::string name = trained.name + ".accumulated";
    Value before = addArgument(name, type.clone(compute), true);
    double share = 1.0 / double(accumulate);
    SmallVector<Value> sums = mapToMany(
        builder, loc, type.getShape(), {compute, compute},
        {trained.gradient, before, apply},
        [&](OpBuilder &b, Location at, ValueRange values) {
          ScalarArithmetic m(b, at, compute);
          Value part = m.mul(convert(b, at, values[0], compute),
                             m.number(share));
          Value sum = m.add(values[1], part);
          Value rest = m.mul(sum, m.sub(m.number(1),
                                        convert(b, at, values[2], compute)));
          return SmallVector<Value>{sum, rest};
        });
    trained.gradient = sums[0];
    addResult(name, sums[1], /*isNext=*/true);
  }
}

void AppendUpdate::clipElements() {
  OpBuilder builder(getOperation().front().getTerminator());
  for (Trained &trained : all) {
    auto type = cast<RankedTensorType>(trained.gradient.getType());
    trained.gradient = mapElements(
        builder, trained.gradient.getLoc(), type, trained.gradient,
        [&](OpBuilder &b, Location at, ValueRange values) -> Value {
          ScalarArithmetic m(b, at, type.getElementType());
          Value low = arith::MaximumFOp::create(b, at, values[0],
                                                m.number(-clipValue));
          return arith::MinimumFOp::create(b, at, low, m.number(clipValue));
        });
  }
}

/// Scales all gradients by min(1, clipNorm / (norm + 1e-6)), the norm being
/// that of all of them; it is a result too.
void AppendUpdate::clipNorms() {
  OpBuilder builder(getOperation().front().getTerminator());
  Location loc = getOperation().getLoc();
  Type f64 = builder.getF64Type();
  SmallVector<Value> squares;
  for (Trained &trained : all) {
    auto type = cast<RankedTensorType>(trained.gradient.getType());
    Type compute = computeType(trained.gradient);
    Value square = mapToMany(builder, loc, type.getShape(), compute,
                             trained.gradient,
                             [&](OpBuilder &b, Location at, ValueRange values) {
                               ScalarArithmetic m(b, at, compute);
                               Value g = convert(b, at, values[0], compute);
                               return SmallVector<Value>{m.mul(g, g)};
                             })[0];
    SmallVector<int64_t> dims(type.getRank());
    std::iota(dims.begin(), dims.end(), 0);
    squares.push_back(sumOver(builder, loc, square, dims));
  }
  SmallVector<Value> norms = mapToMany(
      builder, loc, {}, {f64, f64}, squares,
      [&](OpBuilder &b, Location at, ValueRange values) {
        ScalarArithmetic m(b, at, f64);
        Value sum = m.number(0);
        for (Value value : values)
          sum = m.add(sum, convert(b, at, value, f64));
        Value norm = m.sqrt(sum);
        Value factor =
            m.div(m.number(clipNorm), m.add(norm, m.number(1e-6)));
        return SmallVector<Value>{
            norm, arith::MinimumFOp::create(b, at, factor, m.number(1))};
      });
  addResult(training::gradientNorm, norms[0], /*isNext=*/false);
  for (Trained &trained : all) {
    auto type = cast<RankedTensorType>(trained.gradient.getType());
    Type compute = computeType(trained.gradient);
    trained.gradient = mapToMany(
        builder, loc, type.getShape(), compute, {trained.gradient, norms[1]},
        [&](OpBuilder &b, Location at, ValueRange values) {
          ScalarArithmetic m(b, at, compute);
          return SmallVector<Value>{
              m.mul(convert(b, at, values[0], compute),
                    convert(b, at, values[1], compute))};
        })[0];
  }
}

void AppendUpdate::makeScalars() {
  OpBuilder builder(getOperation().front().getTerminator());
  Location loc = getOperation().getLoc();
  Type f64 = builder.getF64Type();
  // How many there are is known once the formula has been written down.
  size_t count = 0;
  {
    OpBuilder scratch(&getContext());
    Block block;
    scratch.setInsertionPointToStart(&block);
    ScalarArithmetic m(scratch, loc, f64);
    Value number = m.number(1);
    count = known->scalars(m, numbers(), number, number).size();
  }
  scalars = mapToMany(builder, loc, {}, SmallVector<Type>(count, f64),
                      {rate, step},
                      [&](OpBuilder &b, Location at, ValueRange values) {
                        ScalarArithmetic m(b, at, f64);
                        return known->scalars(m, numbers(), values[0],
                                              values[1]);
                      });
}

void AppendUpdate::update(const Trained &trained) {
  OpBuilder builder(getOperation().front().getTerminator());
  auto type = cast<RankedTensorType>(trained.parameter.getType());
  Type compute = computeType(trained.parameter);
  SmallVector<Value> inputs{trained.parameter, trained.gradient};
  SmallVector<Type> elements{type.getElementType()};
  SmallVector<std::string> states;
  for (StringLiteral state : known->states) {
    states.push_back(trained.name + "." + state.str());
    inputs.push_back(addArgument(states.back(), type.clone(compute), true));
    elements.push_back(compute);
  }
  size_t stateCount = states.size(), scalarsAt = inputs.size();
  llvm::append_range(inputs, scalars);
  if (apply)
    inputs.push_back(apply);
  SmallVector<Value> next = mapToMany(
      builder, trained.parameter.getLoc(), type.getShape(), elements, inputs,
      [&](OpBuilder &b, Location at, ValueRange values) {
        ScalarArithmetic m(b, at, compute);
        SmallVector<Value> given;
        for (Value value : values)
          given.push_back(convert(b, at, value, compute));
        ArrayRef<Value> view(given);
        ElementStep element{
            given[0], given[1], SmallVector<Value>(view.slice(2, stateCount)),
            SmallVector<Value>(view.slice(scalarsAt, scalars.size()))};
        SmallVector<Value> made = known->update(m, numbers(), element);
        if (apply) {
          Value now = arith::CmpFOp::create(b, at, arith::CmpFPredicate::OGT,
                                            given.back(), m.number(0));
          for (size_t i = 0; i < made.size(); ++i)
            made[i] = arith::SelectOp::create(b, at, now, made[i],
                                              i ? given[1 + i] : given[0]);
        }
        made[0] = convert(b, at, made[0], type.getElementType());
        return made;
      });
  addResult(trained.name, next[0], /*isNext=*/true);
  for (size_t i = 0; i < stateCount; ++i)
    addResult(states[i], next[1 + i], /*isNext=*/true);
}

void AppendUpdate::runOnOperation() {
  if (optimizer == "none" || !getOperation().isPublic())
    return;
  known = findOptimizer(optimizer);
  if (!known) {
    getOperation().emitOpError("`optimizer` must be ")
        << listOptimizers() << " or `none`, got `" << optimizer << "`";
    return signalPassFailure();
  }
  if (failed(findTrained()))
    return signalPassFailure();
  if (all.empty()) {
    getOperation().emitOpError("must have arguments with `")
        << names::requiresGrad << "` to be trained";
    return signalPassFailure();
  }
  Operation *end = getOperation().front().getTerminator();
  for (const Trained &trained : llvm::reverse(all)) {
    end->eraseOperand(trained.result);
    (void)getOperation().eraseResult(trained.result);
  }
  addGenericArguments();
  if (accumulate > 1)
    accumulateGradients();
  if (clipValue > 0)
    clipElements();
  if (clipNorm > 0)
    clipNorms();
  makeScalars();
  for (const Trained &trained : all)
    update(trained);
}
