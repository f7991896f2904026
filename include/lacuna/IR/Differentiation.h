//===- Differentiation.h - The rule that differentiates an op ---*- C++ -*-===//
// Declares the interface of ops with a reverse-mode rule.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_IR_DIFFERENTIATION_H
#define LACUNA_IR_DIFFERENTIATION_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include "llvm/ADT/BitVector.h"

#include "lacuna/IR/Differentiation.h.inc"

#endif // LACUNA_IR_DIFFERENTIATION_H
