//===- Differentiation.cpp - The rule that differentiates an op -----------===//
// Defines the interface as TableGen wrote it.
//===----------------------------------------------------------------------===//
#include "lacuna/IR/Differentiation.h"

#include "lacuna/IR/Differentiation.cpp.inc"
