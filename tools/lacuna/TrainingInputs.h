//===- TrainingInputs.h - What train and evaluate share ---------*- C++ -*-===//
#ifndef LACUNA_TOOLS_TRAININGINPUTS_H
#define LACUNA_TOOLS_TRAININGINPUTS_H

#include "ModelOptions.h"

#include "lacuna/Training/DataSet.h"
#include "lacuna/Training/Trainer.h"

namespace lacuna::tool {

/// The options of commands that run a model on labelled data.
struct TrainingInputs {
  explicit TrainingInputs(llvm::cl::SubCommand &command);

  /// Reads the data and compiles the model for it: all shapes follow from one
  /// sample and `--batch`.
  Expected<Trainer> open(TrainingOptions options);
  /// One batch, from these samples.
  Expected<std::vector<Tensor>> gather(const Trainer &trainer,
                                       std::span<const int64_t> samples) const;
  int64_t batchSize() const { return size; }

  ModelOptions model;
  llvm::cl::opt<std::string> dataPath, loss, parameters;
  llvm::cl::opt<int64_t> batch, classAxis, ignoreIndex;
  llvm::cl::opt<int> threads;
  std::optional<DataSet> data;

private:
  Error chooseShapes(const Model &opened, CompileOptions &compile);
  Error takeParameters(Model &opened, TrainingOptions &options);
  Error check(const Trainer &trainer) const;

  int64_t size = 0;
};

} // namespace lacuna::tool

#endif // LACUNA_TOOLS_TRAININGINPUTS_H
