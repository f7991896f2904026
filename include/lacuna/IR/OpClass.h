//===- OpClass.h - What kind of work an op is -------------------*- C++ -*-===//
// The classes by which ops are grouped into kernels and computed in place.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_IR_OPCLASS_H
#define LACUNA_IR_OPCLASS_H

#include "mlir/IR/Operation.h"

namespace lacuna {

/// How an op takes part in a kernel.
enum class OpClass {
  /// A value without work: constants, empty and filled tensors. Cloned into
  /// every kernel that reads it.
  Source,
  /// Another shape for the same bytes (reshapes): never a launch.
  View,
  /// Each result element is one operand element found by index arithmetic
  /// (transpose, slice, pad, broadcast).
  Remap,
  /// Each result element is computed from one element of each operand.
  Pointwise,
  /// Everything else: decides the loops of its kernel.
  Root,
};

/// The class of `op`, an op on ranked tensors.
OpClass classify(mlir::Operation *op);

/// Whether `op` may stand in a score region, wherever its operands are from: it
/// makes one scalar by itself, or reads one of a tensor.
bool fitsScoreRegion(mlir::Operation *op);

/// Whether a pointwise `op` reads operand `index` at its own result's index.
bool readsAtOwnIndex(mlir::Operation *op, unsigned index);

/// Whether `op` is a fill or splat constant; small enough to be cloned.
bool isClonedConstant(mlir::Operation *op);

} // namespace lacuna

#endif // LACUNA_IR_OPCLASS_H
