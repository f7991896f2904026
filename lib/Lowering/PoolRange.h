//===- PoolRange.h - Input elements of one output ---------------*- C++ -*-===//
// Windows and bins along one spatial dimension, as ranges of input indices.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_POOLRANGE_H
#define LACUNA_LIB_LOWERING_POOLRANGE_H

#include "lacuna/IR/Shape.h"
#include "lacuna/Lowering/KernelBuilder.h"

namespace lacuna {

/// Input indices first + k step for k in [0, count): all inside of the input.
struct PoolRange {
  mlir::Value first, count;
  int64_t step = 1;
};

/// One spatial dimension of a pool: where its outputs read.
struct PoolDim {
  enum class Kind { Window, AdaptiveBins, SPPBins };
  Kind kind = Kind::Window;
  int64_t input = 1, outputs = 1;
  /// Of windows only.
  Window window = {};
  bool countPadding = false;

  /// The most elements an output reads.
  int64_t most() const;
  /// Whether all outputs read as many.
  bool isUniform() const;
  /// What output `index` reads.
  PoolRange range(KernelBuilder &kernel, mlir::Value index) const;
  /// By how many elements along this dimension its mean is divided, an index.
  mlir::Value divisor(KernelBuilder &kernel, mlir::Value index,
                      const PoolRange &range) const;

private:
  PoolRange windowRange(KernelBuilder &kernel, mlir::Value index) const;
  PoolRange binRange(KernelBuilder &kernel, mlir::Value index) const;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_POOLRANGE_H
