//===- GuardDivisions.h - Integer divisions that cannot trap ----*- C++ -*-===//
#ifndef LACUNA_LIB_LOWERING_GUARDDIVISIONS_H
#define LACUNA_LIB_LOWERING_GUARDDIVISIONS_H

namespace mlir {
class Operation;
}

namespace lacuna {

/// Rewrites the integer divisions inside `root` whose divisor is not a constant
/// that is safe: as in NumPy x / 0 = 0, x mod 0 = 0 and min / -1 = min.
void guardDivisions(mlir::Operation *root);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_GUARDDIVISIONS_H
