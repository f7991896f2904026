//===- RecomputeGraph.cpp - A joint function as a planning problem --------===//
#include "RecomputeGraph.h"

#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Names.h"
#include "lacuna/IR/OpClass.h"
#include "lacuna/IR/OperationCount.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace lacuna;

bool RecomputeGraph::isView(Operation *op) {
  return op->getNumOperands() > 0 &&
         isa<RankedTensorType>(op->getOperand(0).getType()) &&
         classify(op) == OpClass::View;
}

/// Made anew for whoever reads it, or no tensor at all.
bool RecomputeGraph::isConstant(Value value) {
  Operation *op = value.getDefiningOp();
  return !isa<RankedTensorType>(value.getType()) ||
         (op && classify(op) == OpClass::Source);
}

static int64_t bytesOf(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape())
    return 0;
  Type element = type.getElementType();
  int64_t bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  return type.getNumElements() * ((bits + 7) / 8);
}

/// What takes part in the plan as an op of its own.
static bool isTask(Operation *op) {
  return !RecomputeGraph::isView(op) && op->getNumResults() > 0 &&
         !llvm::all_of(op->getResults(), RecomputeGraph::isConstant);
}

/// Nothing random runs again, nor what has effects; what computes an op's
/// result without a known count costs its bytes.
static bool isRepeatable(Operation *op) {
  return isPure(op) && !isa<RandomOp>(op);
}

static double costOf(Operation *op) {
  double bytes = 0;
  for (Value value : op->getResults())
    bytes += double(bytesOf(value));
  return std::max(double(countOperations(op)), bytes);
}

void RecomputeGraph::addRead(Value value, planning::Task &task) const {
  for (Operation *op = value.getDefiningOp(); op && isView(op);
       op = value.getDefiningOp())
    value = op->getOperand(0);
  if (auto found = index.find(value); found != index.end())
    task.reads.push_back(found->second);
}

void RecomputeGraph::addTask(Operation *op) {
  planning::Task task;
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      addRead(operand, task);
  });
  for (Value result : op->getResults()) {
    index[result] = int(problem.graph.values.size());
    task.writes.push_back(int(problem.graph.values.size()));
    problem.graph.values.push_back({bytesOf(result), false});
  }
  ops.push_back(op);
  problem.graph.tasks.push_back(std::move(task));
  problem.costs.push_back(costOf(op));
  problem.repeatable.push_back(isRepeatable(op));
}

/// What was made element-wise keeps the attribute inside.
static bool isBackward(Operation &op) {
  return op
      .walk([](Operation *inner) {
        return inner->hasAttr(names::backward) ? WalkResult::interrupt()
                                               : WalkResult::advance();
      })
      .wasInterrupted();
}

RecomputeGraph::RecomputeGraph(func::FuncOp function) {
  Block &block = function.getBody().front();
  bool isForward = true;
  for (Operation &op : block.without_terminator()) {
    if (!isTask(&op)) // constants of the backward direction may stand in front
      continue;
    isForward &= !isBackward(op);
    addTask(&op);
    problem.forwardCount += isForward;
  }
  planning::Task results;
  for (Value value : block.getTerminator()->getOperands())
    addRead(value, results);
  for (int value : results.reads)
    problem.graph.values[value].isResult = true;
}
