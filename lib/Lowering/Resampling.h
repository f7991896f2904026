//===- Resampling.h - Weighted sums at tabled positions ---------*- C++ -*-===//
// What the forms of a resample share; one file a form.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_RESAMPLING_H
#define LACUNA_LIB_LOWERING_RESAMPLING_H

#include "VectorBlocks.h"
#include "lacuna/IR/Dialect.h"

namespace lacuna {

/// Gives the element (or vector) at a position along one axis.
using ReadTap = llvm::function_ref<mlir::FailureOr<mlir::Value>(mlir::Value)>;

/// One resample op and how its sums are taken.
struct Resampler {
  Resampler(KernelBuilder &kernel, ResampleOp op);

  KernelBuilder &kernel;
  ResampleOp op;
  mlir::Type element, sum;
  llvm::ArrayRef<int64_t> axes, input, output;

  int64_t rank() const { return output.size(); }
  /// Whether the last dimension is resampled: then lanes are no neighbours.
  bool endsInAxis() const { return axes.back() == rank() - 1; }
  /// Inputs of one output along axis `number`.
  int64_t taps(int64_t number);
  mlir::FailureOr<mlir::Value> position(int64_t number, mlir::Value tap,
                                        mlir::Value output);
  /// The weighted sum of axis `number` for index `output` of it.
  mlir::FailureOr<mlir::Value> blend(int64_t number, mlir::Value output,
                                     int64_t lanes, ReadTap read);
  /// An element of the input, as it is summed.
  mlir::FailureOr<mlir::Value> read(const Position &at);
  /// Rounds a sum and writes it.
  mlir::LogicalResult write(mlir::Value value, const Position &at);
};

/// On a GPU, of two neighbouring axes with at most one dimension behind and up
/// to two taps; nothing where that form does not fit.
std::optional<mlir::LogicalResult> emitDevicePlanes(Resampler &resampler);
mlir::LogicalResult emitDirectResample(Resampler &resampler);
/// For two neighbouring axes with at most one dimension behind.
mlir::LogicalResult emitRowsFirst(Resampler &resampler);
/// For the last two dimensions.
mlir::LogicalResult emitColumnsFirst(Resampler &resampler);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_RESAMPLING_H
