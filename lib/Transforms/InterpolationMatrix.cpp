//===- InterpolationMatrix.cpp - A resize and windows on it ---------------===//
// The matrix of one axis for each spatial dimension, and their product.
//===----------------------------------------------------------------------===//
#include "InterpolationMatrix.h"

#include "lacuna/IR/ResizeTable.h"

using namespace mlir;
using namespace lacuna;

namespace {
/// The share of input `input` in tap `tap` of output `output`, along one axis.
struct AxisMatrix {
  int64_t outputs, inputs, taps;
  std::vector<double> numbers;

  double &at(int64_t output, int64_t input, int64_t tap) {
    return numbers[(output * inputs + input) * taps + tap];
  }
};
} // namespace

static AxisMatrix axisMatrix(const ResizeTable &table, int64_t inputs,
                             const Window &window, int64_t outputs) {
  AxisMatrix axis{outputs, inputs, window.kernel,
                  std::vector<double>(outputs * inputs * window.kernel, 0.0)};
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t tap = 0; tap < window.kernel; ++tap) {
      int64_t place =
          o * window.stride - window.padBegin + tap * window.dilation;
      if (place < 0 || place >= table.outputs)
        continue; // padding
      for (int64_t k = 0; k < table.taps; ++k) {
        int64_t entry = k * table.outputs + place;
        axis.at(o, table.positions[entry], tap) += table.weights[entry];
      }
    }
  return axis;
}

/// The matrix of the dimensions so far and one more, inside of them.
static AxisMatrix product(AxisMatrix &outer, AxisMatrix &inner) {
  AxisMatrix both{outer.outputs * inner.outputs, outer.inputs * inner.inputs,
                  outer.taps * inner.taps, {}};
  both.numbers.reserve(both.outputs * both.inputs * both.taps);
  for (int64_t output = 0; output < both.outputs; ++output)
    for (int64_t input = 0; input < both.inputs; ++input)
      for (int64_t tap = 0; tap < both.taps; ++tap)
        both.numbers.push_back(outer.at(output / inner.outputs,
                                        input / inner.inputs,
                                        tap / inner.taps) *
                               inner.at(output % inner.outputs,
                                        input % inner.inputs,
                                        tap % inner.taps));
  return both;
}

InterpolationMatrix InterpolationMatrix::of(ResizeOp op, Layout layout,
                                            const SlidingWindow &window,
                                            ArrayRef<int64_t> outputs) {
  ArrayRef<int64_t> inputs = op.getInput().getType().getShape();
  AxisMatrix all{1, 1, 1, {1.0}};
  for (int64_t axis = 0; axis < window.rank(); ++axis) {
    int64_t dim = spatialDim(layout, axis);
    AxisMatrix one = axisMatrix(ResizeTable::of(op, dim), inputs[dim],
                                window.dim(axis), outputs[axis]);
    all = product(all, one);
  }
  return {all.outputs, all.inputs * all.taps, std::move(all.numbers)};
}
