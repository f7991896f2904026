//===- HopperScalars.h - Scalar ops in device kernels -----------*- C++ -*-===//
// Ops of tensor bodies and score regions on one element a time: 16-bit numbers
// are computed in f32, indices in i32.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_HOPPERSCALARS_H
#define LACUNA_LIB_LOWERING_HOPPERSCALARS_H

#include "HopperBuilder.h"

namespace lacuna {

/// The type that numbers of `type` are computed in.
mlir::Type hopperType(mlir::Type type);
/// Whether PTX has `op` on such numbers, in a few instructions.
bool isHopperScalar(mlir::Operation &op);
/// Whether `value` is a number known at compile time.
bool isKnownNumber(mlir::Value value);
/// The number behind a constant, or behind a tensor of one number.
mlir::Value hopperConstant(HopperBuilder &b, mlir::Operation *op);
/// `op` on `operands`; divisions and roots within 2 ulp.
mlir::Value cloneHopperScalar(HopperBuilder &b, mlir::Operation &op,
                              mlir::ValueRange operands);
/// The element of a buffer at `offset`, in the type it is computed in. Bytes
/// stand for i1.
mlir::Value loadHopperElement(HopperBuilder &b, mlir::Value pointer,
                              mlir::Value offset, mlir::Type type);
/// The integer of `tensor` at `offset`, held between `least` and `most`.
mlir::Value loadHopperLength(HopperBuilder &b, mlir::Value pointer,
                             mlir::Value offset, mlir::Value tensor,
                             int64_t most, int64_t least = 0);
/// The address of an element.
mlir::Value hopperAddress(HopperBuilder &b, mlir::Value pointer,
                          mlir::Value offset, mlir::Type type);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERSCALARS_H
