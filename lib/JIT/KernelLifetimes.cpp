//===- KernelLifetimes.cpp - What lives while the kernels of an entry run -===//
// Reads lifetimes off the launches of the entry at stage `memory`.
//===----------------------------------------------------------------------===//
#include "KernelLifetimes.h"

#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Names.h"
#include "lacuna/Transforms/Recomputed.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/MapVector.h"

#include <algorithm>

using namespace mlir;
using namespace lacuna;

/// The range of the arena, or of an output that is not written yet, that
/// `buffer` shows; null for other buffers.
static memref::ViewOp rangeOf(mlir::Value buffer) {
  while (auto cast = buffer.getDefiningOp<memref::ReinterpretCastOp>())
    buffer = cast.getSource();
  return buffer.getDefiningOp<memref::ViewOp>();
}

static bool isInArena(memref::ViewOp range) {
  return isa<BlockArgument>(range.getSource());
}

static int64_t bytesOf(MemRefType type) {
  Type element = type.getElementType();
  int64_t bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  return type.getNumElements() * ((bits + 7) / 8);
}

/// Whether the kernel of `launch` does anything for the backward direction.
static bool isBackward(LaunchOp launch) {
  auto kernel = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
      launch, launch.getKernelAttr());
  return kernel && kernel
                       .walk([](Operation *op) {
                         return op->hasAttr(names::backward)
                                    ? WalkResult::interrupt()
                                    : WalkResult::advance();
                       })
                       .wasInterrupted();
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
  /// The first launch of the backward direction.
  std::optional<size_t> turn;
  /// Values in outputs.
  std::vector<MemoryReport::Value> outside;
  /// By the view: its place among the values.
  llvm::MapVector<Operation *, size_t> index;
};
} // namespace

void LifetimeReader::read(func::FuncOp entry) {
  for (auto launch : entry.getOps<LaunchOp>()) {
    size_t step = report.launches.size();
    if (!turn && isBackward(launch))
      turn = step;
    MemoryReport::Launch made{launch.getKernel().str(), 0, 0,
                              isRepeated(launch.getLoc())};
    llvm::SmallPtrSet<Operation *, 8> seen;
    for (mlir::Value buffer : launch.getBuffers()) {
      memref::ViewOp view = rangeOf(buffer);
      if (!view || !seen.insert(view).second)
        continue;
      auto &values = isInArena(view) ? report.values : outside;
      auto [place, isNew] = index.try_emplace(view, values.size());
      if (isNew) {
        APInt offset;
        if (!matchPattern(view.getByteShift(), m_ConstantInt(&offset)))
          offset = APInt(64, 0);
        values.push_back(
            {step, step, bytesOf(view.getType()), offset.getSExtValue()});
      }
      values[place->second].last = step;
      if (isInArena(view))
        made.ownBytes += values[place->second].bytes;
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
  for (const auto *values : {&report.values, &outside})
    for (const MemoryReport::Value &value : *values)
      if (turn && value.first < *turn && value.last >= *turn)
        report.keptBytes += value.bytes;
  return std::move(report);
}

MemoryReport lacuna::readLifetimes(func::FuncOp entry) {
  MemoryReport report = LifetimeReader(entry).take();
  auto integer = [&](StringRef name) {
    return entry->getAttrOfType<IntegerAttr>(name).getInt();
  };
  report.arenaBytes = integer(names::arenaBytes);
  report.liveBytes = integer(names::liveBytes);
  return report;
}
