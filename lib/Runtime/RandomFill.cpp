//===- RandomFill.cpp - reproducible random tensors -----------------------===//
//
// xoshiro256++ (Blackman and Vigna, 2019), seeded by splitmix64. Normals by
// Marsaglia's polar method, integers by Lemire's multiplication: unlike the
// distributions of <random>, the same on every standard library.
//
//===----------------------------------------------------------------------===//

#include "lacuna/Runtime/Tensor.h"
#include "lacuna/Support/HalfFloat.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cmath>

namespace lacuna {

namespace {

class Generator {
public:
  explicit Generator(uint64_t seed) {
    for (uint64_t &word : state) {
      uint64_t z = seed += 0x9e3779b97f4a7c15;
      z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
      z = (z ^ z >> 27) * 0x94d049bb133111eb;
      word = z ^ z >> 31;
    }
  }

  uint64_t bits() {
    uint64_t result = std::rotl(state[0] + state[3], 23) + state[0];
    uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = std::rotl(state[3], 45);
    return result;
  }

  /// Uniform in [0, bound).
  uint64_t below(uint64_t bound) {
    unsigned __int128 product = static_cast<unsigned __int128>(bits()) * bound;
    // Draws in the short first interval would make small results likelier.
    uint64_t excess = -bound % bound;
    while (static_cast<uint64_t>(product) < excess)
      product = static_cast<unsigned __int128>(bits()) * bound;
    return static_cast<uint64_t>(product >> 64);
  }

  double normal() {
    if (hasSpare) {
      hasSpare = false;
      return spare;
    }
    double x, y, square;
    do {
      x = symmetric();
      y = symmetric();
      square = x * x + y * y;
    } while (square >= 1.0 || square == 0.0);
    double factor = std::sqrt(-2.0 * std::log(square) / square);
    spare = y * factor;
    hasSpare = true;
    return x * factor;
  }

private:
  /// Uniform in [-1, 1).
  double symmetric() {
    return static_cast<double>(bits() >> 11) * 0x1p-52 - 1.0;
  }

  std::array<uint64_t, 4> state;
  double spare = 0.0;
  bool hasSpare = false;
};

} // namespace

template <typename T, typename Draw>
static void fillWith(Tensor &tensor, Draw draw) {
  T *data = tensor.data<T>();
  for (int64_t i = 0; i < tensor.elementCount(); ++i)
    data[i] = static_cast<T>(draw());
}

static void fillFloats(Tensor &tensor, Generator &generator,
                       const RandomFill &fill) {
  auto draw = [&] { return fill.mean + fill.deviation * generator.normal(); };
  switch (tensor.dtype()) {
  case DType::F64:
    return fillWith<double>(tensor, draw);
  case DType::F16:
    return fillWith<uint16_t>(tensor, [&] { return toHalf(draw()); });
  case DType::BF16:
    return fillWith<uint16_t>(tensor, [&] { return toBFloat(draw()); });
  default:
    return fillWith<float>(tensor, draw);
  }
}

static void fillIntegers(Tensor &tensor, Generator &generator,
                         const RandomFill &fill) {
  uint64_t low = static_cast<uint64_t>(fill.low);
  uint64_t range = static_cast<uint64_t>(fill.high) - low;
  // Conversion wraps, so that one draw serves every width and sign.
  auto draw = [&] { return low + generator.below(range); };
  switch (byteWidth(tensor.dtype())) {
  case 1:
    return fillWith<uint8_t>(tensor, draw);
  case 2:
    return fillWith<uint16_t>(tensor, draw);
  case 4:
    return fillWith<uint32_t>(tensor, draw);
  default:
    return fillWith<uint64_t>(tensor, draw);
  }
}

/// Whether every value of [low, high) is one of the type's.
static bool fits(DType type, int64_t low, int64_t high) {
  int bits = static_cast<int>(8 * byteWidth(type));
  if (type >= DType::U8)
    return low >= 0 && (bits == 64 || (high - 1) >> bits == 0);
  return bits == 64 || (low >= -(int64_t{1} << (bits - 1)) &&
                        high - 1 < int64_t{1} << (bits - 1));
}

Expected<Tensor> Tensor::random(DType type, Shape shape, uint64_t seed,
                                const RandomFill &fill) {
  RandomFill range = fill;
  if (type == DType::I1)
    range.low = 0, range.high = 2;
  if (!isFloat(type) &&
      (range.low >= range.high || !fits(type, range.low, range.high)))
    return Error(ErrorCode::InvalidArgument,
                 fmt::format("range of random integers must be within {} and "
                             "not empty, got [{}, {})",
                             dtypeName(type), range.low, range.high));
  Expected<Tensor> tensor = allocate(type, std::move(shape));
  if (!tensor)
    return tensor;
  Generator generator(seed);
  if (isFloat(type))
    fillFloats(*tensor, generator, fill);
  else
    fillIntegers(*tensor, generator, range);
  return tensor;
}

} // namespace lacuna
