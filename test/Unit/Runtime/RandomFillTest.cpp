//===- RandomFillTest.cpp - reproducible random tensors -------------------===//
//
// The first draws are those of another implementation of xoshiro256++ and
// splitmix64, written in Python from the papers.
//
//===----------------------------------------------------------------------===//

#include "lacuna/Runtime/Compare.h"

#include <gtest/gtest.h>

using namespace lacuna;

TEST(RandomFill, DrawsTheDocumentedSequence) {
  RandomFill fill;
  fill.high = 1000;
  Tensor integers = *Tensor::random(DType::I32, {6}, 42, fill);
  EXPECT_EQ(std::vector<int32_t>(integers.data<int32_t>(),
                                 integers.data<int32_t>() + 6),
            (std::vector<int32_t>{814, 318, 983, 701, 793, 588}));
  Tensor floats = *Tensor::random(DType::F64, {2}, 42);
  EXPECT_DOUBLE_EQ(floats.element(0), 0.9813983900724986);
  EXPECT_DOUBLE_EQ(floats.element(1), -0.565720104673956);
}

TEST(RandomFill, DependsOnTheSeedAlone) {
  Tensor a = *Tensor::random(DType::F32, {50}, 7);
  Tensor b = *Tensor::random(DType::F32, {50}, 7);
  Tensor c = *Tensor::random(DType::F32, {50}, 8);
  EXPECT_TRUE(compareTensors(a, b, {0, 0})->matches());
  EXPECT_GT(compareTensors(a, c, {0, 0})->mismatchCount, 45);
}

TEST(RandomFill, HasTheMomentsAskedFor) {
  RandomFill fill;
  fill.mean = 3.0;
  fill.deviation = 0.5;
  for (DType type : {DType::F64, DType::F32, DType::F16, DType::BF16}) {
    TensorStatistics s =
        computeStatistics(*Tensor::random(type, {20000}, 5, fill));
    EXPECT_NEAR(s.mean, 3.0, 0.02) << dtypeName(type);
    EXPECT_NEAR(s.deviation, 0.5, 0.02) << dtypeName(type);
  }
}

TEST(RandomFill, KeepsIntegersInRange) {
  RandomFill fill;
  fill.low = -3;
  fill.high = 4;
  for (DType type : {DType::I8, DType::I16, DType::I32, DType::I64}) {
    TensorStatistics s =
        computeStatistics(*Tensor::random(type, {1000}, 5, fill));
    EXPECT_EQ(s.min, -3.0);
    EXPECT_EQ(s.max, 3.0);
  }
  TensorStatistics bits =
      computeStatistics(*Tensor::random(DType::I1, {1000}, 5, fill));
  EXPECT_EQ(bits.min, 0.0);
  EXPECT_EQ(bits.max, 1.0);
  EXPECT_NEAR(bits.mean, 0.5, 0.06);
}

TEST(RandomFill, TakesTheWholeRangeOfI64) {
  RandomFill fill;
  fill.low = INT64_MIN;
  fill.high = INT64_MAX;
  EXPECT_TRUE(Tensor::random(DType::I64, {10}, 1, fill));
}

TEST(RandomFill, RefusesBadRanges) {
  RandomFill fill;
  fill.low = 5;
  fill.high = 5;
  EXPECT_EQ(Tensor::random(DType::I32, {1}, 1, fill).error().message(),
            "range of random integers must be within i32 and not empty, got "
            "[5, 5)");
  fill.high = 300;
  EXPECT_FALSE(Tensor::random(DType::U8, {1}, 1, fill));
  fill.low = -1;
  EXPECT_FALSE(Tensor::random(DType::U64, {1}, 1, fill));
}
