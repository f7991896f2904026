//===- RecomputeGraph.cpp - A joint function as a planning problem --------===//
#include "RecomputeGraph.h"

#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Names.h"
#include "lacuna/IR/OpClass.h"
#include "lacuna/IR/OperationCount.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/MapVector.h"

#include <numeric>

using namespace mlir;
using namespace lacuna;

bool RecomputeGraph::isView(Operation *op) {
  return op->getNumOperands() > 0 &&
         isa<RankedTensorType>(op->getOperand(0).getType()) &&
         classify(op) == OpClass::View;
}

/// Made anew for whoever reads it, outside of the arena, or no tensor at all.
bool RecomputeGraph::isConstant(Value value) {
  Operation *op = value.getDefiningOp();
  return !isa<RankedTensorType>(value.getType()) ||
         (op && (op->hasTrait<OpTrait::ConstantLike>() ||
                 classify(op) == OpClass::Source));
}

Value RecomputeGraph::baseOf(Value value) {
  for (Operation *op = value.getDefiningOp(); op && isView(op);
       op = value.getDefiningOp())
    value = op->getOperand(0);
  return value;
}

/// As the arena has it: from one cache line to another.
static int64_t bytesOf(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape())
    return 0;
  Type element = type.getElementType();
  int64_t bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  return llvm::alignTo(type.getNumElements() * ((bits + 7) / 8), 64);
}

/// What takes part in the plan as an op of its own.
static bool isTask(Operation *op) {
  return !RecomputeGraph::isView(op) && op->getNumResults() > 0 &&
         !llvm::all_of(op->getResults(), RecomputeGraph::isConstant);
}

/// Nothing random runs again, nor what has effects; what computes an op's
/// result without a known count costs its bytes.
static bool isRepeatable(Operation *op) {
  return isMemoryEffectFree(op) && !isa<RandomOp>(op);
}

static double costOf(Operation *op) {
  double bytes = 0;
  for (Value value : op->getResults())
    bytes += double(bytesOf(value));
  return std::max(double(countOperations(op)), bytes);
}

/// In the order in which `op` and what is in it name them.
SmallVector<int>
RecomputeGraph::readsOf(Operation *op, SmallVectorImpl<Value> *operands) const {
  SmallVector<int> reads;
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands()) {
      auto found = index.find(baseOf(operand));
      if (found == index.end())
        continue;
      reads.push_back(found->second);
      if (operands)
        operands->push_back(operand);
    }
  });
  return reads;
}

void RecomputeGraph::addTask(Operation *op) {
  planning::Task task;
  llvm::append_range(task.reads, readsOf(op, &operands.emplace_back()));
  for (Value result : op->getResults()) {
    index[result] = int(values.size());
    task.writes.push_back(int(values.size()));
    values.push_back(result);
    problem.graph.values.push_back({bytesOf(result), false});
  }
  ops.push_back(op);
  problem.graph.tasks.push_back(std::move(task));
  problem.costs.push_back(costOf(op));
  problem.repeatable.push_back(isRepeatable(op));
}

/// The op of the function's block that `op` is, or is in.
static Operation *inBlock(Operation *op, Block *block) {
  return block->findAncestorOpInBlock(*op);
}

