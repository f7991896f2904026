//===- IndexCheck.h - Indices that come from data ---------------*- C++ -*-===//
// An index read from a tensor is checked at run time: the call fails when it
// is out of range, and the access goes to an element that exists all the same.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_INDEXCHECK_H
#define LACUNA_LIB_LOWERING_INDEXCHECK_H

#include "lacuna/Lowering/KernelBuilder.h"

namespace lacuna {

/// The integer element of `indices` at `at`, as `index`.
mlir::FailureOr<mlir::Value>
loadIndex(KernelBuilder &kernel, mlir::Value indices, const Position &at);

/// Fails the call unless low <= value <= high; returns `value` clamped.
mlir::Value checkRange(KernelBuilder &kernel, mlir::Value value,
                       mlir::Value low, mlir::Value high,
                       llvm::StringRef message);
mlir::Value checkRange(KernelBuilder &kernel, mlir::Value value, int64_t low,
                       int64_t high, llvm::StringRef message);

/// The element of `indices` at `at` as an index into `size` (not 0) elements:
/// -1 is the last one.
mlir::FailureOr<mlir::Value> loadElementIndex(KernelBuilder &kernel,
                                              mlir::Value indices,
                                              const Position &at,
                                              int64_t size);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_INDEXCHECK_H
