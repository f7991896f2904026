//===- OrderKernels.cpp - The order of kernels that needs least memory ----===//
#include "OrderKernels.h"

#include "lacuna/IR/Dialect.h"
#include "lacuna/Planning/Schedule.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;
using namespace lacuna;

namespace {
/// A task a kernel, a value for each of its results.
struct KernelGraph {
  KernelGraph(func::FuncOp entry, llvm::function_ref<int64_t(Value)> bytesOf,
              llvm::function_ref<Value(Value)> rootOf);

  SmallVector<KernelOp> kernels;
  planning::TaskGraph graph;
};
} // namespace

KernelGraph::KernelGraph(func::FuncOp entry,
                         llvm::function_ref<int64_t(Value)> bytesOf,
                         llvm::function_ref<Value(Value)> rootOf) {
  DenseMap<Value, int> index;
  for (KernelOp kernel : entry.getOps<KernelOp>()) {
    planning::Task task;
    for (Value input : kernel.getInputs())
      if (auto found = index.find(rootOf(input)); found != index.end())
        task.reads.push_back(found->second);
    for (Value result : kernel.getResults()) {
      index[result] = int(graph.values.size());
      task.writes.push_back(int(graph.values.size()));
      graph.values.push_back({bytesOf(result), false});
    }
    kernels.push_back(kernel);
    graph.tasks.push_back(std::move(task));
  }
  for (Value value : entry.getBody().front().getTerminator()->getOperands())
    if (auto found = index.find(rootOf(value)); found != index.end())
      graph.values[found->second].isResult = true;
}

/// Moves `op` to the end of its block, after all that it needs.
static void moveToEnd(Operation *op, SmallPtrSetImpl<Operation *> &moved) {
  if (!moved.insert(op).second)
    return;
  for (Value operand : op->getOperands())
    if (Operation *source = operand.getDefiningOp())
      moveToEnd(source, moved);
  op->moveBefore(op->getBlock()->getTerminator());
}

void lacuna::orderKernels(func::FuncOp entry,
                          llvm::function_ref<int64_t(Value)> bytesOf,
                          llvm::function_ref<Value(Value)> rootOf) {
  KernelGraph kernels(entry, bytesOf, rootOf);
  std::vector<int> order = planning::orderTasks(kernels.graph);
  if (llvm::is_sorted(order))
    return;
  SmallPtrSet<Operation *, 32> moved;
  for (int task : order)
    moveToEnd(kernels.kernels[task], moved);
  for (Operation &op : llvm::make_early_inc_range(
           entry.getBody().front().without_terminator()))
    if (!moved.contains(&op))
      moveToEnd(&op, moved);
}
