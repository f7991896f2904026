//===- Explain.cpp - Where a program's memory goes ------------------------===//
// What the plan of one program leads to, and what other budgets would.
//===----------------------------------------------------------------------===//
#include "lacuna/JIT/Explain.h"

#include "KernelLifetimes.h"
#include "LoadedModule.h"
#include "MemoryBudget.h"
#include "lacuna/IR/OperationCount.h"

#include <algorithm>

using namespace mlir;
using namespace lacuna;

Expected<MemoryReport>
MemoryExplainer::explain(const Model &model, const CompileOptions &options) {
  const ModelSource &source = sourceOf(model);
  int kernels = findStage("tensor");
  Expected<LoadedModule> loaded = lowerModule(source, options, kernels);
  if (!loaded)
    return loaded.error();
  int64_t operations = 0;
  for (int64_t count :
       countOperations(publicFunctions(*loaded->module).front()))
    operations += std::max<int64_t>(count, 0);
  if (Error error = runModuleStages(*loaded, source, options, kernels,
                                    findStage("memory")))
    return error;
  func::FuncOp entry = publicFunctions(*loaded->module).front();
  MemoryReport report = readLifetimes(entry);
  report.operations = operations;
  return report;
}

static BudgetPoint pointOf(const BudgetTrial &trial) {
  return {trial.arenaBytes, trial.keptBytes, trial.operations};
}

/// Leaves what no other point beats in both, the largest arena first.
static void keepBest(std::vector<BudgetPoint> &points) {
  std::ranges::sort(points, [](const BudgetPoint &a, const BudgetPoint &b) {
    return std::pair(a.arenaBytes, a.operations) <
           std::pair(b.arenaBytes, b.operations);
  });
  std::vector<BudgetPoint> best;
  for (const BudgetPoint &point : points)
    if (best.empty() || point.operations < best.back().operations)
      best.push_back(point);
  std::ranges::reverse(best);
  points = std::move(best);
}

Expected<std::vector<BudgetPoint>>
MemoryExplainer::sweep(const Model &model, const CompileOptions &options,
                       int count) {
  CompileOptions plain = options;
  plain.memoryBudget.clear();
  Expected<LoadedModule> loaded =
      lowerModule(sourceOf(model), plain, findStage("plan"));
  if (!loaded)
    return loaded.error();
  Expected<BudgetTrial> whole = tryBudget(*loaded->module, plain, -1);
  if (!whole)
    return whole.error();
  std::vector<BudgetPoint> points{pointOf(*whole)};
  for (int i = count - 1; i >= 0; --i) {
    // Close together where little memory is left and each byte costs most. The
    // order of kernels is not known to the bound, so it begins above.
    double share = double(i) / count;
    int64_t bound =
        int64_t(1.2 * share * share * double(whole->arenaBytes));
    Expected<BudgetTrial> trial = tryBudget(*loaded->module, plain, bound);
    if (!trial)
      return trial.error();
    points.push_back(pointOf(*trial));
  }
  BudgetPoint all = points.front();
  keepBest(points);
  if (points.front().arenaBytes != all.arenaBytes)
    points.insert(points.begin(), all);
  return points;
}
