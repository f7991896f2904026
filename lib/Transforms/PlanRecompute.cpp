//===- PlanRecompute.cpp - Drop values and compute them again -------------===//
// Writes a plan of lib/Planning into a joint function: clones of forward ops
// stand right before the backward op that needs them, behind barriers on what
// is kept, so that nothing merges them with the first computation.
//===----------------------------------------------------------------------===//
#include "RecomputeGraph.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/Transforms/Passes.h"
#include "lacuna/Transforms/Recomputed.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace lacuna {
#define GEN_PASS_DEF_PLANRECOMPUTE
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
/// Clones ops as the plan's program says.
class RecomputeWriter {
public:
  RecomputeWriter(RecomputeGraph &graph,
                  const planning::RecomputePlan &plan)
      : graph(graph), plan(plan), versions(plan.program.values.size()),
        bursts(plan.program.values.size(), 0) {
    llvm::copy(graph.values, versions.begin());
  }
  void write();

private:
  void repeat(size_t step, OpBuilder &builder);
  void redirect(size_t step, OpBuilder &builder);
  IRMapping mapReads(size_t step, bool guards, OpBuilder &builder);
  Value guard(Value value, OpBuilder &builder);
  Value viewOf(Value operand, Value base, OpBuilder &builder);

  RecomputeGraph &graph;
  const planning::RecomputePlan &plan;
  /// By value of the program: who has it, and the recomputation it came from.
  SmallVector<Value> versions;
  SmallVector<int> bursts;
  int burst = 0;
  /// Values behind their barriers, which only clones read.
  DenseMap<Value, Value> guarded;
};
} // namespace

/// The views that led from a value to `operand`, on `base` instead.
Value RecomputeWriter::viewOf(Value operand, Value base, OpBuilder &builder) {
  Operation *op = operand.getDefiningOp();
  if (!op || !RecomputeGraph::isView(op))
    return base;
  Value source = viewOf(op->getOperand(0), base, builder);
  Operation *view = builder.clone(*op);
  view->setOperand(0, source);
  return view->getResult(0);
}

Value RecomputeWriter::guard(Value value, OpBuilder &builder) {
  Value &barrier = guarded[value];
  if (!barrier) {
    OpBuilder::InsertionGuard restore(builder);
    builder.setInsertionPointAfterValue(value);
    barrier = BarrierOp::create(builder, value.getLoc(), value.getType(),
                                ValueRange(value))
                  .getResult(0);
  }
  return barrier;
}

/// What stands in for the operands of a step's op. With `guards` nothing from
/// before the present recomputation is read directly, lest it be merged with
/// its readers there.
IRMapping RecomputeWriter::mapReads(size_t step, bool guards,
                                    OpBuilder &builder) {
  IRMapping mapping;
  for (auto [operand, read] : llvm::zip(graph.operands[plan.order[step]],
                                        plan.program.tasks[step].reads)) {
    if (mapping.contains(operand))
      continue;
    Value value = versions[read];
    if (guards && bursts[read] != burst)
      value = guard(value, builder);
    if (value != RecomputeGraph::baseOf(operand))
      mapping.map(operand, viewOf(operand, value, builder));
  }
  return mapping;
}

void RecomputeWriter::repeat(size_t step, OpBuilder &builder) {
  Operation *op = graph.ops[plan.order[step]];
  IRMapping mapping = mapReads(step, /*guards=*/true, builder);
  Operation *clone = builder.clone(*op, mapping);
  clone->setLoc(
      NameLoc::get(builder.getStringAttr(names::recomputed), op->getLoc()));
  for (auto [value, result] :
       llvm::zip(plan.program.tasks[step].writes, clone->getResults())) {
    versions[value] = result;
    bursts[value] = burst;
  }
}

void RecomputeWriter::redirect(size_t step, OpBuilder &builder) {
  IRMapping mapping = mapReads(step, /*guards=*/false, builder);
  graph.ops[plan.order[step]]->walk([&](Operation *inner) {
    for (OpOperand &operand : inner->getOpOperands())
      operand.set(mapping.lookupOrDefault(operand.get()));
  });
  for (Value &operand : graph.operands[plan.order[step]])
    operand = mapping.lookupOrDefault(operand);
}

void RecomputeWriter::write() {
  SmallVector<char> ran(graph.ops.size(), 0);
  SmallVector<size_t> repeats;
  for (size_t step = 0; step != plan.order.size(); ++step) {
    if (std::exchange(ran[plan.order[step]], 1)) {
      repeats.push_back(step);
      continue;
    }
    OpBuilder builder(graph.ops[plan.order[step]]);
    burst += !repeats.empty();
    for (size_t again : repeats)
      repeat(again, builder);
    repeats.clear();
    redirect(step, builder);
  }
}

/// What only read what is computed again now.
static void eraseUnread(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

/// `BYTES` or `SHARE` of `peak`.
static std::optional<int64_t> parseBudget(StringRef text, int64_t peak) {
  int64_t bytes = 0;
  if (!text.contains('.'))
    return text.getAsInteger(10, bytes) || bytes < 0 ? std::nullopt
                                                     : std::optional(bytes);
  double share = 0;
  if (text.getAsDouble(share) || !(share >= 0) || share > 1)
    return std::nullopt;
  return int64_t(share * double(peak));
}

namespace {
struct PlanRecompute : lacuna::impl::PlanRecomputeBase<PlanRecompute> {
  using PlanRecomputeBase::PlanRecomputeBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (memoryBudget.empty() || !function.getBody().hasOneBlock())
      return;
    RecomputeGraph graph(function, gates);
    if (graph.problem.forwardCount == graph.ops.size())
      return;
    using namespace planning;
    int64_t peak = evaluatePlan(graph.problem, keepAll(graph.problem)).peak -
                   graph.resultBytes;
    std::optional<int64_t> budget = parseBudget(memoryBudget, peak);
    if (!budget) {
      function.emitError("`memory-budget` must be a number of bytes or a share "
                         "from 0.0 to 1.0, got `")
          << memoryBudget << "`";
      return signalPassFailure();
    }
    RecomputePlan plan =
        planRecompute(graph.problem, *budget + graph.resultBytes);
    plan.peak -= graph.resultBytes;
    if (plan.peak > *budget && !lowest) {
      function.emitError("`memory-budget` must be at least ")
          << plan.peak << " bytes, the lowest peak found, got `"
          << memoryBudget << "` (" << *budget << " of " << peak << " bytes)";
      return signalPassFailure();
    }
    RecomputeWriter(graph, plan).write();
    eraseUnread(function.getBody().front());
  }
};
} // namespace
