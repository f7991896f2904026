//===- Scores.h - How good a segmentation or classification is --*- C++ -*-===//
#ifndef LACUNA_TRAINING_SCORES_H
#define LACUNA_TRAINING_SCORES_H

#include "lacuna/Runtime/Tensor.h"

#include <vector>

namespace lacuna {

/// Scores of a confusion matrix p, p[i, j] counting what has label i and
/// prediction j. A class in neither labels nor predictions has the IoU NaN and
/// is in no mean; a mean of nothing is NaN.
struct Scores {
  double pixelAccuracy = 0;     ///< PA: sum p_ii / sum p_ij
  double meanPixelAccuracy = 0; ///< MPA: mean of p_ii / sum_j p_ij
  double meanIoU = 0;           ///< MIoU
  double weightedIoU = 0;       ///< FWIoU: by the labels' frequencies
  struct Class {
    int64_t labels = 0, predictions = 0, correct = 0;
    double accuracy = 0, iou = 0;
  };
  std::vector<Class> classes;
};

/// `confusion`: i64 [classes, classes].
Scores computeScores(const Tensor &confusion);

/// Adds `part` to `sum`, both i64 of one shape.
void addCounts(Tensor &sum, const Tensor &part);

} // namespace lacuna

#endif // LACUNA_TRAINING_SCORES_H
