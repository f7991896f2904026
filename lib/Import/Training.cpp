//===- Training.cpp - Dropout and optimisers ------------------------------===//
#include "NodeImporter.h"
#include "lacuna/IR/Dialect.h"

#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace lacuna;

static ImportResult importDropout(NodeImporter &node) {
  FailureOr<Value> x = node.value(0);
  if (failed(x))
    return failure();
  double rate = 0.5;
  bool training = false;
  if (node.has(1)) {
    auto given = node.numbers(1);
    if (failed(given) || given->size() != 1)
      return failure();
    rate = given->front();
  }
  if (node.has(2)) {
    auto given = node.integers(2);
    if (failed(given) || given->size() != 1)
      return failure();
    training = given->front();
  }
  OpBuilder &b = node.build.builder;
  if (!training || rate == 0) {
    Value kept = node.build.splat(shapeOf(*x), b.getI1Type(), 1);
    return SmallVector<Imported>{*x, kept};
  }
  if (!(rate > 0 && rate < 1))
    return node.error() << "the ratio must be in [0, 1)";
  // Without a seed each node has numbers of its own, the same in every run.
  int64_t fallback = llvm::xxh3_64bits(StringRef(node.node.output(0)));
  Value seed = node.build.constant(DenseElementsAttr::get(
      RankedTensorType::get({}, b.getI64Type()),
      ArrayRef(node.integer("seed", fallback))));
  auto op = DropoutOp::create(
      b, node.build.loc, x->getType(),
      RankedTensorType::get(shapeOf(*x), b.getI1Type()), *x, seed,
      APFloat(rate));
  return SmallVector<Imported>{op.getResult(), op.getMask()};
}

namespace {
/// Element-wise arithmetic as it is written.
struct Arithmetic {
  TensorBuilder &build;
  Value add(Value a, Value c) { return build.binary<arith::AddFOp>(a, c); }
  Value sub(Value a, Value c) { return build.binary<arith::SubFOp>(a, c); }
  Value mul(Value a, Value c) { return build.binary<arith::MulFOp>(a, c); }
  Value div(Value a, Value c) { return build.binary<arith::DivFOp>(a, c); }
  Value sqrt(Value a) { return build.unary<math::SqrtOp>(a); }
  Value number(Value like, double value) {
    return build.scalar(elementOf(like), value);
  }
};
} // namespace

/// The rate and the step count lead; then groups of one operand a tensor.
static FailureOr<size_t> tensorCount(NodeImporter &node, size_t groups) {
  if (node.operandCount() < 2 + groups || (node.operandCount() - 2) % groups)
    return node.error() << "operands must come in groups of " << groups;
  for (size_t i = 0; i < node.operandCount(); ++i)
    if (!node.has(i))
      return node.error() << "operand " << i << " is missing";
  return (node.operandCount() - 2) / groups;
}

static ImportResult importAdagrad(NodeImporter &node) {
  FailureOr<size_t> count = tensorCount(node, 3);
  if (failed(count))
    return failure();
  Arithmetic m{node.build};
  SmallVector<Imported> updated, states;
  Value step = node.operand(1).value, rate = node.operand(0).value;
  for (size_t i = 0; i < *count; ++i) {
    Value x = node.operand(2 + i).value, g = node.operand(2 + *count + i).value;
    Value h = node.operand(2 + 2 * *count + i).value;
    Value t = node.build.cast(step, elementOf(x), false, false);
    Value decay = m.add(m.number(x, 1), m.mul(t, m.number(x, node.number("decay_factor", 0))));
    Value r = m.div(rate, decay);
    g = m.add(m.mul(m.number(x, node.number("norm_coefficient", 0)), x), g);
    Value sum = m.add(h, m.mul(g, g));
    Value divisor = m.add(m.sqrt(sum), m.number(x, node.number("epsilon", 1e-6)));
    updated.push_back(m.sub(x, m.div(m.mul(r, g), divisor)));
    states.push_back(sum);
  }
  updated.append(states);
  return updated;
}

