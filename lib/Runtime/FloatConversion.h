//===- FloatConversion.h - 16-bit floats for compiled code ------*- C++ -*-===//
//
// The names are LLVM's and libgcc's.
//
//===----------------------------------------------------------------------===//

#ifndef LACUNA_LIB_RUNTIME_FLOATCONVERSION_H
#define LACUNA_LIB_RUNTIME_FLOATCONVERSION_H

using HalfCarrier = _Float16;

extern "C" {
HalfCarrier __truncsfhf2(float value);
HalfCarrier __truncdfhf2(double value);
HalfCarrier __truncsfbf2(float value);
HalfCarrier __truncdfbf2(double value);
float __extendhfsf2(HalfCarrier value);
}

#endif // LACUNA_LIB_RUNTIME_FLOATCONVERSION_H
