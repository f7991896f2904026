//===- Pointwise.cpp - Loops of element-wise kernels ----------------------===//
// Neighbouring dimensions that every access walks together become one loop,
// so that most kernels are a single loop over contiguous memory, which LLVM
// vectorises.
//===----------------------------------------------------------------------===//
#include "lacuna/IR/OpClass.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

/// Elements a task should have at least, at about one operation each.
static constexpr int64_t elementsPerTask = 16384;

namespace {
/// Finds which neighbouring loop dimensions every access walks together.
class MergeableDims {
public:
  MergeableDims(KernelBuilder &kernel, int64_t rank)
      : kernel(kernel), mergeable(rank, true) {
    SmallVector<int64_t> identity = llvm::to_vector(llvm::seq(rank));
    for (Value value : kernel.yields())
      visit(value, identity);
  }
  /// Whether dim and dim + 1 can be one loop.
  bool operator()(int64_t dim) const { return mergeable[dim]; }

private:
  /// `loopOf[d]`: the loop that walks dimension d of `tensor`, or -1.
  void visit(Value tensor, ArrayRef<int64_t> loopOf);
  void visitGeneric(linalg::GenericOp op, ArrayRef<int64_t> loopOf);
  void forbidAll() { llvm::fill(mergeable, false); }

  KernelBuilder &kernel;
  SmallVector<bool> mergeable;
};
} // namespace

void MergeableDims::visitGeneric(linalg::GenericOp op,
                                 ArrayRef<int64_t> loopOf) {
  for (Operation &inner : *op.getBody())
    if (isa<linalg::IndexOp, tensor::ExtractOp>(inner))
      forbidAll();
  for (OpOperand *input : op.getDpsInputOperands()) {
    if (!isa<RankedTensorType>(input->get().getType()))
      continue;
    SmallVector<int64_t> moved;
    for (AffineExpr e : op.getMatchingIndexingMap(input).getResults()) {
      auto dim = dyn_cast<AffineDimExpr>(e);
      moved.push_back(dim ? loopOf[dim.getPosition()] : -1);
    }
    visit(input->get(), moved);
  }
}

void MergeableDims::visit(Value tensor, ArrayRef<int64_t> loopOf) {
  for (int64_t loop = 0; loop + 1 < int64_t(mergeable.size()); ++loop) {
    auto *first = llvm::find(loopOf, loop), *second = llvm::find(loopOf, loop + 1);
    bool absent = first == loopOf.end() && second == loopOf.end();
    if (!absent && (first == loopOf.end() || second != first + 1))
      mergeable[loop] = false;
  }
  Operation *op = tensor.getDefiningOp();
  if (kernel.inputBuffer(tensor) || classify(op) == OpClass::Source)
    return;
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    return visitGeneric(generic, loopOf);
  if (auto transpose = dyn_cast<linalg::TransposeOp>(op)) {
    SmallVector<int64_t> moved(loopOf.size());
    for (auto [to, from] : llvm::enumerate(transpose.getPermutation()))
      moved[from] = loopOf[to];
    return visit(transpose.getInput(), moved);
  }
  if (classify(op) != OpClass::Pointwise)
    return forbidAll();
  for (Value operand : op->getOperands())
    if (isa<RankedTensorType>(operand.getType()))
      visit(operand, loopOf);
}

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
