//===- PoolReducer.h - What a pool makes of its window ----------*- C++ -*-===//
// Maxima, means and p-norms, on scalars or vectors of lanes.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_POOLREDUCER_H
#define LACUNA_LIB_LOWERING_POOLREDUCER_H

#include "lacuna/IR/Dialect.h"
#include "lacuna/Lowering/KernelBuilder.h"

namespace lacuna {

/// Reduces elements of type `element`. Sums of f16 and bf16 are kept in f32,
/// as are their maxima, which are exact there.
class PoolReducer {
public:
  PoolReducer(KernelBuilder &kernel, PoolMode mode, mlir::Type element,
              double p = 2);

  PoolMode mode() const { return poolMode; }
  /// The type partial results are kept in.
  mlir::Type partialType() const { return partial; }
  /// The result of no element.
  mlir::Value neutral(int64_t lanes);
  /// An element of the input as a partial result.
  mlir::Value start(mlir::Value element);
  /// Two partial results in one. Of a NaN and a number the maximum is NaN.
  mlir::Value merge(mlir::Value a, mlir::Value b);
  /// The result over `count` elements, a number of the partial type other than
  /// 0; only means ask for it.
  mlir::Value finish(mlir::Value value, mlir::Value count);

private:
  mlir::Type like(mlir::Value value, mlir::Type element);
  mlir::Value power(mlir::Value value, double exponent);

  KernelBuilder &kernel;
  PoolMode poolMode;
  mlir::Type element, partial;
  double p;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_POOLREDUCER_H
