//===- FloatConversion.cpp - 16-bit floats for compiled code --------------===//
//
// The conversions that LLVM calls by these names on processors without such
// instructions. libgcc lacks some of them and older ones round f64 twice.
//
//===----------------------------------------------------------------------===//

#include "FloatConversion.h"

#include "lacuna/Support/HalfFloat.h"

using namespace lacuna;

// LLVM passes and returns f16 and bf16 alike, in a vector register, so one C
// type can carry both. Not every compiler we build with has __bf16.
static HalfCarrier carry(uint16_t bits) {
  return std::bit_cast<HalfCarrier>(bits);
}

// Weak definitions, since a compiler's own support library may have them too;
// not weak declarations, which would not bring this file into a program.
#define LACUNA_WEAK __attribute__((weak))

LACUNA_WEAK HalfCarrier __truncsfhf2(float value) {
  return carry(toHalf(value));
}
LACUNA_WEAK HalfCarrier __truncdfhf2(double value) {
  return carry(toHalf(value));
}
LACUNA_WEAK HalfCarrier __truncsfbf2(float value) {
  return carry(toBFloat(value));
}
LACUNA_WEAK HalfCarrier __truncdfbf2(double value) {
  return carry(toBFloat(value));
}
LACUNA_WEAK float __extendhfsf2(HalfCarrier value) {
  return fromHalf(std::bit_cast<uint16_t>(value));
}
