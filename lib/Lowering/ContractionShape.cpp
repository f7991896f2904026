//===- ContractionShape.cpp - A contraction as a batch of matmuls ---------===//
#include "ContractionShape.h"

using namespace mlir;
using namespace lacuna;

/// Row-major strides of a tensor, by the loop that walks each dimension (0 for
/// loops that do not).
static FailureOr<SmallVector<int64_t>>
loopStrides(Value tensor, AffineMap map, int64_t loops) {
  SmallVector<int64_t> strides(loops, 0);
  int64_t stride = 1;
  ArrayRef<int64_t> shape = shapeOf(tensor);
  for (int64_t dim = int64_t(shape.size()) - 1; dim >= 0; --dim) {
    auto loop = dyn_cast<AffineDimExpr>(map.getResult(dim));
    if (!loop || strides[loop.getPosition()] != 0)
      return failure();
    strides[loop.getPosition()] = stride;
    stride *= shape[dim];
  }
  return strides;
}

namespace {
struct Strides {
  SmallVector<int64_t> left, right, result;
};
} // namespace

/// Merges neighbouring loops that all operands walk as one; the innermost
/// group comes last.
static SmallVector<ContractionDim> mergeDims(ArrayRef<int64_t> loops,
                                             ArrayRef<int64_t> sizes,
                                             const Strides &strides) {
  SmallVector<ContractionDim> groups;
  for (int64_t loop : loops) {
    int64_t size = sizes[loop];
    ContractionDim dim{size, strides.left[loop], strides.right[loop], {loop}};
    if (!groups.empty()) {
      ContractionDim &last = groups.back();
      int64_t outer = last.loops.back();
      auto joins = [&](ArrayRef<int64_t> s) { return s[outer] == s[loop] * size; };
      if (joins(strides.left) && joins(strides.right) && joins(strides.result)) {
        dim.size *= last.size;
        dim.loops = last.loops;
        dim.loops.push_back(loop);
        last = dim;
        continue;
      }
    }
    groups.push_back(dim);
  }
  return groups;
}

FailureOr<ContractionShape>
ContractionShape::of(linalg::LinalgOp op,
                     llvm::function_ref<bool(Value)> isBuffer) {
  ContractionShape shape;
  shape.leftOperand = op.getDpsInputs()[0];
  shape.rightOperand = op.getDpsInputs()[1];
  if (!isa<FloatType>(elementTypeOf(op->getResult(0))))
    return failure();
  auto fill = op.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
  auto zero = fill ? fill.value().getDefiningOp<arith::ConstantOp>() : nullptr;
  if (!zero || !matchPattern(zero.getResult(), m_AnyZeroFloat()))
    return failure();
  shape.loopSizes = op.getStaticLoopRanges();
  int64_t loops = shape.loopSizes.size();
  auto maps = op.getIndexingMapsArray();
  auto result = loopStrides(op->getResult(0), maps[2], loops);
  auto first = loopStrides(shape.leftOperand, maps[0], loops);
  auto second = loopStrides(shape.rightOperand, maps[1], loops);
  if (failed(result) || failed(first) || failed(second))
    return failure();
  for (AffineExpr e : maps[2].getResults())
    shape.resultLoops.push_back(cast<AffineDimExpr>(e).getPosition());
  if (shape.resultLoops.empty())
    return failure();
  // The operand that walks the result's contiguous dimension is the right one.
  int64_t contiguous = shape.resultLoops.back();
  Strides strides{*first, *second, *result};
  if (strides.right[contiguous] == 0) {
    std::swap(strides.left, strides.right);
    std::swap(shape.leftOperand, shape.rightOperand);
  }
  if (strides.right[contiguous] == 0 || strides.left[contiguous] != 0)
    return failure();
  if (!isBuffer(shape.leftOperand) || !isBuffer(shape.rightOperand))
    return failure();
  SmallVector<int64_t> m, n, k, batch;
  for (int64_t loop : shape.resultLoops) {
    bool inLeft = strides.left[loop] != 0, inRight = strides.right[loop] != 0;
    (inLeft && inRight ? batch : inLeft ? m : n).push_back(loop);
  }
  for (int64_t loop = 0; loop < loops; ++loop)
    if (strides.result[loop] == 0)
      k.push_back(loop);
  if (llvm::is_contained(shape.loopSizes, 0))
    return failure();
  auto mergedM = mergeDims(m, shape.loopSizes, strides);
  // Lanes must not run over the end of a loop that a fused consumer reads by.
  SmallVector<ContractionDim> mergedN;
  for (int64_t loop : n)
    mergedN.append(mergeDims(loop, shape.loopSizes, strides));
  auto mergedK = mergeDims(k, shape.loopSizes, strides);
  if (mergedK.size() > 1 || mergedN.empty())
    return failure();
  shape.batch = mergeDims(batch, shape.loopSizes, strides);
  // What did not merge is walked outside, like a batch.
  if (!mergedM.empty()) {
    shape.m = mergedM.pop_back_val();
    shape.batch.append(mergedM);
  }
  shape.n = mergedN.pop_back_val();
  shape.batch.append(mergedN);
  if (!mergedK.empty())
    shape.k = mergedK.front();
  return shape;
}