void RecomputeGraph::markKernels(const KernelGroups &groups) {
  Block *block = ops.front()->getBlock();
  for (Value value : values) {
    int own = groups.indexOf(value.getDefiningOp());
    problem.passing.push_back(
        own >= 0 && !value.use_empty() &&
        llvm::all_of(value.getUsers(), [&](Operation *user) {
          return groups.indexOf(inBlock(user, block)) == own;
        }));
  }
  problem.holds.resize(ops.size());
  for (size_t task = ops.size(); task-- > 0;) {
    int own = groups.indexOf(ops[task]);
    if (own < 0 || task + 1 == ops.size() ||
        groups.indexOf(ops[task + 1]) != own)
      continue;
    // The kernel's last task has taken over from those between.
    size_t last = task + 1;
    while (last + 1 < ops.size() && groups.indexOf(ops[last + 1]) == own)
      ++last;
    for (int read : problem.graph.tasks[task].reads)
      if (groups.indexOf(values[read].getDefiningOp()) != own)
        problem.holds[last].push_back(read);
  }
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

namespace {
/// The groups of a block as tasks.
class KernelOrder {
public:
  KernelOrder(Block &block, const KernelGroups &groups);
  void apply();

private:
  void moveToEnd(Operation *op);

  Block &block;
  /// By task.
  SmallVector<ArrayRef<Operation *>> members;
  planning::TaskGraph graph;
  size_t forwardCount = 0;
  DenseSet<Operation *> moved;
};
} // namespace

KernelOrder::KernelOrder(Block &block, const KernelGroups &groups)
    : block(block) {
  DenseMap<Value, int> index;
  bool isForward = true;
  for (Operation *head : groups.order()) {
    int group = groups.indexOf(head);
    if (group < 0)
      continue;
    members.push_back(groups.groups()[group].ops);
    planning::Task task;
    for (Operation *op : members.back()) {
      isForward &= !isTask(op) || !isBackward(*op);
      op->walk([&](Operation *inner) {
        for (Value operand : inner->getOperands())
          if (auto found = index.find(RecomputeGraph::baseOf(operand));
              found != index.end())
            task.reads.push_back(found->second);
      });
    }
    for (Operation *op : members.back())
      for (Value result : op->getResults()) {
        bool isStored = llvm::any_of(result.getUsers(), [&](Operation *user) {
          return groups.indexOf(inBlock(user, &block)) != group;
        });
        index[result] = int(graph.values.size());
        task.writes.push_back(int(graph.values.size()));
        graph.values.push_back({isStored && isTask(op) ? bytesOf(result) : 0,
                                false});
      }
    graph.tasks.push_back(std::move(task));
    forwardCount += isForward;
  }
}

/// After the views and constants that it reads.
void KernelOrder::moveToEnd(Operation *op) {
  if (!moved.insert(op).second)
    return;
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      if (Operation *source = operand.getDefiningOp();
          source && source->getBlock() == &block)
        moveToEnd(source);
  });
  op->moveBefore(block.getTerminator());
}

/// Backward tasks that free more than they write run as soon as they can: sums
/// over cotangents must not wait till the end.
void KernelOrder::apply() {
  std::vector<int> order(graph.tasks.size());
  std::iota(order.begin(), order.end(), 0);
  for (int task : planning::releaseEarly(graph, order, forwardCount))
    llvm::for_each(members[task], [&](Operation *op) { moveToEnd(op); });
  SmallVector<Operation *> unread;
  for (Operation &op : block.without_terminator())
    if (!moved.contains(&op))
      unread.push_back(&op);
  for (Operation *op : unread)
    moveToEnd(op);
}

/// Results lie with the caller. Each counts for as many bytes as forward values
/// fill it, whole ones, dealt out largest first to the fullest that has room:
/// in the arena's place they have all results that are not written yet.
void RecomputeGraph::countResults(ArrayRef<int> results) {
  std::vector<planning::Value> &all = problem.graph.values;
  llvm::MapVector<int, int64_t> room;
  for (int value : results)
    room[value] = all[value].bytes;
  SmallVector<int64_t> sizes;
  for (size_t task = 0; task != problem.forwardCount; ++task)
    for (int value : problem.graph.tasks[task].writes)
      if (!problem.isPassing(value) && !room.contains(value))
        sizes.push_back(all[value].bytes);
  llvm::sort(sizes, std::greater<>());
  for (int64_t size : sizes) {
    int64_t *best = nullptr;
    for (auto &[value, left] : room)
      if (left >= size && (!best || left < *best))
        best = &left;
    if (best)
      *best -= size;
  }
  for (auto [value, left] : room) {
    all[value] = {all[value].bytes - left, true};
    resultBytes += all[value].bytes;
  }
}

RecomputeGraph::RecomputeGraph(func::FuncOp function, bool gates) {
  Block &block = function.getBody().front();
  KernelGroups groups(block, gates);
  KernelOrder(block, groups).apply();
  bool isForward = true;
  for (Operation &op : block.without_terminator()) {
    if (!isTask(&op)) // constants of the backward direction may stand in front
      continue;
    isForward &= !isBackward(op);
    addTask(&op);
    problem.forwardCount += isForward;
  }
  if (ops.empty())
    return;
  markKernels(groups);
  countResults(readsOf(block.getTerminator()));
  problem.gaps = planning::findGaps(problem);
}
