//===- Compare.h - statistics and comparison of tensors ---------*- C++ -*-===//
//
// What `lacuna run` prints about an output and how it decides that an output
// is right: NumPy's isclose, |actual - expected| <= atol + rtol |expected|.
//
//===----------------------------------------------------------------------===//

#ifndef LACUNA_RUNTIME_COMPARE_H
#define LACUNA_RUNTIME_COMPARE_H

#include "lacuna/Runtime/Tensor.h"

#include <limits>

namespace lacuna {

/// Mean, population standard deviation and range of the finite elements in
/// f64; NaN where there is none.
struct TensorStatistics {
  int64_t count = 0;
  int64_t nanCount = 0;
  int64_t infinityCount = 0;
  double mean = std::numeric_limits<double>::quiet_NaN();
  double deviation = std::numeric_limits<double>::quiet_NaN();
  double min = std::numeric_limits<double>::quiet_NaN();
  double max = std::numeric_limits<double>::quiet_NaN();
};

TensorStatistics computeStatistics(const Tensor &tensor);

struct Tolerance {
  double relative = 1e-5;
  double absolute = 1e-8;
};

/// NaN equals NaN and infinities equal their own sign; any other pair with a
/// NaN or an infinity mismatches, and its difference counts as infinite.
struct Comparison {
  int64_t count = 0;
  int64_t mismatchCount = 0;
  double maxAbsolute = 0.0; ///< largest |actual - expected|
  double maxRelative = 0.0; ///< largest |actual - expected| / |expected|,
                            ///< where expected is not 0
  /// The element that exceeds its tolerance most (or comes nearest to it);
  /// empty for tensors without elements and for scalars.
  Shape worstIndex;
  double worstActual = 0.0;
  double worstExpected = 0.0;

  bool matches() const { return mismatchCount == 0; }
};

/// Compares values; the element types may differ, the shapes must not. Pairs
/// of integers are subtracted exactly.
Expected<Comparison> compareTensors(const Tensor &actual,
                                    const Tensor &expected,
                                    const Tolerance &tolerance);

} // namespace lacuna

#endif // LACUNA_RUNTIME_COMPARE_H