ContractionShape ContractionShape::of(PackedContractionOp op) {
  ContractionShape shape;
  shape.leftOperand = op.getInput();
  shape.rightOperand = op.getPanels();
  ArrayRef<int64_t> input = shapeOf(op.getInput());
  int64_t leading = input.size() - 1;
  for (int64_t loop = 0; loop < leading; ++loop) {
    shape.m.size *= input[loop];
    shape.m.loops.push_back(loop);
  }
  shape.m.left = input.back();
  shape.k = {input.back(), 1, 0, {leading + 1}};
  shape.n = {shapeOf(op.getResult()).back(), 0, 0, {leading}};
  shape.loopSizes = llvm::to_vector(input.drop_back());
  shape.loopSizes.append({shape.n.size, shape.k.size});
  shape.resultLoops = llvm::to_vector(llvm::seq(leading + 1));
  return shape;
}

int64_t ContractionShape::batchCount() const {
  int64_t count = 1;
  for (const ContractionDim &dim : batch)
    count *= dim.size;
  return count;
}

SmallVector<int64_t> ContractionShape::batchSizes() const {
  SmallVector<int64_t> sizes;
  for (const ContractionDim &dim : batch)
    sizes.push_back(dim.size);
  return sizes;
}

Value ContractionShape::batchOffset(KernelBuilder &kernel, ValueRange indices,
                                    bool left) const {
  Value offset = kernel.index(0);
  for (auto [dim, index] : llvm::zip(batch, indices))
    offset = kernel.add(offset,
                        kernel.mul(index, left ? dim.left : dim.right));
  return offset;
}

Position ContractionShape::resultPosition(KernelBuilder &kernel,
                                          ValueRange batchIndices, Value row,
                                          Value column, int64_t width) const {
  SmallVector<Value> byLoop(loopSizes.size());
  auto spread = [&](const ContractionDim &dim, Value index) {
    SmallVector<int64_t> sizes;
    for (int64_t loop : dim.loops)
      sizes.push_back(loopSizes[loop]);
    if (sizes.empty())
      return;
    for (auto [loop, value] :
         llvm::zip(dim.loops, kernel.delinearize(index, sizes)))
      byLoop[loop] = value;
  };
  for (auto [dim, index] : llvm::zip(batch, batchIndices))
    spread(dim, index);
  spread(m, row);
  spread(n, column);
  Position at;
  for (int64_t loop : resultLoops)
    at.indices.push_back(byLoop[loop]);
  at.lanes = width;
  at.laneDim = width > 1 ? int64_t(at.indices.size()) - 1 : -1;
  return at;
}
