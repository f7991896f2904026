//===- Philox.h - A counter-based random number generator -------*- C++ -*-===//
// Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
// easy as 1, 2, 3", SC 2011. No state: numbers are functions of (key, counter),
// so every element of a tensor draws its own, in any order, again and again.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_PHILOX_H
#define LACUNA_LIB_LOWERING_PHILOX_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

#include <array>

namespace lacuna {

/// Four random i32 for an i64 key and an i64 counter.
std::array<mlir::Value, 4> emitPhilox(mlir::ImplicitLocOpBuilder &builder,
                                      mlir::Value key, mlir::Value counter);

/// A number in [0, 1) from two random words, on as fine a grid as values below
/// 1 of `type` have. Computed in f32, or f64 where `type` is that.
mlir::Value emitUniform(mlir::ImplicitLocOpBuilder &builder,
                        mlir::FloatType type, mlir::Value high,
                        mlir::Value low);

/// A standard normal number from four random words, by Box and Muller.
mlir::Value emitNormal(mlir::ImplicitLocOpBuilder &builder,
                       mlir::FloatType type,
                       const std::array<mlir::Value, 4> &words);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_PHILOX_H
