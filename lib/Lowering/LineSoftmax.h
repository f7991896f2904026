//===- LineSoftmax.h - Maximum and sum of exponentials of a line -*- C++ -*-===//
#ifndef LACUNA_LIB_LOWERING_LINESOFTMAX_H
#define LACUNA_LIB_LOWERING_LINESOFTMAX_H

#include "LineLoops.h"

namespace lacuna {

/// exp(x) / sum exp(x) is exp(x - shift) / total, and its logarithm
/// x - shift - logarithm of the total. A line of -inf alone has shift 0 and
/// total 0, whose logarithm counts as 0.
struct LineSoftmax {
  mlir::Value shift, total;

  /// Walks the current line twice. `load` gives its elements, and is told
  /// whether they are wanted for the first time; `keep` is shown exp(x - shift).
  static mlir::FailureOr<LineSoftmax>
  emit(KernelBuilder &kernel, LineLoops &lines,
       llvm::function_ref<mlir::FailureOr<mlir::Value>(const Position &,
                                                       bool)>
           load,
       llvm::function_ref<void(mlir::Value)> keep);

  /// Walks it once: where a larger element comes, what is summed is scaled.
  static mlir::FailureOr<LineSoftmax> emitOnline(
      KernelBuilder &kernel, LineLoops &lines,
      llvm::function_ref<mlir::FailureOr<mlir::Value>(const Position &)> load);

  mlir::Value exponential(KernelBuilder &kernel, mlir::Value x,
                          int64_t lanes) const;
  mlir::Value logarithmOfTotal(KernelBuilder &kernel) const;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_LINESOFTMAX_H
