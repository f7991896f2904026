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
  const ProgramInfo &info() const { return program.info(); }
  int64_t step() const { return steps; }
  /// How many batches were run.
  int64_t batches() const { return runs; }

  /// Runs one batch. A loss that is not finite is an error; all parameters are
  /// then as before.
  Expected<StepReport> run(std::span<const Tensor> batch);

  /// All that the next step depends on, by name. The tensors are copies.
  Expected<std::vector<NamedTensor>> checkpoint() const;
  /// Continues from a checkpoint: bit for bit as if it had not been left.
  Error restore(const NpzReader &checkpoint);

  /// What is trained, without the optimiser's state. Copies.
  Expected<std::vector<NamedTensor>> parameters() const;

private:
  /// A value that each step replaces: `now` goes in, `next` comes out.
  struct State {
    std::string name;
    size_t input, output;
    Tensor now, next;
    bool isParameter = false;
  };

  Trainer(Program program, TrainingOptions options)
      : program(std::move(program)), options(std::move(options)) {}
  Error initialize(const Model &model);
  Error addState(size_t output, std::span<const NamedTensor> known);
  Error bindInputs(std::span<const Tensor> batch, std::vector<Tensor> &given);
  double readNumber(const char *output, std::span<const Tensor> results) const;

  Program program;
  TrainingOptions options;
  std::vector<Value> inputs;
  std::vector<State> states;
  int64_t steps = 0, runs = 0;
};

} // namespace lacuna

#endif // LACUNA_TRAINING_TRAINER_H
