//===- EntryToLLVM.h - Entry functions in the LLVM dialect ------*- C++ -*-===//
#ifndef LACUNA_LIB_LOWERING_ENTRYTOLLVM_H
#define LACUNA_LIB_LOWERING_ENTRYTOLLVM_H

#include "mlir/IR/BuiltinOps.h"

namespace lacuna {

/// Replaces each entry function by one on pointers `(context, inputs, outputs,
/// arena, constants)`, gives every kernel a thunk of the runtime's kernel
/// type, and places the constants in one segment.
mlir::LogicalResult
convertEntries(mlir::ModuleOp module,
               llvm::ArrayRef<mlir::Operation *> entries);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_ENTRYTOLLVM_H
