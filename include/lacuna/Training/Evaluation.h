//===- Evaluation.h - Loss and scores over a data set -----------*- C++ -*-===//
#ifndef LACUNA_TRAINING_EVALUATION_H
#define LACUNA_TRAINING_EVALUATION_H

#include "lacuna/Training/DataSet.h"
#include "lacuna/Training/Trainer.h"

#include <functional>

namespace lacuna {

struct Evaluation {
  /// The mean over labels that count, or else over samples.
  double loss = 0;
  int64_t samples = 0;
  /// Of cross entropy: i64 [classes, classes], all samples together.
  std::optional<Tensor> confusion;
};

/// Evaluates what `trainer` has trained so far on all samples of `data`, batch
/// by batch, and calls `progress` after each one. Fails where an array does not
/// suit the trainer's inputs, or the samples fill no whole number of batches
/// and the loss has no label to leave out.
Expected<Evaluation> evaluate(Trainer &trainer, const DataSet &data,
                              const std::function<void()> &progress = {});

} // namespace lacuna

#endif // LACUNA_TRAINING_EVALUATION_H
