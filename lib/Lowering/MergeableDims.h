//===- MergeableDims.h - Dimensions that can share a loop -------*- C++ -*-===//
#ifndef LACUNA_LIB_LOWERING_MERGEABLEDIMS_H
#define LACUNA_LIB_LOWERING_MERGEABLEDIMS_H

#include "lacuna/Lowering/KernelBuilder.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace lacuna {

/// Finds which neighbouring loop dimensions every access of a kernel walks
/// together. Dimension d of the results is loop d. In a contiguous buffer the
/// merged index may stand at the last of the merged dimensions, with 0 at the
/// others: the address is the same.
class MergeableDims {
public:
  /// `root`, when there is one, reads its first operand at the indices of its
  /// first result.
  MergeableDims(KernelBuilder &kernel, int64_t rank,
                mlir::Operation *root = nullptr);
  /// Whether dim and dim + 1 can be one loop.
  bool operator()(int64_t dim) const { return mergeable[dim]; }

private:
  /// `loopOf[d]`: the loop that walks dimension d of `tensor`, or -1.
  void visit(mlir::Value tensor, llvm::ArrayRef<int64_t> loopOf);
  void visitGeneric(mlir::linalg::GenericOp op,
                    llvm::ArrayRef<int64_t> loopOf);
  void forbidAll() { llvm::fill(mergeable, false); }

  KernelBuilder &kernel;
  mlir::Operation *root;
  llvm::SmallVector<bool> mergeable;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_MERGEABLEDIMS_H
