//===- ResizeTable.cpp - Which elements a resize blends -------------------===//
// Coordinates and filters as ONNX defines them (and PyTorch, whose modes are
// among them), in double precision.
//===----------------------------------------------------------------------===//
#include "lacuna/IR/ResizeTable.h"

#include <cmath>

using namespace mlir;
using namespace lacuna;

namespace {
/// One axis of a resize, while its table is filled.
struct AxisFilter {
  ResizeOp op;
  int64_t dim, input, outputs;
  double scale;

  AxisFilter(ResizeOp op, int64_t dim)
      : op(op), dim(dim), input(op.getInput().getType().getDimSize(dim)),
        outputs(op.getResult().getType().getDimSize(dim)),
        scale(op.getScales()[dim]) {}

  /// input * scale: the output size before it is rounded down.
  double length() {
    double length = input * scale;
    // A recomputed scale gives the size itself.
    return std::abs(length - outputs) < 1e-6 * length ? outputs : length;
  }
  double unscaled(double output) { return output * input / length(); }
  double coordinate(int64_t output);
  int64_t nearest(double x);
  int64_t reach();
  double filter(double distance);
};
} // namespace

/// Where output `output` lies among the inputs.
double AxisFilter::coordinate(int64_t output) {
  double half = unscaled(output + 0.5) - 0.5;
  switch (op.getCoordinates()) {
  case Coordinates::HalfPixel:
    return half;
  case Coordinates::PytorchHalfPixel:
    return outputs > 1 ? half : 0;
  case Coordinates::AlignCorners:
    return length() == 1 ? 0 : output * (input - 1) / (length() - 1);
  case Coordinates::Asymmetric:
    return unscaled(output);
  case Coordinates::HalfPixelSymmetric:
    return input / 2.0 * (1 - outputs / length()) + half;
  case Coordinates::TfCropAndResize:
    break;
  }
  size_t rank = op.getScales().size();
  double start = (*op.getRegion())[dim], end = (*op.getRegion())[rank + dim];
  double last = input - 1;
  if (length() == 1)
    return (start + end) / 2 * last;
  return start * last + output * (end - start) * last / (length() - 1);
}

int64_t AxisFilter::nearest(double x) {
  // Halves that are some by arithmetic, but for the rounding of f64.
  if (double half = std::round(2 * x) / 2; std::abs(x - half) < 1e-12 * input)
    x = half;
  switch (op.getRounding()) {
  case NearestRounding::RoundPreferFloor:
    return std::ceil(x - 0.5);
  case NearestRounding::RoundPreferCeil:
    return std::floor(x + 0.5);
  case NearestRounding::Floor:
    return std::floor(x);
  case NearestRounding::Ceil:
    return std::ceil(x);
  }
  return 0;
}

/// How many elements to the right of a coordinate have a weight.
int64_t AxisFilter::reach() {
  int64_t radius = op.getMode() == ResizeMode::Linear ? 1 : 2;
  double shrink = op.getAntialias() ? std::min(scale, 1.0) : 1;
  return -static_cast<int64_t>(std::floor(-radius / shrink) + 1) + 1;
}

/// The weight of an element at `distance`, before scaling to sum 1.
double AxisFilter::filter(double distance) {
  if (op.getAntialias())
    distance *= std::min(scale, 1.0);
  double x = std::abs(distance), a = op.getCubicCoefficient().convertToDouble();
  if (op.getMode() == ResizeMode::Linear)
    return std::max(1 - x, 0.0);
  if (x <= 1)
    return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((x - 5) * x + 8) * a * x - 4 * a : 0;
}

