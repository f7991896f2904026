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

namespace lacuna {
#define GEN_PASS_DEF_PLANRECOMPUTE
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
/// Clones ops as the plan's order says.
class RecomputeWriter {
public:
  explicit RecomputeWriter(const RecomputeGraph &graph) : graph(graph) {}
  void write(const planning::RecomputePlan &plan);

private:
  void repeat(Operation *op, OpBuilder &builder);
  Value guard(Value value, OpBuilder &builder);
  Value latest(Value value, OpBuilder &builder);

  const RecomputeGraph &graph;
  /// Dropped values and what took their place.
  IRMapping replaced;
  /// Kept values behind their barriers, which only clones read.
  IRMapping guarded;
};
} // namespace

/// `value` as backward ops see it: a view of what was computed again is made
/// again.
Value RecomputeWriter::latest(Value value, OpBuilder &builder) {
  if (Value known = replaced.lookupOrNull(value))
    return known;
  Operation *op = value.getDefiningOp();
  if (!op || !RecomputeGraph::isView(op))
    return value;
  Value base = latest(op->getOperand(0), builder);
  if (base == op->getOperand(0))
    return value;
  Operation *view = builder.clone(*op);
  view->setOperand(0, base);
  replaced.map(value, view->getResult(0));
  return view->getResult(0);
}

Value RecomputeWriter::guard(Value value, OpBuilder &builder) {
  Value known = latest(value, builder);
  if (known != value || RecomputeGraph::isConstant(value))
    return known;
  if (Value barrier = guarded.lookupOrNull(value))
    return barrier;
  auto barrier = BarrierOp::create(builder, value.getLoc(), value.getType(),
                                   ValueRange(value));
  guarded.map(value, barrier.getResult(0));
  return barrier.getResult(0);
}

void RecomputeWriter::repeat(Operation *op, OpBuilder &builder) {
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(guard(operand, builder));
  Operation *clone = builder.clone(*op);
  clone->setLoc(
      NameLoc::get(builder.getStringAttr(names::recomputed), op->getLoc()));
  clone->setOperands(operands);
  for (auto [before, now] : llvm::zip(op->getResults(), clone->getResults()))
    if (graph.isDropped(before))
      replaced.map(before, now);
}

void RecomputeWriter::write(const planning::RecomputePlan &plan) {
  SmallVector<char> ran(graph.ops.size(), 0);
  SmallVector<Operation *> repeats;
  for (int task : plan.order) {
    Operation *op = graph.ops[task];
    if (std::exchange(ran[task], 1)) {
      repeats.push_back(op);
      continue;
    }
    if (size_t(task) < graph.problem.forwardCount)
      continue;
    OpBuilder builder(op);
    for (Operation *again : repeats)
      repeat(again, builder);
    repeats.clear();
    for (OpOperand &operand : op->getOpOperands())
      operand.set(latest(operand.get(), builder));
  }
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
    RecomputeGraph graph(function);
    if (graph.problem.forwardCount == graph.ops.size())
      return;
    std::vector<char> none(graph.problem.graph.values.size(), 0);
    int64_t peak = planning::evaluatePlan(graph.problem, none).peak;
    std::optional<int64_t> budget = parseBudget(memoryBudget, peak);
    if (!budget) {
      function.emitError("`memory-budget` must be a number of bytes or a share "
                         "from 0.0 to 1.0, got `")
          << memoryBudget << "`";
      return signalPassFailure();
    }
    graph.plan = planning::planRecompute(graph.problem, *budget);
    if (graph.plan.peak > *budget && !lowest) {
      function.emitError("`memory-budget` must be at least ")
          << graph.plan.peak << " bytes, the lowest peak found, got `"
          << memoryBudget << "` (" << *budget << " of " << peak << " bytes)";
      return signalPassFailure();
    }
    RecomputeWriter(graph).write(graph.plan);
  }
};
} // namespace
