//===- Optimizers.cpp - The formulas of optimisers ------------------------===//
// As PyTorch has them: Robbins and Monro's stochastic approximation with a step
// from outside, Polyak's and Nesterov's momentum, AdaGrad, Adam, AdamW.
//===----------------------------------------------------------------------===//
#include "Optimizers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace lacuna;

Value ScalarArithmetic::number(double value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getFloatAttr(type, value));
}
Value ScalarArithmetic::add(Value a, Value b) {
  return arith::AddFOp::create(builder, loc, a, b);
}
Value ScalarArithmetic::sub(Value a, Value b) {
  return arith::SubFOp::create(builder, loc, a, b);
}
Value ScalarArithmetic::mul(Value a, Value b) {
  return arith::MulFOp::create(builder, loc, a, b);
}
Value ScalarArithmetic::div(Value a, Value b) {
  return arith::DivFOp::create(builder, loc, a, b);
}
Value ScalarArithmetic::pow(Value a, Value b) {
  return math::PowFOp::create(builder, loc, a, b);
}
Value ScalarArithmetic::sqrt(Value a) {
  return math::SqrtOp::create(builder, loc, a);
}
Value ScalarArithmetic::mix(Value a, Value b, double weight) {
  return add(mul(a, number(weight)), mul(b, number(1 - weight)));
}

using Values = SmallVector<Value>;

/// gradient + weight decay * parameter
static Value decayed(ScalarArithmetic &m, const OptimizerNumbers &numbers,
                     const ElementStep &element) {
  if (numbers.weightDecay == 0)
    return element.gradient;
  return m.add(element.gradient,
               m.mul(m.number(numbers.weightDecay), element.parameter));
}

static Values rateOnly(ScalarArithmetic &, const OptimizerNumbers &, Value rate,
                       Value) {
  return {rate};
}

static Values updateSgd(ScalarArithmetic &m, const OptimizerNumbers &numbers,
                        const ElementStep &element) {
  Value d = decayed(m, numbers, element);
  return {m.sub(element.parameter, m.mul(element.scalars[0], d))};
}

static Values updateMomentum(ScalarArithmetic &m,
                             const OptimizerNumbers &numbers,
                             const ElementStep &element) {
  Value d = decayed(m, numbers, element);
  Value speed = m.add(m.mul(m.number(numbers.momentum), element.states[0]), d);
  return {m.sub(element.parameter, m.mul(element.scalars[0], speed)), speed};
}

static Values updateNesterov(ScalarArithmetic &m,
                             const OptimizerNumbers &numbers,
                             const ElementStep &element) {
  Value mu = m.number(numbers.momentum), d = decayed(m, numbers, element);
  Value speed = m.add(m.mul(mu, element.states[0]), d);
  Value ahead = m.add(d, m.mul(mu, speed));
  return {m.sub(element.parameter, m.mul(element.scalars[0], ahead)), speed};
}

static Values updateAdagrad(ScalarArithmetic &m,
                            const OptimizerNumbers &numbers,
                            const ElementStep &element) {
  Value d = decayed(m, numbers, element);
  Value sum = m.add(element.states[0], m.mul(d, d));
  Value divisor = m.add(m.sqrt(sum), m.number(numbers.epsilon));
  return {m.sub(element.parameter,
                m.mul(element.scalars[0], m.div(d, divisor))),
          sum};
}

/// The rate over the first moment's correction, one over the root of the
/// second's, and what AdamW leaves of the parameter.
static Values adamScalars(ScalarArithmetic &m, const OptimizerNumbers &numbers,
                          Value rate, Value step) {
  auto correction = [&](double beta) {
    return m.sub(m.number(1), m.pow(m.number(beta), step));
  };
  return {m.div(rate, correction(numbers.beta1)),
          m.div(m.number(1), m.sqrt(correction(numbers.beta2))),
          m.sub(m.number(1), m.mul(rate, m.number(numbers.weightDecay)))};
}

static Values updateMoments(ScalarArithmetic &m,
                            const OptimizerNumbers &numbers, Value parameter,
                            Value d, const ElementStep &element) {
  Value first = m.mix(element.states[0], d, numbers.beta1);
  Value second = m.mix(element.states[1], m.mul(d, d), numbers.beta2);
  Value divisor = m.add(m.mul(m.sqrt(second), element.scalars[1]),
                        m.number(numbers.epsilon));
  Value move = m.mul(element.scalars[0], m.div(first, divisor));
  return {m.sub(parameter, move), first, second};
}

static Values updateAdam(ScalarArithmetic &m, const OptimizerNumbers &numbers,
                         const ElementStep &element) {
  return updateMoments(m, numbers, element.parameter,
                       decayed(m, numbers, element), element);
}

static Values updateAdamW(ScalarArithmetic &m, const OptimizerNumbers &numbers,
                          const ElementStep &element) {
  return updateMoments(m, numbers, m.mul(element.parameter, element.scalars[2]),
                       element.gradient, element);
}

static constexpr StringLiteral momentumStates[] = {"momentum"};
static constexpr StringLiteral sumStates[] = {"squares"};
static constexpr StringLiteral momentStates[] = {"moment1", "moment2"};

static const Optimizer optimizers[] = {
    {"sgd", {}, rateOnly, updateSgd},
    {"momentum", momentumStates, rateOnly, updateMomentum},
    {"nesterov", momentumStates, rateOnly, updateNesterov},
    {"adagrad", sumStates, rateOnly, updateAdagrad},
    {"adam", momentStates, adamScalars, updateAdam},
    {"adamw", momentStates, adamScalars, updateAdamW},
};

const Optimizer *lacuna::findOptimizer(StringRef name) {
  const auto *found = llvm::find_if(
      optimizers, [&](const Optimizer &known) { return known.name == name; });
  return found == std::end(optimizers) ? nullptr : found;
}

std::string lacuna::listOptimizers() {
  std::string list;
  for (const Optimizer &known : optimizers)
    list += (list.empty() ? "`" : ", `") + known.name.str() + "`";
  return list;
}
