//===- Scores.cpp - How good a segmentation or classification is ----------===//
#include "lacuna/Training/Scores.h"

#include <limits>

using namespace lacuna;

static double ratio(double a, double b) {
  return b > 0 ? a / b : std::numeric_limits<double>::quiet_NaN();
}

static void countClasses(const Tensor &confusion, Scores &scores) {
  int64_t count = confusion.shape()[0];
  const int64_t *matrix = confusion.data<int64_t>();
  scores.classes.resize(count);
  for (int64_t i = 0; i < count; ++i)
    for (int64_t j = 0; j < count; ++j) {
      scores.classes[i].labels += matrix[i * count + j];
      scores.classes[j].predictions += matrix[i * count + j];
      if (i == j)
        scores.classes[i].correct = matrix[i * count + j];
    }
}

Scores lacuna::computeScores(const Tensor &confusion) {
  Scores scores;
  countClasses(confusion, scores);
  double correct = 0, labels = 0, accuracies = 0, ious = 0, weighted = 0;
  int labelled = 0, present = 0;
  for (Scores::Class &entry : scores.classes) {
    entry.accuracy = ratio(entry.correct, entry.labels);
    entry.iou = ratio(entry.correct,
                      entry.labels + entry.predictions - entry.correct);
    correct += entry.correct;
    labels += entry.labels;
    if (entry.labels > 0) {
      ++labelled;
      accuracies += entry.accuracy;
      weighted += entry.labels * entry.iou;
    }
    if (entry.labels + entry.predictions > 0) {
      ++present;
      ious += entry.iou;
    }
  }
  scores.pixelAccuracy = ratio(correct, labels);
  scores.meanPixelAccuracy = ratio(accuracies, labelled);
  scores.meanIoU = ratio(ious, present);
  scores.weightedIoU = ratio(weighted, labels);
  return scores;
}

void lacuna::addCounts(Tensor &sum, const Tensor &part) {
  for (int64_t i = 0; i < sum.elementCount(); ++i)
    sum.data<int64_t>()[i] += part.data<int64_t>()[i];
}
