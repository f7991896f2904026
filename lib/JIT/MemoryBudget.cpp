//===- MemoryBudget.cpp - Recomputation for a size of the arena -----------===//
// PlanRecompute counts values; what a program takes in the end is the arena of
// its kernels, after fusion, ordering and placement. A few bounds on the one,
// each corrected by how far the last one missed, find programs that keep the
// other within the budget; the cheapest is taken.
//===----------------------------------------------------------------------===//
#include "MemoryBudget.h"

#include "Diagnostics.h"
#include "KernelLifetimes.h"
#include "lacuna/IR/OperationCount.h"

#include <cmath>

using namespace mlir;
using namespace lacuna;

/// Bounds that are tried.
static constexpr int mostTrials = 5;
/// The share of the budget that an arena should use.
static constexpr double goodUse = 0.96;

Expected<BudgetTrial> lacuna::tryBudget(ModuleOp plan,
                                        const CompileOptions &options,
                                        int64_t bound) {
  Expected<PipelineOptions> pipeline = pipelineOptions(options);
  if (!pipeline)
    return pipeline.error();
  if (bound >= 0)
    pipeline->memoryBudget = std::to_string(bound);
  CollectDiagnostics diagnostics(plan.getContext());
  OwningOpRef<ModuleOp> copy = plan.clone();
  BudgetTrial trial;
  trial.bound = bound;
  int kernels = findStage("tensor");
  if (failed(runStages(*copy, findStage("plan"), kernels, *pipeline)))
    return diagnostics.error(ErrorCode::Unsupported, "compilation failed");
  for (int64_t count : countOperations(publicFunctions(*copy).front()))
    trial.operations += std::max<int64_t>(count, 0);
  if (failed(runStages(*copy, kernels, findStage("memory"), *pipeline)))
    return diagnostics.error(ErrorCode::Unsupported, "compilation failed");
  MemoryReport report = readLifetimes(publicFunctions(*copy).front());
  trial.arenaBytes = report.arenaBytes;
  trial.keptBytes = report.keptBytes;
  return trial;
}

/// `BYTES` or, with a point, a share of `whole`.
static Expected<int64_t> parseBudget(StringRef text, int64_t whole) {
  int64_t bytes = 0;
  double share = 0;
  if (!text.contains('.') && !text.getAsInteger(10, bytes) && bytes >= 0)
    return bytes;
  if (text.contains('.') && !text.getAsDouble(share) && share >= 0 &&
      share <= 1)
    return int64_t(std::floor(share * double(whole)));
  return Error(ErrorCode::InvalidArgument,
               "the memory budget must be a number of bytes or a share from "
               "0.0 to 1.0, got `" +
                   text.str() + "`");
}

/// Within the budget what computes least, else what takes least.
static bool isBetter(const BudgetTrial &a, const BudgetTrial &b,
                     int64_t budget) {
  bool fits = a.arenaBytes <= budget;
  if (fits != (b.arenaBytes <= budget))
    return fits;
  return fits ? a.operations < b.operations : a.arenaBytes < b.arenaBytes;
}

/// The best trial; `whole`, with a bound of -1, if none is better.
static Expected<BudgetTrial> findBound(ModuleOp plan,
                                       const CompileOptions &options,
                                       const BudgetTrial &whole,
                                       int64_t budget) {
  BudgetTrial best = whole;
  // PlanRecompute knows neither the order of kernels nor what is merged once
  // more is computed late: its bound may be above the arena.
  double low = 0, high = 2 * double(whole.arenaBytes), bound = double(budget);
  for (int trial = 0; trial < mostTrials && low + 1 < high; ++trial) {
    Expected<BudgetTrial> tried = tryBudget(plan, options, int64_t(bound));
    if (!tried)
      return tried.error();
    if (isBetter(*tried, best, budget))
      best = *tried;
    double use = double(tried->arenaBytes) / double(std::max<int64_t>(budget, 1));
    if (use <= 1 && use >= goodUse)
      break;
    (use <= 1 ? low : high) = bound;
    // Arenas change in steps: just below a miss lies another one.
    bound /= use > 1 ? use / (0.5 + goodUse / 2) : std::max(use, 0.5);
    bool isLastHope = trial + 2 == mostTrials && best.arenaBytes > budget;
    if (isLastHope || !(bound > low && bound < high))
      bound = (low + high) / 2;
  }
  return best;
}

Error lacuna::fitMemoryBudget(LoadedModule &loaded,
                              const CompileOptions &options) {
  Expected<BudgetTrial> whole = tryBudget(*loaded.module, options, -1);
  if (!whole)
    return whole.error();
  Expected<int64_t> budget = parseBudget(options.memoryBudget,
                                         whole->arenaBytes);
  if (!budget)
    return budget.error();
  if (whole->arenaBytes <= *budget)
    return Error::success();
  Expected<BudgetTrial> best =
      findBound(*loaded.module, options, *whole, *budget);
  if (!best)
    return best.error();
  int64_t chosen = best->bound;
  if (best->arenaBytes > *budget) {
    std::string found = std::to_string(best->arenaBytes) +
                        " bytes, the least arena found, got `" +
                        options.memoryBudget + "` (" + std::to_string(*budget) +
                        " of " + std::to_string(whole->arenaBytes) + " bytes)";
    bool isShare = StringRef(options.memoryBudget).contains('.');
    if (!isShare) // a number of bytes is a promise, a share a wish
      return Error(ErrorCode::OutOfMemory,
                   "the memory budget must be at least " + found);
    loaded.note = "the memory budget is not met: " + found;
  }
  if (chosen < 0)
    return Error::success();
  loaded.memoryBudget = std::to_string(chosen);
  return Error::success();
}
