//===- FloatConversionTest.cpp - f16 and bf16 conversions -----------------===//
//
// All 2^16 patterns and, between every two neighbours, the tie and the values
// just beside it. The reference decodes by std::ldexp, not by bits.
//
//===----------------------------------------------------------------------===//

#include "Runtime/FloatConversion.h"
#include "lacuna/Support/HalfFloat.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace lacuna;

namespace {

struct F16 {
  static constexpr int mantissaBits = 10;
  static constexpr int bias = 15;
  static float decode(uint16_t bits) { return fromHalf(bits); }
  static uint16_t round(double value) {
    return std::bit_cast<uint16_t>(__truncdfhf2(value));
  }
  static uint16_t round(float value) {
    return std::bit_cast<uint16_t>(__truncsfhf2(value));
  }
};

struct BF16 {
  static constexpr int mantissaBits = 7;
  static constexpr int bias = 127;
  static float decode(uint16_t bits) { return fromBFloat(bits); }
  static uint16_t round(double value) {
    return std::bit_cast<uint16_t>(__truncdfbf2(value));
  }
  static uint16_t round(float value) {
    return std::bit_cast<uint16_t>(__truncsfbf2(value));
  }
};

/// The magnitude of a finite pattern; beyond the largest one it goes on as if
/// the exponent had no end, which is where rounding to infinity begins.
template <typename Format> double magnitude(int pattern) {
  int exponent = pattern >> Format::mantissaBits;
  int mantissa = pattern & ((1 << Format::mantissaBits) - 1);
  if (exponent == 0)
    exponent = 1;
  else
    mantissa += 1 << Format::mantissaBits;
  return std::ldexp(mantissa, exponent - Format::bias - Format::mantissaBits);
}

template <typename Format>
constexpr int infinityPattern = 0x7fff & ~((1 << Format::mantissaBits) - 1);

template <typename Format> class FloatConversion : public testing::Test {};
using Formats = testing::Types<F16, BF16>;
TYPED_TEST_SUITE(FloatConversion, Formats);

} // namespace

TYPED_TEST(FloatConversion, DecodesEveryPattern) {
  for (int pattern = 0; pattern < 0x8000; ++pattern) {
    float value = TypeParam::decode(pattern);
    float negative = TypeParam::decode(pattern | 0x8000);
    EXPECT_TRUE(std::signbit(negative) && !std::signbit(value));
    if (pattern < infinityPattern<TypeParam>) {
      EXPECT_EQ(value, magnitude<TypeParam>(pattern));
      EXPECT_EQ(negative, -magnitude<TypeParam>(pattern));
    } else {
      EXPECT_EQ(std::isinf(value), pattern == infinityPattern<TypeParam>);
      EXPECT_EQ(std::isnan(value), pattern != infinityPattern<TypeParam>);
    }
  }
}

TYPED_TEST(FloatConversion, RoundTripsEveryPattern) {
  constexpr int quiet = 1 << (TypeParam::mantissaBits - 1);
  for (int pattern = 0; pattern <= 0xffff; ++pattern) {
    float value = TypeParam::decode(pattern);
    uint16_t expected = std::isnan(value) ? pattern | quiet : pattern;
    EXPECT_EQ(TypeParam::round(value), expected);
    EXPECT_EQ(TypeParam::round(static_cast<double>(value)), expected);
  }
}

TYPED_TEST(FloatConversion, RoundsTiesToEven) {
  for (int pattern = 0; pattern < infinityPattern<TypeParam>; ++pattern) {
    double below = magnitude<TypeParam>(pattern);
    double above = magnitude<TypeParam>(pattern + 1);
    double tie = below + (above - below) / 2; // exact
    int even = pattern + (pattern & 1);
    for (int sign : {0, 0x8000}) {
      double s = sign ? -1.0 : 1.0;
      EXPECT_EQ(TypeParam::round(s * tie), sign | even);
      // One unit of f64 aside: through f32 these would become the tie.
      EXPECT_EQ(TypeParam::round(s * std::nextafter(tie, 0.0)), sign | pattern);
      EXPECT_EQ(TypeParam::round(s * std::nextafter(tie, HUGE_VAL)),
                sign | (pattern + 1));
      float narrow = static_cast<float>(s * tie);
      ASSERT_EQ(narrow, s * tie);
      EXPECT_EQ(TypeParam::round(narrow), sign | even);
      EXPECT_EQ(TypeParam::round(std::nextafter(narrow, 0.0f)), sign | pattern);
      EXPECT_EQ(TypeParam::round(
                    std::nextafter(narrow, static_cast<float>(s) * HUGE_VALF)),
                sign | (pattern + 1));
    }
  }
}

TYPED_TEST(FloatConversion, TakesExtremes) {
  constexpr int infinity = infinityPattern<TypeParam>;
  using Double = std::numeric_limits<double>;
  using Float = std::numeric_limits<float>;
  EXPECT_EQ(TypeParam::round(Double::max()), infinity);
  EXPECT_EQ(TypeParam::round(-Double::infinity()), infinity | 0x8000);
  EXPECT_EQ(TypeParam::round(Float::infinity()), infinity);
  EXPECT_EQ(TypeParam::round(Double::denorm_min()), 0);
  EXPECT_EQ(TypeParam::round(-Double::denorm_min()), 0x8000);
  EXPECT_EQ(TypeParam::round(Float::denorm_min()), 0);
  EXPECT_GT(TypeParam::round(Double::quiet_NaN()), infinity);
  // The payload's low bits alone must not vanish into an infinity.
  EXPECT_GT(TypeParam::round(std::bit_cast<double>(0x7ff0000000000001)),
            infinity);
  EXPECT_GT(TypeParam::round(std::bit_cast<float>(0x7f800001)), infinity);
}

TEST(FloatConversionSymbols, ExtendIsTheDecoder) {
  for (int pattern = 0; pattern <= 0xffff; ++pattern) {
    float value = __extendhfsf2(
        std::bit_cast<HalfCarrier>(static_cast<uint16_t>(pattern)));
    EXPECT_EQ(std::bit_cast<uint32_t>(value),
              std::bit_cast<uint32_t>(fromHalf(pattern)));
  }
}
