//===- Pointwise.cpp - Loops of element-wise kernels ----------------------===//
// Neighbouring dimensions that every access walks together become one loop,
// so that most kernels are a single loop over contiguous memory, which LLVM
// vectorises.
//===----------------------------------------------------------------------===//
#include "MergeableDims.h"
#include "lacuna/Lowering/Emitters.h"

using namespace mlir;
using namespace lacuna;

/// Elements a task should have at least, at about one operation each.
static constexpr int64_t elementsPerTask = 16384;

namespace {
/// Dimensions [first, last] walked by one loop of `size` steps.
struct MergedLoop {
  int64_t last;
  int64_t size;
};
} // namespace

static SmallVector<MergedLoop> mergeLoops(KernelBuilder &kernel,
                                          ArrayRef<int64_t> shape) {
  MergeableDims mergeable(kernel, shape.size());
  SmallVector<MergedLoop> loops;
  for (auto [dim, size] : llvm::enumerate(shape)) {
    if (dim > 0 && mergeable(dim - 1))
      loops.back() = {int64_t(dim), loops.back().size * size};
    else
      loops.push_back({int64_t(dim), size});
  }
  return loops;
}

LogicalResult lacuna::emitPointwise(KernelBuilder &kernel) {
  ArrayRef<int64_t> shape = shapeOf(kernel.yields().front());
  SmallVector<MergedLoop> loops = mergeLoops(kernel, shape);
  // The merged index goes to the innermost dimension; the others stay 0: in a
  // contiguous buffer the address is the same.
  auto place = [&](ValueRange merged) {
    SmallVector<Value> indices(shape.size(), kernel.index(0));
    for (auto [loop, value] : llvm::zip(loops, merged))
      indices[loop.last] = value;
    return kernel.storeYields(indices);
  };
  if (loops.size() <= 1) {
    int64_t count = loops.empty() ? 1 : loops[0].size;
    kernel.setRange(count, elementsPerTask);
    return kernel.forLoop(kernel.begin(), kernel.end(), 1,
                          [&](Value i) { return place(loops.empty() ? ValueRange() : ValueRange(i)); });
  }
  SmallVector<int64_t> outer;
  for (const MergedLoop &loop : ArrayRef(loops).drop_back())
    outer.push_back(loop.size);
  int64_t inner = loops.back().size;
  int64_t grain = elementsPerTask / std::max<int64_t>(inner, 1);
  return kernel.parallelLoop(outer, grain, [&](ValueRange indices) {
    return kernel.forLoop(kernel.index(0), kernel.index(inner), 1,
                          [&](Value i) {
                            SmallVector<Value> merged(indices);
                            merged.push_back(i);
                            return place(merged);
                          });
  });
}
