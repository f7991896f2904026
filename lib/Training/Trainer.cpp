//===- Trainer.cpp - Train models -----------------------------------------===//
// Each state has two tensors that change places after a step, so that a step
// which fails leaves nothing half-changed.
//===----------------------------------------------------------------------===//
#include "lacuna/Training/Trainer.h"

#include "lacuna/Support/NamePattern.h"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace lacuna;

static constexpr char stepName[] = "optimizer.step";
static constexpr char runsName[] = "optimizer.batches";

static bool isScalarOfStep(const std::string &name) {
  return name == training::rate || name == training::step ||
         name == training::apply;
}

/// Whether `name` is a state of the optimiser: some other value's name and a
/// point come first.
static bool isOptimizerState(const Value &value,
                             const std::vector<Value> &outputs) {
  size_t point = value.name.rfind('.');
  if (point == std::string::npos || !value.initial)
    return false;
  std::string owner = value.name.substr(0, point);
  return std::ranges::any_of(
      outputs, [&](const Value &output) { return output.updates == owner; });
}

Expected<Trainer> Trainer::create(const Model &model,
                                  const TrainingOptions &options) {
  if (options.step.accumulate < 1)
    return Error(ErrorCode::InvalidArgument,
                 "`accumulate` must be at least 1, got " +
                     std::to_string(options.step.accumulate));
  TrainingOptions complete = options;
  CompileOptions &compile = complete.compile;
  compile.training = options.step;
  if (options.step.optimizer != "none" && compile.gradients.empty())
    compile.gradients = {"parameters"};
  Expected<Program> program = model.compile(compile);
  if (!program)
    return program.error();
  Trainer trainer(model, *program, complete);
  if (Error error = trainer.initialize())
    return error;
  return trainer;
}

/// Zeros or He's normal distribution; NaN-free for 0 elements.
static Expected<Tensor> drawParameter(const Value &value, uint64_t seed) {
  if (value.initial || value.shape.size() < 2) {
    Expected<Tensor> tensor = Tensor::zeros(value.dtype, value.shape);
    if (!tensor || !value.initial || *value.initial == 0)
      return tensor;
    return Tensor::random(value.dtype, value.shape, 0, {*value.initial, 0});
  }
  int64_t row = 1;
  for (size_t i = 1; i < value.shape.size(); ++i)
    row *= value.shape[i];
  double deviation = std::sqrt(2.0 / double(std::max<int64_t>(row, 1)));
  return Tensor::random(value.dtype, value.shape, seed, {0, deviation});
}

static Error mismatch(const std::string &name, const Tensor &got,
                      const Value &wanted) {
  auto describe = [](DType type, const Shape &shape) {
    return std::string(dtypeName(type)) + "[" + formatShape(shape) + "]";
  };
  return Error(ErrorCode::InvalidArgument,
               "`" + name + "` must be " +
                   describe(wanted.dtype, wanted.shape) + ", got " +
                   describe(got.dtype(), got.shape()));
}

/// A frozen input, or one that an output updates, becomes a state.
Error Trainer::addState(size_t input, std::span<const NamedTensor> known) {
  const Value &value = program.inputs()[input];
  const std::vector<Value> &outputs = program.outputs();
  auto next = std::ranges::find(outputs, value.name, &Value::updates);
  if (next == outputs.end() && !value.isFrozen)
    return Error::success();
  State state;
  state.name = value.name;
  state.input = input;
  state.output = next - outputs.begin();
  state.isFrozen = next == outputs.end();
  state.isParameter = !isOptimizerState(value, outputs);
  auto found = std::ranges::find(known, state.name, &NamedTensor::name);
  Expected<Tensor> first =
      found != known.end() ? found->value.clone()
                           : drawParameter(value, given.seed + state.input);
  if (!first)
    return first.error();
  if (first->dtype() != value.dtype || first->shape() != value.shape)
    return mismatch(state.name, *first, value);
  Expected<Tensor> space = Tensor::allocate(value.dtype, value.shape);
  if (!space)
    return space.error();
  state.now = *first;
  state.next = *space;
  states.push_back(std::move(state));
  return Error::success();
}