/// Fills the entries of `output`, whose coordinate is `x`.
static void fillTaps(AxisFilter &axis, ResizeTable &table, int64_t output,
                     double x) {
  // In (0, 1] behind the left neighbour.
  int64_t left = std::ceil(x) - 1, first = left + 1 - table.taps / 2;
  SmallVector<double> weights;
  double sum = 0;
  for (int64_t k = 0; k < table.taps; ++k) {
    int64_t position = first + k;
    bool outside = position < 0 || position >= axis.input;
    bool dropped = outside && axis.op.getExcludeOutside();
    weights.push_back(dropped ? 0 : axis.filter(position - x));
    sum += weights.back();
  }
  bool normalised = axis.op.getExcludeOutside() || axis.op.getAntialias();
  for (int64_t k = 0; k < table.taps; ++k) {
    int64_t at = k * table.outputs + output;
    table.positions[at] =
        std::clamp<int64_t>(first + k, 0, axis.input - 1);
    table.weights[at] = normalised ? weights[k] / sum : weights[k];
  }
}

ResizeTable ResizeTable::of(ResizeOp op, int64_t dim) {
  AxisFilter axis(op, dim);
  bool isNearest = op.getMode() == ResizeMode::Nearest;
  ResizeTable table;
  table.outputs = axis.outputs;
  table.taps = isNearest ? 1 : 2 * axis.reach();
  table.positions.assign(table.taps * table.outputs, -1);
  table.weights.assign(table.taps * table.outputs, isNearest ? 1 : 0);
  bool crops = op.getCoordinates() == Coordinates::TfCropAndResize;
  for (int64_t output = 0; output < axis.outputs; ++output) {
    double x = axis.coordinate(output);
    if (crops && (x < 0 || x > axis.input - 1))
      continue;
    if (isNearest)
      table.positions[output] =
          std::clamp<int64_t>(axis.nearest(x), 0, axis.input - 1);
    else
      fillTaps(axis, table, output, x);
  }
  return table;
}

ResizeTable ResizeTable::of(ArrayRef<SmallVector<Entry>> entries) {
  ResizeTable table;
  table.outputs = entries.size();
  for (ArrayRef<Entry> output : entries)
    table.taps = std::max<int64_t>(table.taps, output.size());
  table.positions.assign(table.taps * table.outputs, 0);
  table.weights.assign(table.taps * table.outputs, 0);
  // What is not used repeats a position, so that they still ascend.
  int32_t position = 0;
  for (int64_t o = 0; o < table.outputs; ++o)
    for (int64_t k = 0; k < table.taps; ++k) {
      bool used = k < int64_t(entries[o].size());
      position = used ? entries[o][k].first : position;
      table.positions[k * table.outputs + o] = position;
      table.weights[k * table.outputs + o] = used ? entries[o][k].second : 0;
    }
  return table;
}

ResizeTable ResizeTable::transposed(int64_t inputs) const {
  std::vector<SmallVector<Entry>> readers(inputs);
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t k = 0; k < taps; ++k) {
      int64_t at = k * outputs + o;
      if (positions[at] < 0 || weights[at] == 0)
        continue;
      SmallVector<Entry> &reader = readers[positions[at]];
      if (!reader.empty() && reader.back().first == o)
        reader.back().second += weights[at];
      else
        reader.push_back({int32_t(o), weights[at]});
    }
  return of(readers);
}

bool ResizeTable::isIdentity(int64_t input) const {
  if (input != outputs)
    return false;
  for (int64_t k = 0; k < taps; ++k)
    for (int64_t o = 0; o < outputs; ++o) {
      int64_t at = k * outputs + o;
      if (positions[at] != o && weights[at] != 0)
        return false;
      if (positions[at] == o && weights[at] != 1 && weights[at] != 0)
        return false;
    }
  return true;
}

bool ResizeTable::ascends() const {
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t k = 0; k < taps; ++k) {
      int32_t here = positions[k * outputs + o];
      if (here < 0 || (k > 0 && positions[(k - 1) * outputs + o] > here) ||
          (o > 0 && positions[k * outputs + o - 1] > here))
        return false;
    }
  return true;
}

int64_t ResizeTable::span(int64_t block) const {
  int64_t widest = 1;
  for (int64_t o = 0; o < outputs; o += block) {
    int64_t last = std::min(o + block, outputs) - 1;
    widest = std::max<int64_t>(
        widest, positions[(taps - 1) * outputs + last] - positions[o] + 1);
  }
  return widest;
}
