//===- InferTensorTypes.h - Shapes through upstream ops ---------*- C++ -*-===//
#ifndef LACUNA_LIB_JIT_INFERTENSORTYPES_H
#define LACUNA_LIB_JIT_INFERTENSORTYPES_H

#include "mlir/IR/Builders.h"

namespace lacuna {

/// Gives the results of an upstream op (tensor, linalg, arith, math) the shapes
/// that follow from its operands; sizes computed from shapes become constants.
/// May replace and erase `op`. Ops it does not know are left as they are.
/// Fails with a diagnostic where the operands' shapes contradict each other.
mlir::LogicalResult inferTensorTypes(mlir::Operation *op);

} // namespace lacuna

#endif // LACUNA_LIB_JIT_INFERTENSORTYPES_H
