//===- OperationCount.h - The arithmetic a program asks for -----*- C++ -*-===//
#ifndef LACUNA_IR_OPERATIONCOUNT_H
#define LACUNA_IR_OPERATIONCOUNT_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <vector>

namespace lacuna {

/// Additions and multiplications of one op on tensors; -1: not known.
int64_t countOperations(mlir::Operation *op);

/// Additions and multiplications of each kernel of an entry at stage `tensor`,
/// in order; -1 for a kernel with an op whose work we cannot tell.
std::vector<int64_t> countOperations(mlir::func::FuncOp entry);

/// Bytes of the inputs and results of each such kernel: the least it moves.
std::vector<int64_t> countBytes(mlir::func::FuncOp entry);

} // namespace lacuna

#endif // LACUNA_IR_OPERATIONCOUNT_H
