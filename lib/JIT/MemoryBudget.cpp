//===- MemoryBudget.cpp - Recomputation for a size of the arena -----------===//
// PlanRecompute counts values; what a program takes in the end is the arena of
// its kernels, after fusion, ordering and placement. A bisection over the one
// finds the largest bound that keeps the other within the budget.
//===----------------------------------------------------------------------===//
#include "MemoryBudget.h"

#include "Diagnostics.h"
#include "KernelLifetimes.h"
#include "lacuna/IR/OperationCount.h"

#include <cmath>

using namespace mlir;
using namespace lacuna;

/// Halvings of the range of bounds: to a hundredth of the peak.
static constexpr int mostTrials = 8;

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
  // PlanRecompute knows neither the order of kernels nor what is merged once
  // more is computed late: its bound may be above the arena.
  int64_t low = 0, high = 2 * whole->arenaBytes;
  int64_t least = whole->arenaBytes, leastBound = -1, chosen = -1;
  for (int trial = 0; trial < mostTrials; ++trial) {
    int64_t bound = trial == 0 ? *budget : (low + high) / 2;
    Expected<BudgetTrial> tried = tryBudget(*loaded.module, options, bound);
    if (!tried)
      return tried.error();
    if (tried->arenaBytes < least) {
      least = tried->arenaBytes;
      leastBound = bound;
    }
    bool fits = tried->arenaBytes <= *budget;
    (fits ? low : high) = bound;
    chosen = fits ? std::max(chosen, bound) : chosen;
  }
  if (chosen < 0) {
    std::string found = std::to_string(least) +
                        " bytes, the least arena found, got `" +
                        options.memoryBudget + "` (" + std::to_string(*budget) +
                        " of " + std::to_string(whole->arenaBytes) + " bytes)";
    bool isShare = StringRef(options.memoryBudget).contains('.');
    if (!isShare) // a number of bytes is a promise, a share a wish
      return Error(ErrorCode::OutOfMemory,
                   "the memory budget must be at least " + found);
    loaded.note = "the memory budget is not met: " + found;
    if (leastBound < 0)
      return Error::success();
    chosen = leastBound;
  }
  loaded.memoryBudget = std::to_string(chosen);
  return Error::success();
}
