//===- Compare.cpp - statistics and comparison of tensors -----------------===//
//
// Both read blocks of elements as f64. The deviation takes a second pass: the
// difference of two large sums would lose it.
//
//===----------------------------------------------------------------------===//

#include "lacuna/Runtime/Compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace lacuna {

static constexpr int64_t blockSize = 1024;
static constexpr double infinity = std::numeric_limits<double>::infinity();

/// Calls visit(index, value) for every element.
template <typename Visit>
static void forEachElement(const Tensor &tensor, Visit visit) {
  std::array<double, blockSize> block;
  for (int64_t first = 0; first < tensor.elementCount(); first += blockSize) {
    int64_t size = std::min(blockSize, tensor.elementCount() - first);
    tensor.load(first, {block.data(), static_cast<size_t>(size)});
    for (int64_t i = 0; i < size; ++i)
      visit(first + i, block[static_cast<size_t>(i)]);
  }
}

TensorStatistics computeStatistics(const Tensor &tensor) {
  TensorStatistics result;
  result.count = tensor.elementCount();
  double low = infinity, high = -infinity;
  // A running mean cannot overflow where a sum of f64 extremes would.
  double mean = 0.0;
  int64_t finite = 0;
  forEachElement(tensor, [&](int64_t, double value) {
    if (!std::isfinite(value)) {
      ++(std::isnan(value) ? result.nanCount : result.infinityCount);
      return;
    }
    low = std::min(low, value);
    high = std::max(high, value);
    ++finite;
    mean += value / finite - mean / finite;
  });
  if (finite == 0)
    return result;
  double squares = 0.0;
  forEachElement(tensor, [&](int64_t, double value) {
    if (std::isfinite(value))
      squares += (value - mean) * (value - mean);
  });
  result.mean = mean;
  result.deviation = std::sqrt(squares / static_cast<double>(finite));
  result.min = low;
  result.max = high;
  return result;
}

namespace {

/// Takes pairs in order and keeps what Comparison tells.
class Comparer {
public:
  explicit Comparer(const Tolerance &tolerance) : tolerance(tolerance) {}

  void add(int64_t index, double actual, double expected) {
    add(index, actual, expected, difference(actual, expected));
  }

  void add(int64_t index, double actual, double expected, double difference) {
    double magnitude = std::abs(expected);
    double allowed = std::isfinite(expected)
                         ? tolerance.absolute + tolerance.relative * magnitude
                         : 0.0;
    double excess = difference - allowed;
    bool mismatch = !(excess <= 0.0);
    result.mismatchCount += mismatch;
    result.maxAbsolute = std::max(result.maxAbsolute, difference);
    if (difference > 0.0 && magnitude > 0.0)
      result.maxRelative = std::max(
          result.maxRelative,
          std::isfinite(magnitude) ? difference / magnitude : infinity);
    if (excess > worstExcess || worst < 0) {
      worstExcess = excess;
      worst = index;
      result.worstActual = actual;
      result.worstExpected = expected;
    }
  }

  Comparison finish(const Tensor &actual) {
    result.count = actual.elementCount();
    if (worst < 0)
      return std::move(result);
    result.worstIndex.resize(actual.shape().size());
    for (size_t dim = actual.shape().size(); dim-- > 0;) {
      result.worstIndex[dim] = worst % actual.shape()[dim];
      worst /= actual.shape()[dim];
    }
    return std::move(result);
  }

private:
  static double difference(double actual, double expected) {
    if (actual == expected || (std::isnan(actual) && std::isnan(expected)))
      return 0.0;
    double result = std::abs(actual - expected);
    return std::isnan(result) ? infinity : result;
  }

  Tolerance tolerance;
  Comparison result;
  double worstExcess = -infinity;
  int64_t worst = -1;
};

} // namespace

static bool isWide(DType type) {
  return type == DType::I64 || type == DType::U64;
}

static __int128 integerAt(const Tensor &tensor, int64_t index) {
  if (tensor.dtype() == DType::I64)
    return tensor.data<int64_t>()[index];
  if (tensor.dtype() == DType::U64)
    return tensor.data<uint64_t>()[index];
  return static_cast<__int128>(tensor.element(index));
}

/// 64-bit integers, whose differences f64 would round away.
static Comparison compareIntegers(const Tensor &actual, const Tensor &expected,
                                  Comparer comparer) {
  for (int64_t i = 0; i < actual.elementCount(); ++i) {
    __int128 left = integerAt(actual, i);
    __int128 right = integerAt(expected, i);
    __int128 difference = left > right ? left - right : right - left;
    comparer.add(i, static_cast<double>(left), static_cast<double>(right),
                 static_cast<double>(difference));
  }
  return comparer.finish(actual);
}

static Comparison compareFloats(const Tensor &actual, const Tensor &expected,
                                Comparer comparer) {
  std::array<double, blockSize> right;
  forEachElement(actual, [&](int64_t index, double left) {
    int64_t within = index % blockSize;
    if (within == 0)
      expected.load(index, {right.data(),
                            static_cast<size_t>(std::min(
                                blockSize, actual.elementCount() - index))});
    comparer.add(index, left, right[static_cast<size_t>(within)]);
  });
  return comparer.finish(actual);
}

Expected<Comparison> compareTensors(const Tensor &actual,
                                    const Tensor &expected,
                                    const Tolerance &tolerance) {
  if (actual.shape() != expected.shape())
    return Error(ErrorCode::InvalidArgument,
                 fmt::format("shape must be {}, got {}",
                             formatShape(expected.shape()),
                             formatShape(actual.shape())));
  bool integers = !isFloat(actual.dtype()) && !isFloat(expected.dtype());
  if (!integers || !(isWide(actual.dtype()) || isWide(expected.dtype())))
    return compareFloats(actual, expected, Comparer(tolerance));
  Expected<Tensor> left = actual.contiguous();
  if (!left)
    return left.takeError();
  Expected<Tensor> right = expected.contiguous();
  if (!right)
    return right.takeError();
  return compareIntegers(*left, *right, Comparer(tolerance));
}

} // namespace lacuna
