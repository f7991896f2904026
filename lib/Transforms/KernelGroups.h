//===- KernelGroups.h - Which ops become one kernel --------------*- C++ -*-===//
#ifndef LACUNA_LIB_TRANSFORMS_KERNELGROUPS_H
#define LACUNA_LIB_TRANSFORMS_KERNELGROUPS_H

#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"

namespace lacuna {

/// Ops that will become one kernel, in program order.
struct KernelGroup {
  llvm::SmallVector<mlir::Operation *> ops;
  /// The op that decides the loops; null while all are element-wise.
  mlir::Operation *root = nullptr;
  /// Shape of the iteration space of the element-wise ops behind the root.
  llvm::SmallVector<int64_t> shape;
};

/// The groups of one block, with the dependences among them. Greedy fusion over
/// straight-line code: element-wise consumers join the kernel of their
/// producer, index remappings and single-use element-wise producers join the
/// kernel that reads them. A merge that would make two kernels wait for each
/// other is refused.
class KernelGroups {
public:
  /// With `gates` both halves of a contraction may meet in its kernel.
  KernelGroups(mlir::Block &block, bool gates);

  /// The place of the group of `op`, -1 if nothing is computed for it.
  int indexOf(mlir::Operation *op) const;
  llvm::ArrayRef<KernelGroup> groups() const { return all; }
  /// Each op without a group, and the first op of each group, in an order in
  /// which groups may run one after another.
  llvm::SmallVector<mlir::Operation *> order() const;

private:
  int groupOf(mlir::Value value) const;
  bool dependsOn(int group, int on) const;
  bool usedOnlyBy(int group, mlir::Operation *op) const;
  void place(mlir::Operation *op);
  bool wouldWait(mlir::Operation *op, mlir::OpOperand &read, int group);
  int joinProducer(mlir::Operation *op);
  mlir::Operation *heavyProducer(mlir::Operation *op) const;
  bool waitsFor(mlir::Operation *op, int group);
  int joinFollowers(mlir::Operation *op);
  int joinGate(mlir::Operation *op);
  void pullProducers(mlir::Operation *op, int group);
  void merge(int from, int into);

  mlir::Block &block;
  bool gates;
  llvm::SmallVector<KernelGroup> all;
  llvm::DenseMap<mlir::Operation *, int> places;
  /// Of contractions that tensor cores do alone: the kernel of what follows.
  llvm::DenseMap<mlir::Operation *, int> followers;
};

} // namespace lacuna

#endif // LACUNA_LIB_TRANSFORMS_KERNELGROUPS_H
