//===- KernelBuilder.h - Reads and writes of a kernel's tensors -*- C++ -*-===//
// What every emitter of loops stands on: elements of tensors are read through
// the producers fused into the kernel, and results are written through its
// consumers, so an emitter knows its own op only.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LOWERING_KERNELBUILDER_H
#define LACUNA_LOWERING_KERNELBUILDER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace lacuna {

/// The processor that code is made for.
struct CPUTarget {
  int64_t vectorBits = 256;
  /// Vector registers: 16 up to AVX2, 32 with AVX-512.
  int64_t registers() const { return vectorBits >= 512 ? 32 : 16; }
  /// Lanes of a register for elements of `bits`.
  int64_t lanes(int64_t bits) const { return vectorBits / bits; }
  int64_t l1Bytes = 32 << 10;
  int64_t l2Bytes = 512 << 10;
};

/// A place in a tensor: one index a dimension. With `lanes` > 1 it stands for
/// that many elements, at consecutive indices of dimension `laneDim`.
struct Position {
  llvm::SmallVector<mlir::Value> indices;
  int64_t lanes = 1;
  int64_t laneDim = -1;

  Position() = default;
  Position(mlir::ValueRange indices) : indices(indices) {}
  Position(const llvm::SmallVectorImpl<mlir::Value> &indices)
      : indices(indices.begin(), indices.end()) {}
  Position(mlir::ValueRange indices, int64_t lanes, int64_t laneDim)
      : indices(indices), lanes(lanes), laneDim(lanes > 1 ? laneDim : -1) {}
};

/// The body of one kernel function while it is turned into loops.
class KernelBuilder {
public:
  /// Takes the tensor body out of `kernel` and leaves the builder in the empty
  /// function.
  KernelBuilder(mlir::func::FuncOp kernel, const CPUTarget &target);
  /// Erases the tensor body.
  ~KernelBuilder();

  mlir::OpBuilder builder;
  const mlir::Location loc;
  const CPUTarget &target;

  /// The ops of the tensor body, in order.
  llvm::ArrayRef<mlir::Operation *> ops() const { return bodyOps; }
  /// The values the kernel writes, in order of its output buffers.
  llvm::ArrayRef<mlir::Value> yields() const { return yielded; }
  /// The range of steps this call has to do.
  mlir::Value begin() { return kernel.getArgument(0); }
  mlir::Value end() { return kernel.getArgument(1); }
  /// Says how many steps the kernel has, and the fewest worth a task.
  void setRange(int64_t count, int64_t grain);

  /// The element (a vector when `at` has lanes) of `tensor` at `at`; fused
  /// producers are computed in place. i1 comes as i1. Fails with a diagnostic
  /// on an op that cannot be computed in place.
  mlir::FailureOr<mlir::Value> load(mlir::Value tensor, const Position &at);

  /// Writes `element` of `tensor`, the root's result, through all fused
  /// consumers to the output buffers. The second form is for roots with many
  /// results at the same position.
  mlir::LogicalResult store(mlir::Value tensor, mlir::Value element,
                            const Position &at);
  mlir::LogicalResult
  store(llvm::ArrayRef<std::pair<mlir::Value, mlir::Value>> elements,
        const Position &at);

  /// Writes all results at `at`: kernels whose results share one shape and
  /// have no root.
  mlir::LogicalResult storeYields(const Position &at);

  /// Whether `store` of `tensor` writes every result of the kernel.
  bool reachesYields(mlir::Value tensor) const;

  /// The buffer of a kernel input, null for a value computed in the kernel.
  mlir::Value inputBuffer(mlir::Value tensor) const;
  /// The buffer `tensor` is written to when nothing is fused behind it, null
  /// otherwise. For emitters that keep partial sums in their output.
  mlir::Value outputBuffer(mlir::Value tensor) const;

  /// Memory of this call's own (where: PlaceScratch.cpp).
  mlir::Value scratch(llvm::ArrayRef<int64_t> shape, mlir::Type element);

  /// Conveniences at the current insertion point.
  mlir::Value index(int64_t value);
  mlir::Value constant(mlir::Type type, double value);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value add(mlir::Value a, int64_t b);
  mlir::Value mul(mlir::Value a, int64_t b);
  /// a < b, of indices that are not negative.
  mlir::Value less(mlir::Value a, mlir::Value b);
  /// `value` as a vector of `lanes`, unless lanes is 1 or it is one already.
  mlir::Value broadcast(mlir::Value value, int64_t lanes);
  /// A loop over [lower, upper); `body` gets the index.
  mlir::LogicalResult
  forLoop(mlir::Value lower, mlir::Value upper, int64_t step,
          llvm::function_ref<mlir::LogicalResult(mlir::Value)> body);
  /// The same with values carried around the loop; `body` gets the index and
  /// the carried values and returns the next ones.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> forLoop(
      mlir::Value lower, mlir::Value upper, int64_t step,
      mlir::ValueRange initial,
      llvm::function_ref<mlir::FailureOr<llvm::SmallVector<mlir::Value>>(
          mlir::Value, mlir::ValueRange)>
          body);
  /// `then` where `condition` holds, `otherwise` elsewhere; null: nothing.
  mlir::LogicalResult
  branch(mlir::Value condition, llvm::function_ref<mlir::LogicalResult()> then,
         llvm::function_ref<mlir::LogicalResult()> otherwise = nullptr);
  /// The indices of element `linear` of a row-major space of `sizes`.
  llvm::SmallVector<mlir::Value> delinearize(mlir::Value linear,
                                             llvm::ArrayRef<int64_t> sizes);
  /// Loops over all steps of this call's range as indices of a space of
  /// `sizes`, and sets the range to that space with the given grain.
  mlir::LogicalResult parallelLoop(
      llvm::ArrayRef<int64_t> sizes, int64_t grain,
      llvm::function_ref<mlir::LogicalResult(mlir::ValueRange)> body);

private:
  friend class ElementEvaluator;
  mlir::LogicalResult storeTo(mlir::Value buffer, mlir::Value element,
                              const Position &at);

  mlir::func::FuncOp kernel;
  mlir::Block *tensorBody;
  llvm::SmallVector<mlir::Operation *> bodyOps;
  llvm::SmallVector<mlir::Value> yielded;
  llvm::SmallVector<mlir::Value> outputs;
  llvm::DenseMap<mlir::Value, mlir::Value> inputs;
};

/// Static shape and element type of a tensor value.
llvm::ArrayRef<int64_t> shapeOf(mlir::Value tensor);
mlir::Type elementTypeOf(mlir::Value tensor);
/// Whether the lanes of `at` lie side by side in a buffer of `shape`.
bool areNeighbours(const Position &at, llvm::ArrayRef<int64_t> shape);

} // namespace lacuna

#endif // LACUNA_LOWERING_KERNELBUILDER_H
