//===- TrainingLog.h - What a training has done so far ----------*- C++ -*-===//
#ifndef LACUNA_TOOLS_TRAININGLOG_H
#define LACUNA_TOOLS_TRAININGLOG_H

#include "ProgressBar.h"

#include "lacuna/Training/Trainer.h"

#include <fstream>

namespace lacuna::tool {

/// Appends a row a batch to `log.csv`; draws `loss.svg` and, with classes,
/// `confusion.svg` of the last batches. All into one folder.
class TrainingLog {
public:
  TrainingLog(std::string folder, int64_t steps);

  /// Begins `log.csv`.
  Error begin();
  /// Goes on with the log that is there: what stands behind the rows of the
  /// first `batches`, or was not written whole, goes.
  Error continueAt(int64_t batches);
  Error add(const StepReport &report);
  /// Takes the progress bar away.
  void clear() { bar.clear(); }
  Error draw() const;
  /// One line for the end.
  std::string summary() const;

private:
  struct Row {
    int64_t step;
    double loss, rate, mean, meanIoU;
  };

  static std::string lineOf(const Row &row);
  Error open(const std::string &content);

  std::string folder;
  std::ofstream file;
  ProgressBar bar;
  std::vector<Row> rows;
  RunningMean mean{0.02};
  /// Counts of the latest batches, which forget the older ones.
  std::vector<Tensor> recent;
  double meanIoU = 0;
};

} // namespace lacuna::tool

#endif // LACUNA_TOOLS_TRAININGLOG_H
