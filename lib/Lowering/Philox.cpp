//===- Philox.cpp - A counter-based random number generator ---------------===//
#include "Philox.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <cmath>
#include <numbers>

using namespace mlir;
using namespace lacuna;

static constexpr int64_t multipliers[2] = {0xD2511F53, 0xCD9E8D57};
static constexpr int64_t weyl[2] = {0x9E3779B9, 0xBB67AE85};
static constexpr int rounds = 10;

static Value constant(ImplicitLocOpBuilder &b, Type type, int64_t value) {
  APInt bits(type.getIntOrFloatBitWidth(), value, /*isSigned=*/true,
             /*implicitTrunc=*/true);
  return arith::ConstantOp::create(b, b.getIntegerAttr(type, bits));
}

/// The low and high half of an i64.
static std::array<Value, 2> halves(ImplicitLocOpBuilder &b, Value wide) {
  Type word = b.getI32Type();
  Value shift = constant(b, b.getI64Type(), 32);
  Value high = arith::ShRUIOp::create(b, wide, shift);
  return {arith::TruncIOp::create(b, word, wide),
          arith::TruncIOp::create(b, word, high)};
}

static std::array<Value, 2> multiply(ImplicitLocOpBuilder &b, int64_t factor,
                                     Value word) {
  Value wide = arith::ExtUIOp::create(b, b.getI64Type(), word);
  Value product =
      arith::MulIOp::create(b, wide, constant(b, b.getI64Type(), factor));
  return halves(b, product);
}

std::array<Value, 4> lacuna::emitPhilox(ImplicitLocOpBuilder &b, Value key,
                                        Value counter) {
  Type word = b.getI32Type();
  auto [k0, k1] = halves(b, key);
  auto [c0, c1] = halves(b, counter);
  Value zero = constant(b, word, 0);
  std::array<Value, 4> c = {c0, c1, zero, zero};
  for (int round = 0; round < rounds; ++round) {
    auto [low0, high0] = multiply(b, multipliers[0], c[0]);
    auto [low1, high1] = multiply(b, multipliers[1], c[2]);
    auto mix = [&](Value high, Value old, Value k) -> Value {
      return arith::XOrIOp::create(b, arith::XOrIOp::create(b, high, old), k);
    };
    c = {mix(high1, c[1], k0), low1, mix(high0, c[3], k1), low0};
    k0 = arith::AddIOp::create(b, k0, constant(b, word, weyl[0]));
    k1 = arith::AddIOp::create(b, k1, constant(b, word, weyl[1]));
  }
  return c;
}

/// word * 2^-bits + offset.
static Value scaled(ImplicitLocOpBuilder &b, FloatType type, Value word,
                    int bits, double offset) {
  auto number = [&](double value) -> Value {
    return arith::ConstantOp::create(b, b.getFloatAttr(type, value));
  };
  Value x = arith::UIToFPOp::create(b, type, word);
  x = arith::MulFOp::create(b, x, number(std::ldexp(1.0, -bits)));
  return offset == 0 ? x : Value(arith::AddFOp::create(b, x, number(offset)));
}

/// Two words as one i64, without its `drop` lowest bits.
static Value joined(ImplicitLocOpBuilder &b, Value high, Value low, int drop) {
  Type wide = b.getI64Type();
  Value top = arith::ShLIOp::create(b, arith::ExtUIOp::create(b, wide, high),
                                    constant(b, wide, 32));
  Value all =
      arith::OrIOp::create(b, top, arith::ExtUIOp::create(b, wide, low));
  return arith::ShRUIOp::create(b, all, constant(b, wide, drop));
}

Value lacuna::emitUniform(ImplicitLocOpBuilder &b, FloatType type, Value high,
                          Value low) {
  if (type.isF64())
    return scaled(b, type, joined(b, high, low, 64 - 53), 53, 0);
  int bits = type.getFPMantissaWidth();
  Value word = arith::ShRUIOp::create(
      b, high, constant(b, b.getI32Type(), 32 - bits));
  return scaled(b, b.getF32Type(), word, bits, 0);
}

Value lacuna::emitNormal(ImplicitLocOpBuilder &b, FloatType type,
                         const std::array<Value, 4> &words) {
  FloatType wide = type.isF64() ? type : FloatType(b.getF32Type());
  auto number = [&](double value) -> Value {
    return arith::ConstantOp::create(b, b.getFloatAttr(wide, value));
  };
  // The radius needs a number above 0.
  Value radius =
      wide.isF64()
          ? scaled(b, wide, joined(b, words[0], words[1], 11), 53, 0x1p-54)
          : scaled(b, wide, words[0], 32, 0x1p-33);
  Value angle = emitUniform(b, wide, words[2], words[3]);
  radius = math::LogOp::create(b, radius);
  radius = arith::MulFOp::create(b, radius, number(-2));
  radius = math::SqrtOp::create(b, radius);
  angle = arith::MulFOp::create(b, angle, number(2 * std::numbers::pi));
  return arith::MulFOp::create(b, radius, math::CosOp::create(b, angle));
}
