//===- Charts.h - Curves and confusion matrices as SVG ----------*- C++ -*-===//
#ifndef LACUNA_TRAINING_CHARTS_H
#define LACUNA_TRAINING_CHARTS_H

#include "lacuna/Runtime/Tensor.h"

#include <string>
#include <utility>
#include <vector>

namespace lacuna {

struct Curve {
  std::string name;
  /// x and y; those that are not finite are left out.
  std::vector<std::pair<double, double>> points;
};

/// All curves over one x axis, each on the scale of its own least and largest
/// y, which stand beside its name.
std::string drawCurves(const std::string &xAxis,
                       const std::vector<Curve> &curves);

/// Labels down, predictions across; a cell is as dark as its share of the row,
/// and says count and share. `confusion`: i64 [classes, classes].
std::string drawConfusion(const Tensor &confusion);

} // namespace lacuna

#endif // LACUNA_TRAINING_CHARTS_H
