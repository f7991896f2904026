//===- RecomputeGraph.h - A joint function as a planning problem *- C++ -*-===//
#ifndef LACUNA_LIB_TRANSFORMS_RECOMPUTEGRAPH_H
#define LACUNA_LIB_TRANSFORMS_RECOMPUTEGRAPH_H

#include "KernelGroups.h"
#include "lacuna/Planning/Recompute.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

namespace lacuna {

/// A task an op that works, a value for each of its tensors. Views and
/// constants are part of whoever reads them. What a kernel does not store takes
/// no room, and what it reads stays until its last op.
class RecomputeGraph {
public:
  /// Moves the ops of `function` so that those of a kernel are neighbours.
  RecomputeGraph(mlir::func::FuncOp function, bool gates);

  static bool isView(mlir::Operation *op);
  static bool isConstant(mlir::Value value);
  /// What `value` is a view of.
  static mlir::Value baseOf(mlir::Value value);

  planning::RecomputeProblem problem;
  /// Bytes of results that count in the problem: until they are written, forward
  /// values may lie in their memory, so that as much is there beside the arena.
  int64_t resultBytes = 0;
  /// By task: the op, and the operands by which it reads, in the order of the
  /// task's reads.
  llvm::SmallVector<mlir::Operation *> ops;
  llvm::SmallVector<llvm::SmallVector<mlir::Value>> operands;
  /// By value of the problem.
  llvm::SmallVector<mlir::Value> values;

private:
  void addTask(mlir::Operation *op);
  llvm::SmallVector<int>
  readsOf(mlir::Operation *op,
          llvm::SmallVectorImpl<mlir::Value> *operands = nullptr) const;
  void markKernels(const KernelGroups &groups);
  void countResults(llvm::ArrayRef<int> results);

  llvm::DenseMap<mlir::Value, int> index;
};

} // namespace lacuna

#endif // LACUNA_LIB_TRANSFORMS_RECOMPUTEGRAPH_H
