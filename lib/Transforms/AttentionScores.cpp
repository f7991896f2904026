//===- AttentionScores.cpp - From a product to a softmax ------------------===//
#include "AttentionScores.h"
#include "lacuna/IR/Names.h"
#include "lacuna/IR/OpClass.h"

#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

/// How many steps are followed.
static constexpr int mostSteps = 32;
/// No score is so large that adding to this one makes another number.
static constexpr double hiding = -1e30;

FailureOr<Product> Product::of(Value result) {
  auto op = result.getDefiningOp<linalg::ContractOp>();
  auto fill = op ? op.getOutputs()[0].getDefiningOp<linalg::FillOp>() : nullptr;
  if (!fill || !matchPattern(fill.value(), m_AnyZeroFloat()))
    return failure();
  auto maps = cast<linalg::LinalgOp>(op.getOperation()).getIndexingMapsArray();
  Product product{op.getInputs()[0], op.getInputs()[1], maps[0], maps[1],
                  int64_t(maps[2].getNumResults()) - 2};
  if (product.batch < 1 || product.batch > 2 ||
      maps[2].getNumDims() != maps[2].getNumResults() + 1)
    return failure();
  // The result map is the leading loops in order; k is the last loop.
  for (auto [dim, expr] : llvm::enumerate(maps[2].getResults()))
    if (expr != getAffineDimExpr(dim, op.getContext()))
      return failure();
  auto reads = [&](AffineMap map, int64_t loop) {
    return map.isFunctionOfDim(loop);
  };
  if (!reads(product.leftMap, product.m()))
    std::swap(product.left, product.right),
        std::swap(product.leftMap, product.rightMap);
  if (!reads(product.leftMap, product.m()) ||
      !reads(product.leftMap, product.k()) ||
      reads(product.leftMap, product.n()) ||
      !reads(product.rightMap, product.n()) ||
      !reads(product.rightMap, product.k()) ||
      reads(product.rightMap, product.m()))
    return failure();
  return product;
}

std::optional<double> lacuna::uniformValue(Value value) {
  DenseFPElementsAttr elements;
  if (!matchPattern(value, m_Constant(&elements)) || !elements.isSplat())
    return std::nullopt;
  return elements.getSplatValue<APFloat>().convertToDouble();
}

Value lacuna::peelScale(Value value, double &scale) {
  while (true) {
    auto product = matchGeneric<arith::MulFOp>(value);
    auto quotient = product ? product : matchGeneric<arith::DivFOp>(value);
    if (!quotient || !value.hasOneUse() || quotient.getInputs().size() != 2)
      return value;
    std::optional<double> factor = uniformValue(quotient.getInputs()[1]);
    if (!factor || *factor == 0 ||
        !quotient.getIndexingMapsArray()[0].isIdentity())
      return value;
    scale *= product ? *factor : 1 / *factor;
    value = quotient.getInputs()[0];
  }
}

/// Whether `map` is the loops in order, each possibly the constant 0.
static bool isBroadcast(AffineMap map) {
  for (auto [dim, expr] : llvm::enumerate(map.getResults())) {
    int64_t loop = map.getNumDims() - map.getNumResults() + dim;
    auto zero = dyn_cast<AffineConstantExpr>(expr);
    if (!(zero && zero.getValue() == 0) &&
        expr != getAffineDimExpr(loop, map.getContext()))
      return false;
  }
  return true;
}

/// Whether `map` picks loops and constants, as `tensor.extract` can.
static bool isPicking(AffineMap map) {
  return llvm::all_of(map.getResults(),
                      llvm::IsaPred<AffineDimExpr, AffineConstantExpr>);
}

