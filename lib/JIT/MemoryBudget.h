//===- MemoryBudget.h - Recomputation for a size of the arena ---*- C++ -*-===//
#ifndef LACUNA_LIB_JIT_MEMORYBUDGET_H
#define LACUNA_LIB_JIT_MEMORYBUDGET_H

#include "LoadedModule.h"

namespace lacuna {

/// What one bound on the values of a program leads to.
struct BudgetTrial {
  /// Bytes all live values may take by the count of PlanRecompute; -1: no
  /// bound.
  int64_t bound = -1;
  int64_t arenaBytes = 0, keptBytes = 0;
  /// Additions and multiplications known, of all kernels.
  int64_t operations = 0;
};

/// Plans the memory of `plan`, a module at that stage, which stays as it is.
Expected<BudgetTrial> tryBudget(mlir::ModuleOp plan,
                                const CompileOptions &options, int64_t bound);

/// Sets `loaded.memoryBudget`, the module being at `plan`, to the largest
/// bound found with which the arena keeps within `options.memoryBudget`.
Error fitMemoryBudget(LoadedModule &loaded, const CompileOptions &options);

} // namespace lacuna

#endif // LACUNA_LIB_JIT_MEMORYBUDGET_H
