//===- Trainer.h - Train models -----------------------------------*- C++ -*-===//
// One compiled program holds forward, backward and update.
//
//   lacuna::TrainingOptions options;
//   options.step.optimizer = "adamw";
//   options.schedule.rate = 3e-4;
//   auto trainer = lacuna::Trainer::create(*model, options);
//   auto report = trainer->run({image, label});
//===----------------------------------------------------------------------===//
#ifndef LACUNA_TRAINING_TRAINER_H
#define LACUNA_TRAINING_TRAINER_H

#include "lacuna/JIT/Model.h"
#include "lacuna/Runtime/Archive.h"
#include "lacuna/Support/TrainingStep.h"
#include "lacuna/Training/Schedule.h"

#include <optional>

namespace lacuna {

struct TrainingOptions {
  /// Loss and optimiser; the optimiser `none` only evaluates.
  TrainingStep step;
  Schedule schedule;
  /// Shapes, target and entry; its training step is set by the trainer.
  CompileOptions compile;
  /// First values of parameters by name; the model's own, or from the seed, for
  /// all others.
  std::vector<NamedTensor> first;
  uint64_t seed = 1;
  int threads = 0;
};

/// What one batch gave.
struct StepReport {
  /// Steps done, this one included; batches that are only accumulated do not
  /// count.
  int64_t step = 0;
  double loss = 0, rate = 0;
  /// Where gradients are clipped by their norm.
  std::optional<double> gradientNorm;
  /// Of cross entropy: i64 [classes, classes].
  std::optional<Tensor> confusion;
};

/// A training under way. For one thread at a time.
class Trainer {
public:
  /// Compiles the step and gives all parameters their first values: those of an
  /// ONNX model's initialisers; in MLIR, arguments with `lacuna.requires_grad`
  /// begin with `lacuna.initial`, or, without it, with zeros up to one
  /// dimension and normally distributed numbers beyond (deviation
  /// sqrt(2 / elements of a row), after He et al.).
  static Expected<Trainer> create(const Model &model,
                                  const TrainingOptions &options);

  /// What a batch consists of: the model's inputs, then the label if any.
  const std::vector<Value> &batchInputs() const { return inputs; }
  const TrainingOptions &options() const { return given; }
  const ProgramInfo &info() const { return program.info(); }
  int64_t step() const { return steps; }
  /// How many batches were run.
  int64_t batches() const { return runs; }

  /// Runs one batch. A loss that is not finite is an error, which names the
  /// first ops that gave an infinity and a NaN; all parameters are then as
  /// before.
  Expected<StepReport> run(std::span<const Tensor> batch);
  /// The same report of a batch from which nothing is learnt, at the present
  /// parameters; a loss that is not finite is none of an error.
  Expected<StepReport> evaluate(std::span<const Tensor> batch) const;

  /// All that the next step depends on, by name. The tensors are copies.
  Expected<std::vector<NamedTensor>> checkpoint() const;
  /// Continues from a checkpoint: bit for bit as if it had not been left.
  Error restore(const NpzReader &checkpoint);

  /// What is trained or frozen, without the optimiser's state. Copies.
  Expected<std::vector<NamedTensor>> parameters() const;

private:
  /// A value that each step replaces: `now` goes in, `next` comes out. One that
  /// is frozen stays.
  struct State {
    std::string name;
    size_t input, output;
    Tensor now, next;
    bool isParameter = false, isFrozen = false;
  };

  Trainer(const Model &model, Program program, TrainingOptions options)
      : model(model), program(std::move(program)), given(std::move(options)) {}
  Error initialize();
  Error addState(size_t input, std::span<const NamedTensor> known);
  Error checkFrozen(std::span<const NamedTensor> known) const;
  /// Why the loss of a call with these inputs is not finite.
  std::string explainLoss(std::span<const Tensor> inputs) const;
  Error bindInputs(std::span<const Tensor> batch,
                   std::vector<Tensor> &inputs) const;
  Expected<std::vector<Tensor>> call(std::span<const Tensor> inputs) const;
  StepReport reportOf(std::span<const Tensor> results) const;
  /// Calls the program; `bound` becomes what it was given.
  Expected<StepReport> callOn(std::span<const Tensor> batch,
                              std::vector<Tensor> &bound) const;
  double readNumber(const char *output, std::span<const Tensor> results) const;

  Model model;
  Program program;
  TrainingOptions given;
  std::vector<Value> inputs;
  std::vector<State> states;
  int64_t steps = 0, runs = 0;
};

} // namespace lacuna

#endif // LACUNA_TRAINING_TRAINER_H
