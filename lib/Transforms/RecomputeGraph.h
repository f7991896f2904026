//===- RecomputeGraph.h - A joint function as a planning problem *- C++ -*-===//
#ifndef LACUNA_LIB_TRANSFORMS_RECOMPUTEGRAPH_H
#define LACUNA_LIB_TRANSFORMS_RECOMPUTEGRAPH_H

#include "lacuna/Planning/Recompute.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

namespace lacuna {

/// A task an op that works, a value for each of its tensors. Views and
/// constants are part of whoever reads them.
struct RecomputeGraph {
  explicit RecomputeGraph(mlir::func::FuncOp function);

  static bool isView(mlir::Operation *op);
  static bool isConstant(mlir::Value value);
  bool isDropped(mlir::Value value) const {
    return plan.dropped[index.lookup(value)];
  }

  planning::RecomputeProblem problem;
  planning::RecomputePlan plan;
  llvm::SmallVector<mlir::Operation *> ops;
  llvm::DenseMap<mlir::Value, int> index;

private:
  void addTask(mlir::Operation *op);
  void addRead(mlir::Value value, planning::Task &task) const;
};

} // namespace lacuna

#endif // LACUNA_LIB_TRANSFORMS_RECOMPUTEGRAPH_H
