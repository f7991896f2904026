//===- OrderKernels.h - The order of kernels that needs least memory -------===//
#ifndef LACUNA_LIB_LOWERING_ORDERKERNELS_H
#define LACUNA_LIB_LOWERING_ORDERKERNELS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace lacuna {

/// Puts the kernels of an entry into an order with a low peak of live bytes;
/// leaves them as they are if no better one is found. `bytesOf` says what a
/// kernel's result takes in the arena, `rootOf` whose bytes a value shows.
void orderKernels(mlir::func::FuncOp entry,
                  llvm::function_ref<int64_t(mlir::Value)> bytesOf,
                  llvm::function_ref<mlir::Value(mlir::Value)> rootOf);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_ORDERKERNELS_H