/// Whether a gradient passes through `value`: the score region has none to give.
static bool isDifferentiated(Value value) {
  if (!isa<FloatType>(getElementTypeOrSelf(value.getType())))
    return false;
  auto isParameter = [](Value leaf) {
    auto argument = dyn_cast<BlockArgument>(leaf);
    auto function = argument ? dyn_cast<func::FuncOp>(
                                   argument.getOwner()->getParentOp())
                             : func::FuncOp();
    return function && function.getArgAttr(argument.getArgNumber(),
                                           names::requiresGrad);
  };
  BackwardSliceOptions options;
  options.inclusive = true;
  options.omitUsesFromAbove = false;
  llvm::SetVector<Operation *> slice;
  if (failed(getBackwardSlice(value, &slice, options)))
    return true;
  return isParameter(value) || llvm::any_of(slice, [&](Operation *op) {
    return llvm::any_of(op->getOperands(), isParameter);
  });
}

/// Whether `op` fits a score region: element-wise, and what it reads is there.
static bool isRegionOp(Operation &op) {
  if (isa<linalg::IndexOp>(op)) // an argument there
    return true;
  return fitsScoreRegion(&op) && llvm::all_of(op.getOperands(), [&](Value operand) {
    return operand.getParentBlock() == op.getBlock() ||
           matchPattern(operand, m_Constant()) ||
           (isa<tensor::ExtractOp>(op) && operand == op.getOperand(0) &&
            !isDifferentiated(operand));
  });
}

/// tanh as its own op, which is all that attention has a scalar form of.
static bool isTanh(Operation *op) {
  auto activation = dyn_cast<ActivationOp>(op);
  return (activation && activation.getKind() == ActivationKind::Tanh) ||
         matchGeneric<math::TanhOp>(op->getResult(0));
}

/// Whether `op` could stand between a product and a softmax.
static bool isStep(Operation *op) {
  if (isa<ActivationOp>(op))
    return isTanh(op);
  auto generic = dyn_cast<linalg::GenericOp>(op);
  return generic && generic.getNumResults() == 1 &&
         generic.isAllParallelLoops() &&
         generic.getIndexingMapsArray().back().isIdentity() &&
         generic.getBody()->getArguments().back().use_empty();
}

/// Follows `value` back to its product, through ops that nothing else reads.
static FailureOr<Scores> follow(Value value, int steps) {
  auto isOurs = [](Value value) {
    return llvm::all_equal(value.getUsers());
  };
  Scores scores;
  Value inner = peelScale(value, scores.scale);
  // 16-bit scores that a softmax takes in f32 need not be rounded between.
  if (auto wide = matchGeneric<arith::ExtFOp>(inner); wide && inner.hasOneUse())
    inner = peelScale(wide.getInputs()[0], scores.scale);
  FailureOr<Product> product = Product::of(inner);
  if (succeeded(product) && isOurs(inner)) {
    scores.product = *product;
    return scores;
  }
  Operation *op = value.getDefiningOp();
  if (!op || steps == 0 || !isOurs(value) || !isStep(op))
    return failure();
  auto generic = dyn_cast<linalg::GenericOp>(op);
  unsigned inputs = generic ? generic.getInputs().size() : 1;
  for (unsigned i = 0; i < inputs; ++i) {
    if (op->getOperand(i).getType() != value.getType() ||
        (generic && !generic.getIndexingMapsArray()[i].isIdentity()))
      continue;
    FailureOr<Scores> found = follow(op->getOperand(i), steps - 1);
    if (failed(found))
      continue;
    found->steps.push_back({op, op->getOperand(i)});
    return found;
  }
  return failure();
}

static std::optional<ScoreMask> matchMask(const ScoreStep &step) {
  Value result = step.op->getResult(0);
  auto sum = matchGeneric<arith::AddFOp>(result);
  auto select = matchGeneric<arith::SelectOp>(result);
  linalg::GenericOp generic = sum ? sum : select;
  if (!generic || generic.getInputs().size() != (sum ? 2 : 3))
    return std::nullopt;
  OperandRange inputs = generic.getInputs();
  auto maps = generic.getIndexingMapsArray();
  ScoreMask mask;
  if (sum) {
    unsigned other = inputs[0] == step.scores ? 1 : 0;
    mask.value = inputs[other];
    mask.map = maps[other];
  } else {
    bool whereTrue = inputs[2] == step.scores;
    mask.value = inputs[0];
    mask.map = maps[0];
    mask.hidden = uniformValue(inputs[whereTrue ? 1 : 2]);
    mask.hiddenWhere = whereTrue;
    if (!mask.hidden || *mask.hidden > hiding)
      return std::nullopt;
  }
  if (mask.value == step.scores || !isBroadcast(mask.map))
    return std::nullopt;
  mask.element = getElementTypeOrSelf(step.scores.getType());
  return mask;
}

