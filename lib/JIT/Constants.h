//===- Constants.h - The constant segment of a program ----------*- C++ -*-===//
#ifndef LACUNA_LIB_JIT_CONSTANTS_H
#define LACUNA_LIB_JIT_CONSTANTS_H

#include "lacuna/Runtime/Tensor.h"

#include "mlir/IR/BuiltinOps.h"

namespace lacuna {

/// Writes all constants of a module at stage `llvm` into one tensor of bytes,
/// at the offsets the entry expects, and takes them out of the module.
Expected<Tensor> takeConstants(mlir::ModuleOp module);

} // namespace lacuna

#endif // LACUNA_LIB_JIT_CONSTANTS_H
