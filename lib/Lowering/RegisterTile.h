//===- RegisterTile.h - Sums held in registers ------------------*- C++ -*-===//
// The inner loop shared by matrix products, convolution and attention.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_REGISTERTILE_H
#define LACUNA_LIB_LOWERING_REGISTERTILE_H

#include "lacuna/Lowering/KernelBuilder.h"

namespace lacuna {

/// Rows and lanes of a tile of sums that fits the vector registers.
struct RegisterTile {
  int64_t rows, lanes;

  /// Two registers wide; 6 rows with 16 registers (12 sums, 2 of the right
  /// operand, 1 of the left), 12 with 32.
  static RegisterTile forTarget(const CPUTarget &target, mlir::Type element) {
    int64_t width = target.lanes(element.getIntOrFloatBitWidth());
    return {target.registers() == 32 ? 12 : 6, 2 * width};
  }
};

/// sums[r] += left(r, k) * right(k) for k in [0, depth): `left` gives scalars,
/// `right` a vector. Returns the new sums.
llvm::SmallVector<mlir::Value>
emitMultiplyAdd(KernelBuilder &kernel, mlir::ValueRange sums, int64_t depth,
                llvm::function_ref<mlir::Value(int64_t, mlir::Value)> left,
                llvm::function_ref<mlir::Value(mlir::Value)> right);

/// Transposes n vectors of n elements in registers, n a power of 2: log2(n)
/// rounds of exchanging ever larger blocks.
void turnTile(KernelBuilder &kernel,
              llvm::SmallVectorImpl<mlir::Value> &rows);

/// A float or vector of them in the element type `wide`, its own or a wider one.
mlir::Value widenTo(KernelBuilder &kernel, mlir::Value value, mlir::Type wide);

/// `buffer` as one dimension.
mlir::Value flatten(KernelBuilder &kernel, mlir::Value buffer);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_REGISTERTILE_H
