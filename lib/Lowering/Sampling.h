//===- Sampling.h - Places in -1 to 1 ---------------------------*- C++ -*-===//
#ifndef LACUNA_LIB_LOWERING_SAMPLING_H
#define LACUNA_LIB_LOWERING_SAMPLING_H

#include "lacuna/IR/Dialect.h"
#include "lacuna/Lowering/KernelBuilder.h"

namespace lacuna {

/// The type that places made of the elements of `a` and `b` are computed in.
mlir::FloatType samplingType(KernelBuilder &kernel, mlir::Value a,
                             mlir::Value b);

mlir::LogicalResult emitAffineGrid(KernelBuilder &kernel,
                                   mlir::Operation *root);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_SAMPLING_H