/// Each pattern must name a parameter; a mistake would train it all the same.
Error Trainer::checkFrozen(std::span<const NamedTensor> known) const {
  for (const std::string &pattern : given.compile.frozen) {
    auto fits = [&](const std::string &name) {
      return matchesAnyPattern({pattern}, name);
    };
    if (std::ranges::none_of(known, fits, &NamedTensor::name) &&
        std::ranges::none_of(states, [&](const State &state) {
          return state.isFrozen && fits(state.name);
        }))
      return Error(ErrorCode::NotFound,
                   "there is no parameter `" + pattern + "` to hold fixed");
  }
  return Error::success();
}

Error Trainer::initialize() {
  Expected<std::vector<NamedTensor>> known = model.parameters();
  if (!known)
    return known.error();
  std::vector<NamedTensor> own = *known;
  known->insert(known->begin(), given.first.begin(), given.first.end());
  for (size_t i = 0; i < program.inputs().size(); ++i)
    if (Error error = addState(i, *known))
      return error;
  if (Error error = checkFrozen(own))
    return error;
  for (const NamedTensor &first : given.first)
    if (std::ranges::find(states, first.name, &State::name) == states.end())
      return Error(ErrorCode::NotFound,
                   "there is no parameter `" + first.name + "` to give a value");
  for (size_t i = 0; i < program.inputs().size(); ++i) {
    const Value &value = program.inputs()[i];
    bool changes = std::ranges::any_of(
        states, [&](const State &state) { return state.input == i; });
    if (!changes && !isScalarOfStep(value.name))
      inputs.push_back(value);
  }
  return Error::success();
}

static Expected<Tensor> makeNumber(double value) {
  return Tensor::copyOf(DType::F64, {}, std::as_bytes(std::span(&value, 1)));
}

/// The inputs of the program in order: states, numbers of the step, the batch.
Error Trainer::bindInputs(std::span<const Tensor> batch,
                          std::vector<Tensor> &bound) const {
  if (batch.size() != inputs.size())
    return Error(ErrorCode::InvalidArgument,
                 "a batch must have " + std::to_string(inputs.size()) +
                     " tensors, got " + std::to_string(batch.size()));
  size_t next = 0;
  for (size_t i = 0; i < program.inputs().size(); ++i) {
    const std::string &name = program.inputs()[i].name;
    auto state = std::ranges::find(states, i, &State::input);
    if (state != states.end()) {
      bound.push_back(state->now);
      continue;
    }
    if (!isScalarOfStep(name)) {
      bound.push_back(batch[next++]);
      continue;
    }
    bool applies = (runs + 1) % given.step.accumulate == 0;
    Expected<Tensor> number =
        makeNumber(name == training::rate ? given.schedule.at(steps + 1)
                   : name == training::step ? double(steps + 1)
                                            : double(applies));
    if (!number)
      return number.error();
    bound.push_back(*number);
  }
  return Error::success();
}

double Trainer::readNumber(const char *output,
                           std::span<const Tensor> results) const {
  for (size_t i = 0; i < results.size(); ++i)
    if (program.outputs()[i].name == output && program.outputs()[i].updates.empty())
      return results[i].element(0);
  return std::nan("");
}

/// One call of the program; next values of states lie in their `next`.
Expected<std::vector<Tensor>>
Trainer::call(std::span<const Tensor> bound) const {
  std::vector<Tensor> results;
  for (size_t i = 0; i < program.outputs().size(); ++i) {
    const Value &output = program.outputs()[i];
    auto state = std::ranges::find(states, i, &State::output);
    Expected<Tensor> tensor = state != states.end()
                                  ? Expected<Tensor>(state->next)
                                  : Tensor::allocate(output.dtype, output.shape);
    if (!tensor)
      return tensor.error();
    results.push_back(*tensor);
  }
  if (Error error = program.callInto(bound, results, given.threads))
    return error;
  return results;
}

