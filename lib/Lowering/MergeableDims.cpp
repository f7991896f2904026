//===- MergeableDims.cpp - Dimensions that can share a loop ---------------===//
// Follows the accesses of a kernel from its results to its inputs and strikes
// out every pair of neighbouring loops that one of them does not walk together.
//===----------------------------------------------------------------------===//
#include "MergeableDims.h"

#include "lacuna/IR/OpClass.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

MergeableDims::MergeableDims(KernelBuilder &kernel, int64_t rank,
                             Operation *root)
    : kernel(kernel), root(root), mergeable(rank, true) {
  SmallVector<int64_t> identity = llvm::to_vector(llvm::seq(rank));
  for (Value value : kernel.yields())
    if (int64_t(shapeOf(value).size()) == rank)
      visit(value, identity);
  if (root)
    visit(root->getOperand(0), identity);
}

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
    auto *first = llvm::find(loopOf, loop);
    auto *second = llvm::find(loopOf, loop + 1);
    bool absent = first == loopOf.end() && second == loopOf.end();
    bool adjacent = first != loopOf.end() && second != loopOf.end() &&
                    second == first + 1;
    if (!absent && !adjacent)
      mergeable[loop] = false;
  }
  Operation *op = tensor.getDefiningOp();
  if (kernel.inputBuffer(tensor) || op == root ||
      classify(op) == OpClass::Source)
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
