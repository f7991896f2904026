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

HalfCarrier __truncsfhf2(float value) { return carry(toHalf(value)); }
HalfCarrier __truncdfhf2(double value) { return carry(toHalf(value)); }
HalfCarrier __truncsfbf2(float value) { return carry(toBFloat(value)); }
HalfCarrier __truncdfbf2(double value) { return carry(toBFloat(value)); }

float __extendhfsf2(HalfCarrier value) {
  return fromHalf(std::bit_cast<uint16_t>(value));
}
