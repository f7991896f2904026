//===- Explain.cpp - Where a program's memory goes ------------------------===//
// Reads lifetimes off the launches of the entry at stage `memory`.
//===----------------------------------------------------------------------===//
#include "lacuna/JIT/Explain.h"

#include "LoadedModule.h"
#include "MemoryBudget.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Names.h"
#include "lacuna/IR/OperationCount.h"
#include "lacuna/Transforms/Recomputed.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/MapVector.h"

#include <algorithm>

using namespace mlir;
using namespace lacuna;

/// The range of the arena that `buffer` shows; null for other buffers.
static memref::ViewOp arenaView(mlir::Value buffer) {
  while (auto cast = buffer.getDefiningOp<memref::ReinterpretCastOp>())
    buffer = cast.getSource();
  return buffer.getDefiningOp<memref::ViewOp>();
}

static int64_t bytesOf(MemRefType type) {
  Type element = type.getElementType();
  int64_t bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  return type.getNumElements() * ((bits + 7) / 8);
}

/// Whether some op of the kernel is a clone of PlanRecompute.
static bool isRepeated(Location location) {
  bool found = false;
  location->walk([&](Location inner) {
    auto name = dyn_cast<NameLoc>(inner);
    found |= name && name.getName() == names::recomputed;
    return WalkResult::advance();
  });
  return found;
}

namespace {
class LifetimeReader {
public:
  explicit LifetimeReader(func::FuncOp entry) { read(entry); }
  MemoryReport take();

private:
  void read(func::FuncOp entry);

  MemoryReport report;
  /// By the view: its place among the values.
  llvm::MapVector<Operation *, size_t> index;
};
} // namespace

void LifetimeReader::read(func::FuncOp entry) {
  for (auto launch : entry.getOps<LaunchOp>()) {
    size_t step = report.launches.size();
    MemoryReport::Launch made{launch.getKernel().str(), 0, 0,
                              isRepeated(launch.getLoc())};
    llvm::SmallPtrSet<Operation *, 8> seen;
    for (mlir::Value buffer : launch.getBuffers()) {
      memref::ViewOp view = arenaView(buffer);
      if (!view || !seen.insert(view).second)
        continue;
      auto [place, isNew] = index.try_emplace(view, report.values.size());
      if (isNew) {
        APInt offset;
        if (!matchPattern(view.getByteShift(), m_ConstantInt(&offset)))
          offset = APInt(64, 0);
        report.values.push_back(
            {step, step, bytesOf(view.getType()), offset.getSExtValue()});
      }
      report.values[place->second].last = step;
      made.ownBytes += report.values[place->second].bytes;
    }
    report.launches.push_back(std::move(made));
  }
}

MemoryReport LifetimeReader::take() {
  for (const MemoryReport::Value &value : report.values)
    for (size_t step = value.first; step <= value.last; ++step)
      report.launches[step].liveBytes += value.bytes;
  for (const MemoryReport::Launch &launch : report.launches)
    report.lowerBound = std::max(report.lowerBound, launch.ownBytes);
  return std::move(report);
}

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
  MemoryReport report = LifetimeReader(entry).take();
  report.operations = operations;
  report.arenaBytes =
      entry->getAttrOfType<IntegerAttr>(names::arenaBytes).getInt();
  report.liveBytes =
      entry->getAttrOfType<IntegerAttr>(names::liveBytes).getInt();
  return report;
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
  std::vector<BudgetPoint> points{{whole->arenaBytes, whole->operations}};
  for (int i = count - 1; i >= 0; --i) {
    // Close together where little memory is left and each byte costs most. The
    // order of kernels is not known to the bound, so it begins above.
    double share = double(i) / count;
    int64_t bound =
        int64_t(1.2 * share * share * double(whole->arenaBytes));
    Expected<BudgetTrial> trial = tryBudget(*loaded->module, plain, bound);
    if (!trial)
      return trial.error();
    points.push_back({trial->arenaBytes, trial->operations});
  }
  BudgetPoint all = points.front();
  keepBest(points);
  if (points.front().arenaBytes != all.arenaBytes)
    points.insert(points.begin(), all);
  return points;
}
