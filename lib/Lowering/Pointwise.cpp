//===- Pointwise.cpp - Loops of element-wise kernels ----------------------===//
// Neighbouring dimensions that every access walks together become one loop,
// so that most kernels are a single loop over contiguous memory, which LLVM
// vectorises.
//===----------------------------------------------------------------------===//
#include "DeviceGroup.h"
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

/// Elements of 16 bytes of the narrowest buffer: the widest access of a GPU's
/// thread; 1 where an op cannot be computed on vectors.
static int64_t deviceLanes(KernelBuilder &kernel) {
  int64_t bytes = 8;
  auto see = [&](Value tensor) {
    Type type = elementTypeOf(tensor);
    int64_t bits = type.isIndex() ? 64 : type.getIntOrFloatBitWidth();
    bytes = std::min(bytes, std::max<int64_t>(bits / 8, 1));
  };
  for (Value result : kernel.yields())
    see(result);
  return std::min<int64_t>(16 / bytes, 8);
}

/// Neighbouring threads have neighbouring vectors: all loops are steps, the
/// last one in vectors.
static LogicalResult emitOnDevice(KernelBuilder &kernel,
                                  ArrayRef<MergedLoop> loops, int64_t rank) {
  int64_t inner = loops.empty() ? 1 : loops.back().size;
  int64_t lanes = loops.empty() ? 1 : deviceLanes(kernel);
  // Rows of a length that no vector divides begin anywhere.
  while (loops.size() > 1 && inner % lanes != 0)
    lanes /= 2;
  SmallVector<int64_t> sizes;
  for (const MergedLoop &loop : loops)
    sizes.push_back(loop.size);
  if (!sizes.empty())
    sizes.back() = llvm::divideCeil(inner, lanes);
  return kernel.parallelLoop(sizes, 1, [&](ValueRange steps) {
    SmallVector<Value> indices(rank, kernel.index(0));
    for (auto [loop, value] : llvm::zip(loops, steps))
      indices[loop.last] = value;
    if (lanes == 1)
      return kernel.storeYields(indices);
    int64_t last = loops.back().last;
    Value first = kernel.mul(indices[last], lanes);
    auto vector = [&] {
      indices[last] = first;
      return kernel.storeYields({indices, lanes, last});
    };
    if (inner % lanes == 0)
      return vector();
    auto scalars = [&] {
      return kernel.forLoop(first, kernel.index(inner), 1, [&](Value i) {
        indices[last] = i;
        return kernel.storeYields(indices);
      });
    };
    Value isWhole =
        kernel.less(kernel.add(first, lanes - 1), kernel.index(inner));
    return kernel.branch(isWhole, vector, scalars);
  });
}

LogicalResult lacuna::emitPointwise(KernelBuilder &kernel) {
  ArrayRef<int64_t> shape = shapeOf(kernel.yields().front());
  SmallVector<MergedLoop> loops = mergeLoops(kernel, shape);
  if (isOnDevice(kernel))
    return emitOnDevice(kernel, loops, shape.size());
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