/// The loops of `masks` that one of them differs along, at their sizes; 1 for
/// the others.
static SmallVector<int64_t> shapeOf(ArrayRef<ScoreMask> masks) {
  SmallVector<int64_t> shape(masks[0].map.getNumDims(), 1);
  for (const ScoreMask &mask : masks) {
    auto sizes = cast<RankedTensorType>(mask.value.getType()).getShape();
    for (auto [size, expr] : llvm::zip(sizes, mask.map.getResults()))
      if (auto loop = dyn_cast<AffineDimExpr>(expr))
        shape[loop.getPosition()] = size;
  }
  return shape;
}

/// Masks are put together where that makes no larger one, heads aside.
static bool isWorthJoining(ArrayRef<ScoreMask> masks) {
  SmallVector<int64_t> joined = shapeOf(masks);
  return masks.size() == 1 || joined[joined.size() - 3] == 1 ||
         llvm::any_of(masks, [&](const ScoreMask &mask) {
           return shapeOf(mask) == ArrayRef(joined);
         });
}

/// Takes c tanh(x / c) off the end of the steps.
static void takeCap(Scores &scores) {
  auto &steps = scores.steps;
  if (steps.size() < 2 || !isTanh(steps[steps.size() - 2].op))
    return;
  double cap = 1, divisor = 1;
  if (peelScale(steps.back().op->getResult(0), cap) != steps.back().scores ||
      !(cap > 0) || !std::isfinite(cap))
    return;
  if (steps.size() == 2) {
    scores.scale *= cap;
  } else {
    const ScoreStep &inner = steps[steps.size() - 3];
    if (peelScale(inner.op->getResult(0), divisor) != inner.scores ||
        std::abs(divisor * cap - 1) > 1e-6)
      return;
  }
  steps.pop_back_n(std::min<size_t>(steps.size(), 3));
  scores.cap = cap;
}

/// Whether the region can do `step`.
static bool fitsRegion(const ScoreStep &step) {
  auto generic = dyn_cast<linalg::GenericOp>(step.op);
  if (!generic)
    return true;
  for (auto [input, map] :
       llvm::zip(generic.getInputs(), generic.getIndexingMapsArray()))
    if (!isPicking(map) || (input != step.scores && isDifferentiated(input)))
      return false;
  return llvm::all_of(generic.getBody()->without_terminator(), isRegionOp);
}

FailureOr<Scores> Scores::of(Value value) {
  FailureOr<Scores> scores = follow(value, mostSteps);
  if (failed(scores))
    return failure();
  auto &steps = scores->steps;
  auto &masks = scores->masks;
  while (!steps.empty()) {
    std::optional<ScoreMask> mask = matchMask(steps.back());
    if (!mask)
      break;
    masks.insert(masks.begin(), *mask);
    if (!isWorthJoining(masks)) {
      masks.erase(masks.begin());
      break;
    }
    steps.pop_back();
  }
  takeCap(*scores);
  if (!llvm::all_of(steps, fitsRegion))
    return failure();
  return scores;
}

/// A mask of (0, -inf) by a condition is the condition.
static Value asCondition(Value mask) {
  auto select = matchGeneric<arith::SelectOp>(mask);
  if (!select || select.getInputs().size() != 3 ||
      !select.getIndexingMapsArray()[0].isIdentity())
    return mask;
  std::optional<double> yes = uniformValue(select.getInputs()[1]),
                        no = uniformValue(select.getInputs()[2]);
  if (!yes || !no || *yes != 0 || !std::isinf(*no) || *no > 0)
    return mask;
  return select.getInputs()[0];
}

