//===- TrainingLog.h - What a training has done so far ----------*- C++ -*-===//
#ifndef LACUNA_TOOLS_TRAININGLOG_H
#define LACUNA_TOOLS_TRAININGLOG_H

#include "ProgressBar.h"

#include "lacuna/Training/Trainer.h"

namespace lacuna::tool {

/// Collects a row a batch; writes `log.csv`, `loss.svg` and, with classes,
/// `confusion.svg` of the last batches into a folder.
class TrainingLog {
public:
  TrainingLog(std::string folder, int64_t steps);

  /// Takes over the rows up to `step` of the log that is there.
  Error continueAt(int64_t step);
  void add(const StepReport &report);
  /// Takes the progress bar away.
  void clear() { bar.clear(); }
  Error write() const;
  /// One line for the end.
  std::string summary() const;

private:
  struct Row {
    int64_t step;
    double loss, rate, mean, meanIoU;
  };

  std::string folder;
  ProgressBar bar;
  std::vector<Row> rows;
  RunningMean mean{0.02};
  /// Counts of the latest batches, which forget the older ones.
  std::vector<Tensor> recent;
  double meanIoU = 0;
};

} // namespace lacuna::tool

#endif // LACUNA_TOOLS_TRAININGLOG_H
