//===- FloatConversion.h - 16-bit floats for compiled code ------*- C++ -*-===//
//
// Weak, since a compiler's own support library may define the same names.
//
//===----------------------------------------------------------------------===//

#ifndef LACUNA_LIB_RUNTIME_FLOATCONVERSION_H
#define LACUNA_LIB_RUNTIME_FLOATCONVERSION_H

using HalfCarrier = _Float16;

extern "C" {
__attribute__((weak)) HalfCarrier __truncsfhf2(float value);
__attribute__((weak)) HalfCarrier __truncdfhf2(double value);
__attribute__((weak)) HalfCarrier __truncsfbf2(float value);
__attribute__((weak)) HalfCarrier __truncdfbf2(double value);
__attribute__((weak)) float __extendhfsf2(HalfCarrier value);
}

#endif // LACUNA_LIB_RUNTIME_FLOATCONVERSION_H