Value Scores::buildMask(OpBuilder &builder, Location loc) const {
  if (masks.empty())
    return {};
  const ScoreMask &first = masks[0];
  if (masks.size() == 1 && !first.hidden)
    return asCondition(first.value);
  if (masks.size() == 1 && std::isinf(*first.hidden) && !first.hiddenWhere)
    return first.value;
  Type element = first.element;
  SmallVector<int64_t> shape = shapeOf(masks);
  Value init = tensor::EmptyOp::create(builder, loc, shape, element);
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  for (const ScoreMask &mask : masks) {
    inputs.push_back(mask.value);
    maps.push_back(mask.map);
  }
  maps.push_back(builder.getMultiDimIdentityMap(shape.size()));
  SmallVector<utils::IteratorType> loops(shape.size(),
                                         utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, loc, init.getType(), inputs, init, maps, loops,
      [&](OpBuilder &b, Location loc, ValueRange elements) {
        Value sum;
        for (auto [mask, term] : llvm::zip(masks, elements)) {
          auto number = [&](double value) -> Value {
            return arith::ConstantOp::create(b, loc,
                                             b.getFloatAttr(element, value));
          };
          if (mask.hidden) {
            Value shown = number(0), hidden = number(*mask.hidden);
            if (mask.hiddenWhere)
              std::swap(shown, hidden);
            term = arith::SelectOp::create(b, loc, term, shown, hidden);
          }
          sum = sum ? arith::AddFOp::create(b, loc, sum, term) : term;
        }
        linalg::YieldOp::create(b, loc, sum);
      });
  return generic.getResult(0);
}

/// The result of one step, in the region of scores at `indices`.
static Value applyStep(OpBuilder &b, const ScoreStep &step, Value score,
                       ArrayRef<Value> indices) {
  Location loc = step.op->getLoc();
  auto generic = dyn_cast<linalg::GenericOp>(step.op);
  if (!generic)
    return math::TanhOp::create(b, loc, score);
  IRMapping mapping;
  for (auto [input, map, argument] :
       llvm::zip(generic.getInputs(), generic.getIndexingMapsArray(),
                 generic.getBody()->getArguments())) {
    if (input == step.scores) {
      mapping.map(argument, score);
      continue;
    }
    SmallVector<Value> at;
    for (AffineExpr expr : map.getResults()) {
      auto loop = dyn_cast<AffineDimExpr>(expr);
      at.push_back(loop ? indices[loop.getPosition()]
                        : arith::ConstantIndexOp::create(
                              b, loc,
                              cast<AffineConstantExpr>(expr).getValue())
                              .getResult());
    }
    mapping.map(argument, tensor::ExtractOp::create(b, loc, input, at));
  }
  for (Operation &op : generic.getBody()->without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(op))
      mapping.map(index.getResult(), indices[index.getDim()]);
    else
      b.clone(op, mapping);
  }
  return mapping.lookupOrDefault(
      generic.getBody()->getTerminator()->getOperand(0));
}

void Scores::buildRegion(OpBuilder &builder, AttentionOp op) const {
  if (steps.empty())
    return;
  OpBuilder::InsertionGuard guard(builder);
  Type element = getElementTypeOrSelf(steps[0].scores.getType());
  Type index = builder.getIndexType();
  Block *block =
      builder.createBlock(&op.getScore(), {},
                          {element, index, index, index, index},
                          SmallVector<Location>(5, op.getLoc()));
  // The loops of the scores are the last of the four indices.
  SmallVector<Value> indices(block->getArguments().drop_front());
  ArrayRef<Value> loops =
      ArrayRef<Value>(indices).take_back(product.batch + 2);
  Value score = block->getArgument(0);
  for (const ScoreStep &step : steps)
    score = applyStep(builder, step, score, loops);
  YieldOp::create(builder, op.getLoc(), score);
}
