//===- HalfFloat.h - f16 and bf16 as bits -----------------------*- C++ -*-===//
//
// Conversions between the 16-bit formats and f32/f64, rounded once to nearest,
// ties to even. Integer arithmetic only: these also stand behind the symbols
// LLVM calls for such conversions, so they must not call them back.
//
//===----------------------------------------------------------------------===//

#ifndef LACUNA_SUPPORT_HALFFLOAT_H
#define LACUNA_SUPPORT_HALFFLOAT_H

#include <bit>
#include <cstdint>

namespace lacuna {

/// Rounds the f64 of these bits to a binary format of 16 bits with
/// `mantissaBits` stored bits: 10 is f16, 7 is bf16. NaNs keep the top of their
/// payload and become quiet.
template <int mantissaBits> constexpr uint16_t roundDouble(uint64_t bits) {
  constexpr int exponentBits = 15 - mantissaBits;
  constexpr int bias = (1 << (exponentBits - 1)) - 1;
  constexpr uint16_t infinity = ((1 << exponentBits) - 1) << mantissaBits;
  constexpr int shift = 52 - mantissaBits;

  uint16_t sign = static_cast<uint16_t>(bits >> 63 << 15);
  uint64_t magnitude = bits & ~(uint64_t{1} << 63);
  constexpr uint64_t doubleInfinity = uint64_t{0x7ff} << 52;
  if (magnitude > doubleInfinity) {
    uint64_t payload = (magnitude >> shift) & ((1u << mantissaBits) - 1);
    return sign | infinity | (1u << (mantissaBits - 1)) |
           static_cast<uint16_t>(payload);
  }
  int exponent = static_cast<int>(magnitude >> 52) - 1023 + bias;
  if (exponent > 2 * bias)
    return sign | infinity;

  // A result below the normal range drops further bits of the significand,
  // whose leading one then has to be written out.
  uint64_t value = magnitude & ((uint64_t{1} << 52) - 1);
  int dropped = shift;
  if (exponent > 0) {
    value |= static_cast<uint64_t>(exponent) << 52;
  } else {
    dropped += 1 - exponent;
    if (dropped > 54)
      return sign;
    value |= uint64_t{1} << 52;
  }
  uint64_t kept = value >> dropped;
  uint64_t rest = value & ((uint64_t{1} << dropped) - 1);
  uint64_t half = uint64_t{1} << (dropped - 1);
  // The carry may run into the exponent: that is the next binade, or infinity.
  kept += rest > half || (rest == half && (kept & 1));
  return sign | static_cast<uint16_t>(kept);
}

constexpr uint16_t toHalf(double value) {
  return roundDouble<10>(std::bit_cast<uint64_t>(value));
}

constexpr uint16_t toBFloat(double value) {
  return roundDouble<7>(std::bit_cast<uint64_t>(value));
}

/// The top half of the f32: rounding is one addition that may carry.
constexpr uint16_t toBFloat(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  if ((bits & 0x7fffffff) > 0x7f800000)
    return static_cast<uint16_t>(bits >> 16 | 0x0040);
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

constexpr uint16_t toHalf(float value) {
  return toHalf(static_cast<double>(value));
}

constexpr float fromBFloat(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

/// Exact; a signalling NaN becomes quiet.
constexpr float fromHalf(uint16_t bits) {
  uint32_t sign = static_cast<uint32_t>(bits & 0x8000) << 16;
  uint32_t exponent = bits >> 10 & 0x1f;
  uint32_t mantissa = bits & 0x3ff;
  if (exponent == 0x1f) {
    uint32_t quiet = mantissa ? 0x00400000 : 0;
    return std::bit_cast<float>(sign | 0x7f800000 | quiet | mantissa << 13);
  }
  if (exponent)
    return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
  // 2^-24 is the unit of the subnormal range; the product is exact.
  float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
  return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(magnitude));
}

} // namespace lacuna

#endif // LACUNA_SUPPORT_HALFFLOAT_H
