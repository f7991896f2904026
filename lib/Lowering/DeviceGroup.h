//===- DeviceGroup.h - Threads of a GPU that share a step -------*- C++ -*-===//
// A step of a kernel's range belongs to one thread, or to a group of them that
// are neighbours in a block: then each does a part of it, and they exchange
// what they found.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_DEVICEGROUP_H
#define LACUNA_LIB_LOWERING_DEVICEGROUP_H

#include "lacuna/Lowering/KernelBuilder.h"

namespace lacuna {

/// Whether the steps of `kernel` are done by threads of a GPU, neighbours at
/// the same time.
bool isOnDevice(const KernelBuilder &kernel);
/// Says what the addresses of vectors are multiples of (AlignAccesses.cpp).
void alignAccesses(mlir::func::FuncOp kernel);

class DeviceGroup {
public:
  using Values = llvm::SmallVector<mlir::Value>;
  using Combine =
      llvm::function_ref<Values(mlir::ValueRange, mlir::ValueRange)>;
  static constexpr int64_t warp = 32, most = 1024;

  /// Steps of `kernel` are shared by `threads`, a power of two up to 1024. All
  /// of them reach whatever is emitted.
  DeviceGroup(KernelBuilder &kernel, int64_t threads);

  int64_t size() const { return threads; }
  /// The number of a thread within its group, as an index.
  mlir::Value thread() const { return number; }
  /// Combines scalars of all threads whose numbers differ by multiples of
  /// `apart`, a power of two below 32; each gets the result. The order of
  /// operands is any.
  Values reduce(mlir::ValueRange values, Combine combine, int64_t apart = 1);
  /// Waits for the others' writes to shared memory.
  void barrier();
  /// Memory of the group, which must be a whole block.
  mlir::Value shared(llvm::ArrayRef<int64_t> shape, mlir::Type element);

private:
  mlir::Value exchange(mlir::Value value, int64_t distance);
  mlir::Value exchangeWord(mlir::Value word, int64_t distance);
  Values reduceLanes(mlir::ValueRange values, int64_t lanes, int64_t apart,
                     Combine combine);
  Values reduceWarps(llvm::ArrayRef<mlir::Value> memories, int64_t apart,
                     Combine combine);

  KernelBuilder &kernel;
  int64_t threads;
  mlir::Value number, mask;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_DEVICEGROUP_H
