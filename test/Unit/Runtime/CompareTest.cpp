//===- CompareTest.cpp - statistics and comparison of tensors -------------===//
//
// Expected numbers are worked out by hand, verdicts by NumPy's isclose.
//
//===----------------------------------------------------------------------===//

#include "lacuna/Runtime/Compare.h"
#include "lacuna/Support/HalfFloat.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace lacuna;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double quietNaN = std::numeric_limits<double>::quiet_NaN();

template <typename T>
Tensor tensorOf(DType type, Shape shape, std::vector<T> values) {
  return *Tensor::copyOf(type, std::move(shape),
                         std::as_bytes(std::span<const T>(values)));
}

Tensor f64(std::vector<double> values) {
  int64_t count = static_cast<int64_t>(values.size());
  return tensorOf(DType::F64, {count}, std::move(values));
}

Comparison compare(const Tensor &actual, const Tensor &expected,
                   Tolerance tolerance = {1e-3, 1e-5}) {
  Expected<Comparison> result = compareTensors(actual, expected, tolerance);
  EXPECT_TRUE(result) << result.error().message();
  return *result;
}

} // namespace

TEST(Statistics, CoverTheFiniteElements) {
  TensorStatistics s =
      computeStatistics(f64({1, 2, quietNaN, 3, 6, inf, -inf}));
  EXPECT_EQ(s.count, 7);
  EXPECT_EQ(s.nanCount, 1);
  EXPECT_EQ(s.infinityCount, 2);
  EXPECT_DOUBLE_EQ(s.mean, 3.0);
  EXPECT_DOUBLE_EQ(s.deviation, std::sqrt(14.0 / 4));
  EXPECT_EQ(s.min, 1.0);
  EXPECT_EQ(s.max, 6.0);
}

TEST(Statistics, OfNothingAreNaN) {
  EXPECT_TRUE(std::isnan(computeStatistics(f64({})).mean));
  EXPECT_TRUE(std::isnan(computeStatistics(f64({inf})).max));
}

TEST(Statistics, SurviveExtremesAndOffsets) {
  EXPECT_DOUBLE_EQ(computeStatistics(f64({1.7e308, 1.7e308, 1.7e308})).mean,
                   1.7e308);
  TensorStatistics s = computeStatistics(f64({1e9 + 1, 1e9 + 2, 1e9 + 3}));
  EXPECT_NEAR(s.deviation, std::sqrt(2.0 / 3), 1e-9);
}

TEST(Statistics, ReadSixteenBitFloats) {
  Tensor bf16 =
      tensorOf<uint16_t>(DType::BF16, {2}, {toBFloat(1.5f), toBFloat(-2.5f)});
  EXPECT_EQ(computeStatistics(bf16).mean, -0.5);
  Tensor f16 =
      tensorOf<uint16_t>(DType::F16, {2}, {toHalf(1.5f), toHalf(-2.5f)});
  EXPECT_EQ(computeStatistics(f16).min, -2.5);
}

TEST(Compare, FollowsIsClose) {
  // At the bound, within and beyond; the tolerance is relative to `expected`.
  EXPECT_TRUE(compare(f64({1.5}), f64({1.0}), {0.5, 0.0}).matches());
  EXPECT_FALSE(compare(f64({1.0}), f64({1.5}), {0.25, 0.0}).matches());
  EXPECT_TRUE(compare(f64({0.25}), f64({0.0}), {0.0, 0.25}).matches());
  EXPECT_FALSE(compare(f64({0.26}), f64({0.0}), {0.5, 0.25}).matches());
}

TEST(Compare, TreatsNaNAndInfinityByKind) {
  Tensor special = f64({quietNaN, inf, -inf});
  Comparison same = compare(special, special);
  EXPECT_TRUE(same.matches());
  EXPECT_EQ(same.maxAbsolute, 0.0);
  EXPECT_EQ(compare(special, f64({0, -inf, inf})).mismatchCount, 3);
  EXPECT_EQ(compare(f64({quietNaN, 1e308, -1e308}), f64({0, inf, -inf}))
                .mismatchCount,
            3);
  EXPECT_EQ(compare(f64({quietNaN}), f64({0})).maxAbsolute, inf);
  EXPECT_EQ(compare(f64({1}), f64({inf})).maxRelative, inf);
}

TEST(Compare, FindsTheWorstElement) {
  Tensor actual = tensorOf<float>(DType::F32, {2, 3}, {1, 2, 3, 4.5, 5, 6.25});
  Tensor expected = tensorOf<float>(DType::F32, {2, 3}, {1, 2, 3, 4, 5, 6});
  Comparison result = compare(actual, expected);
  EXPECT_EQ(result.count, 6);
  EXPECT_EQ(result.mismatchCount, 2);
  EXPECT_EQ(result.maxAbsolute, 0.5);
  EXPECT_EQ(result.maxRelative, 0.125);
  EXPECT_EQ(result.worstIndex, (Shape{1, 0}));
  EXPECT_EQ(result.worstActual, 4.5);
  EXPECT_EQ(result.worstExpected, 4.0);
}

TEST(Compare, CrossesBlocksAndStrides) {
  Tensor values = *Tensor::random(DType::F32, {70, 50}, 3);
  Tensor same = *values.clone();
  Tensor turned =
      *Tensor::borrow(DType::F32, {50, 70}, {1, 50}, values.data(), nullptr);
  Tensor turnedSame = *turned.clone();
  EXPECT_TRUE(compare(turned, turnedSame, {0, 0}).matches());
  same.data<float>()[2345] += 1.0f;
  Comparison result = compare(values, same, {0, 0});
  EXPECT_EQ(result.mismatchCount, 1);
  EXPECT_EQ(result.worstIndex, (Shape{46, 45}));
}

TEST(Compare, SubtractsWideIntegersExactly) {
  int64_t big = int64_t{1} << 60;
  Tensor actual = tensorOf<int64_t>(DType::I64, {2}, {big, -3});
  Tensor expected = tensorOf<int64_t>(DType::I64, {2}, {big + 1, -3});
  Comparison result = compare(actual, expected, {0, 0});
  EXPECT_EQ(result.mismatchCount, 1);
  EXPECT_EQ(result.maxAbsolute, 1.0);
  Tensor extreme = tensorOf<uint64_t>(DType::U64, {1}, {UINT64_MAX});
  Tensor least = tensorOf<int64_t>(DType::I64, {1}, {INT64_MIN});
  EXPECT_EQ(compare(extreme, least).maxAbsolute, 0x1p64 + 0x1p63);
}

TEST(Compare, AcceptsOtherTypesButNoOtherShapes) {
  Tensor half = tensorOf<uint16_t>(DType::F16, {1}, {toHalf(0.1f)});
  EXPECT_TRUE(compare(half, f64({0.1}), {1e-3, 0}).matches());
  Expected<Comparison> result =
      compareTensors(f64({1, 2}), f64({1, 2, 3}), Tolerance());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message(), "shape must be 3, got 2");
}

TEST(Compare, OfNothingMatches) {
  Comparison result = compare(f64({}), f64({}));
  EXPECT_TRUE(result.matches());
  EXPECT_TRUE(result.worstIndex.empty());
}