static ImportResult importMomentum(NodeImporter &node) {
  FailureOr<size_t> count = tensorCount(node, 3);
  if (failed(count))
    return failure();
  Arithmetic m{node.build};
  SmallVector<Imported> updated, states;
  Value rate = node.operand(0).value;
  auto step = node.integers(1);
  if (failed(step) || step->size() != 1)
    return failure();
  double alpha = node.number("alpha", 0), beta = node.number("beta", 0);
  if (step->front() == 0)
    beta = 1;
  bool nesterov = node.text("mode", "standard") == "nesterov";
  for (size_t i = 0; i < *count; ++i) {
    Value x = node.operand(2 + i).value, g = node.operand(2 + *count + i).value;
    Value v = node.operand(2 + 2 * *count + i).value;
    g = m.add(m.mul(m.number(x, node.number("norm_coefficient", 0)), x), g);
    Value next = m.add(m.mul(m.number(x, alpha), v), m.mul(m.number(x, beta), g));
    Value move = nesterov ? m.add(g, m.mul(m.number(x, alpha), next)) : next;
    updated.push_back(m.sub(x, m.mul(rate, move)));
    states.push_back(next);
  }
  updated.append(states);
  return updated;
}

static ImportResult importAdam(NodeImporter &node) {
  FailureOr<size_t> count = tensorCount(node, 4);
  if (failed(count))
    return failure();
  Arithmetic m{node.build};
  SmallVector<Imported> updated, firsts, seconds;
  auto step = node.integers(1);
  if (failed(step) || step->size() != 1)
    return failure();
  double alpha = node.number("alpha", 0.9), beta = node.number("beta", 0.999);
  double t = step->front();
  double correction =
      t > 0 ? std::sqrt(1 - std::pow(beta, t)) / (1 - std::pow(alpha, t)) : 1;
  Value rate = node.operand(0).value;
  for (size_t i = 0; i < *count; ++i) {
    Value x = node.operand(2 + i).value, g = node.operand(2 + *count + i).value;
    Value v = node.operand(2 + 2 * *count + i).value;
    Value h = node.operand(2 + 3 * *count + i).value;
    g = m.add(m.mul(m.number(x, node.number("norm_coefficient", 0)), x), g);
    Value first = m.add(m.mul(m.number(x, alpha), v), m.mul(m.number(x, 1 - alpha), g));
    Value second = m.add(m.mul(m.number(x, beta), h),
                         m.mul(m.number(x, 1 - beta), m.mul(g, g)));
    Value r = m.mul(rate, m.number(x, correction));
    Value divisor = m.add(m.sqrt(second), m.number(x, node.number("epsilon", 1e-6)));
    Value moved = m.sub(x, m.div(m.mul(r, first), divisor));
    updated.push_back(m.mul(m.number(x, 1 - node.number("norm_coefficient_post", 0)), moved));
    firsts.push_back(first);
    seconds.push_back(second);
  }
  updated.append(firsts);
  updated.append(seconds);
  return updated;
}

/// The last operand is the target `y`; those before it must be the values that
/// `xs` and `zs` name: elsewhere the graph is not differentiated.
static ImportResult importGradient(NodeImporter &node) {
  SmallVector<std::string> names;
  size_t wanted = 0;
  for (StringRef list : {"xs", "zs"}) {
    if (const auto *attribute = node.attribute(list))
      for (const std::string &name : attribute->strings())
        names.push_back(name);
    wanted = wanted ? wanted : names.size();
  }
  if (node.operandCount() != names.size() + 1 || !node.has(names.size()))
    return node.error() << "must have one operand for each name in `xs` and "
                           "`zs`, and a defined `y`";
  SmallVector<Value> sources;
  for (auto [index, name] : llvm::enumerate(names)) {
    if (node.node.input(index) != name)
      return node.error() << "operand " << index << " must be `" << name
                          << "`, got `" << node.node.input(index) << "`";
    if (index < wanted)
      sources.push_back(node.operand(index).value);
  }
  Value target = node.operand(names.size()).value;
  if (typeOf(target).getNumElements() != 1)
    return node.error() << "`y` must have one element";
  for (Value value : llvm::concat<Value>(sources, MutableArrayRef(target)))
    if (!isa<FloatType>(elementOf(value)))
      return node.error() << "gradients are of floats by floats, got "
                          << value.getType();
  auto op = GradientOp::create(node.build.builder, node.build.loc,
                               ValueRange(sources).getTypes(), target, sources);
  SmallVector<Imported> results;
  for (Value gradient : op.getGradients())
    results.push_back(gradient);
  return results;
}

void lacuna::registerTraining(ImportTable &table) {
  table.add("Dropout", importDropout);
  table.add("Gradient", importGradient);
  table.add("Adagrad", importAdagrad);
  table.add("Momentum", importMomentum);
  table.add("Adam", importAdam);
}