StepReport Trainer::reportOf(std::span<const Tensor> results) const {
  StepReport report;
  report.step = steps;
  report.rate = given.schedule.at(steps + 1);
  report.loss = results[0].element(0);
  if (double norm = readNumber(training::gradientNorm, results);
      !std::isnan(norm))
    report.gradientNorm = norm;
  for (size_t i = 0; i < results.size(); ++i)
    if (program.outputs()[i].name == training::confusion &&
        results[i].dtype() == DType::I64)
      report.confusion = results[i];
  return report;
}

Expected<StepReport> Trainer::callOn(std::span<const Tensor> batch,
                                     std::vector<Tensor> &bound) const {
  if (Error error = bindInputs(batch, bound))
    return error;
  Expected<std::vector<Tensor>> results = call(bound);
  if (!results)
    return results.error();
  return reportOf(*results);
}

Expected<StepReport> Trainer::evaluate(std::span<const Tensor> batch) const {
  std::vector<Tensor> bound;
  return callOn(batch, bound);
}

Expected<StepReport> Trainer::run(std::span<const Tensor> batch) {
  std::vector<Tensor> bound;
  Expected<StepReport> report = callOn(batch, bound);
  if (!report)
    return report;
  bool trains = given.step.optimizer != "none";
  if (!std::isfinite(report->loss) && trains)
    return Error(ErrorCode::RuntimeCheck,
                 "the loss of step " + std::to_string(steps + 1) + " is " +
                     std::to_string(report->loss) + explainLoss(bound));
  for (State &state : states)
    if (!state.isFrozen)
      std::swap(state.now, state.next);
  ++runs;
  if (trains)
    steps += runs % given.step.accumulate == 0;
  report->step = steps;
  return report;
}

Expected<std::vector<NamedTensor>> Trainer::checkpoint() const {
  std::vector<NamedTensor> all;
  for (const State &state : states) {
    Expected<Tensor> copy = state.now.clone();
    if (!copy)
      return copy.error();
    all.push_back({state.name, *copy});
  }
  for (auto [name, count] : {std::pair(stepName, steps), {runsName, runs}}) {
    Expected<Tensor> tensor =
        Tensor::copyOf(DType::I64, {}, std::as_bytes(std::span(&count, 1)));
    if (!tensor)
      return tensor.error();
    all.push_back({name, *tensor});
  }
  return all;
}

static Expected<Tensor> readLike(const NpzReader &from, const std::string &name,
                                 const Tensor &like) {
  if (!from.contains(name))
    return Error(ErrorCode::NotFound, "there is no array `" + name + "`");
  Expected<Tensor> tensor = from.read(name, like.dtype());
  if (!tensor)
    return tensor;
  if (tensor->dtype() != like.dtype() || tensor->shape() != like.shape())
    return mismatch(name, *tensor, {name, like.dtype(), like.shape()});
  return tensor->contiguous();
}

Error Trainer::restore(const NpzReader &checkpoint) {
  Expected<Tensor> counter = Tensor::zeros(DType::I64, {});
  if (!counter)
    return counter.error();
  std::vector<Tensor> values;
  for (const State &state : states) {
    Expected<Tensor> tensor = readLike(checkpoint, state.name, state.now);
    if (!tensor)
      return tensor.error();
    values.push_back(*tensor);
  }
  Expected<Tensor> step = readLike(checkpoint, stepName, *counter);
  Expected<Tensor> batches = readLike(checkpoint, runsName, *counter);
  for (const auto *read : {&step, &batches})
    if (!*read)
      return read->error();
  for (size_t i = 0; i < states.size(); ++i)
    states[i].now = values[i];
  steps = step->data<int64_t>()[0];
  runs = batches->data<int64_t>()[0];
  return Error::success();
}

Expected<std::vector<NamedTensor>> Trainer::parameters() const {
  std::vector<NamedTensor> all;
  for (const State &state : states) {
    if (!state.isParameter)
      continue;
    Expected<Tensor> copy = state.now.clone();
    if (!copy)
      return copy.error();
    all.push_back({state.name, *copy});
  }
  return all;
}
