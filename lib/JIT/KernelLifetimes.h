//===- KernelLifetimes.h - What lives while an entry runs -------*- C++ -*-===//
#ifndef LACUNA_LIB_JIT_KERNELLIFETIMES_H
#define LACUNA_LIB_JIT_KERNELLIFETIMES_H

#include "lacuna/JIT/Explain.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace lacuna {

/// All of the report but its operations, of an entry at stage `memory`.
MemoryReport readLifetimes(mlir::func::FuncOp entry);

} // namespace lacuna

#endif // LACUNA_LIB_JIT_KERNELLIFETIMES_H
