//===- HopperBuilder.h - Arithmetic of device kernels -----------*- C++ -*-===//
// Shorthand for what every Hopper kernel is made of: i32 numbers, f32 scalars
// in registers, loops, and the addresses and phases of pipelines.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_HOPPERBUILDER_H
#define LACUNA_LIB_LOWERING_HOPPERBUILDER_H

#include "lacuna/IR/Hopper.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace lacuna {

using Values = llvm::SmallVector<mlir::Value>;

class HopperBuilder : public mlir::ImplicitLocOpBuilder {
public:
  using Value = mlir::Value;
  using ImplicitLocOpBuilder::ImplicitLocOpBuilder;

  Value number(int64_t value);
  Value real(double value);
  Value add(Value a, Value b);
  Value add(Value a, int64_t b);
  Value sub(Value a, Value b);
  Value mul(Value a, int64_t b);
  /// Of numbers that are not negative.
  Value div(Value a, int64_t b);
  Value rem(Value a, int64_t b);
  Value ceilDiv(Value a, int64_t b);
  Value bitAnd(Value a, int64_t b);
  Value bitXor(Value a, Value b);
  Value smaller(Value a, Value b);
  Value larger(Value a, Value b);
  Value equal(Value a, int64_t b);
  /// a > b, signed.
  Value greater(Value a, Value b);
  Value select(Value condition, Value a, Value b);

  Value fmul(Value a, Value b);
  Value fadd(Value a, Value b);
  Value fma(Value a, Value b, Value c);
  Value fmax(Value a, Value b);
  Value fnegate(Value a);
  Value exp2(Value a);
  /// Within 2^-11 of 1, and 2^-22 of the result.
  Value tanh(Value a);
  Value log2(Value a);
  /// Within 1 ulp: an exact division is a call, which spills registers.
  Value reciprocal(Value a);
  /// `combine` over `values`, in two chains.
  Value reduce(llvm::ArrayRef<Value> values,
               Value (HopperBuilder::*combine)(Value, Value));
  /// `combine` over the four threads that hold a row.
  Value reduceQuad(Value value, Value (HopperBuilder::*combine)(Value, Value));
  /// The pair (low, high), rounded to `element`, in one word.
  Value pack(Value low, Value high, mlir::Type element);

  Values elements(Value vector);
  Value vectorOf(llvm::ArrayRef<Value> values);

  /// A loop from `lower` to `upper` with carried values.
  Values forLoop(Value lower, Value upper, Value step, mlir::ValueRange initial,
                 llvm::function_ref<Values(Value, mlir::ValueRange)> body);
  /// Goes on with `body` while `condition` of what is carried holds.
  Values whileLoop(mlir::ValueRange initial,
                   llvm::function_ref<Value(mlir::ValueRange)> condition,
                   llvm::function_ref<Values(mlir::ValueRange)> body);
  void branch(Value condition, llvm::function_ref<void()> then);

  /// The shared memory at `address`, for loads and stores.
  Value sharedPointer(Value address);
  /// Words there.
  void storeWord(Value value, Value address);
  Value loadWord(Value address);
  /// Waits until `pending` products are unfinished; `sums` are through then.
  void waitFor(llvm::MutableArrayRef<Value> sums, mlir::ValueRange kept,
               int64_t pending);

  /// The descriptor of the matrix at `address`, of rows of 128 swizzled bytes.
  /// `panelBytes`: between panels of 64 columns, for matrices whose columns
  /// lie together; 16 otherwise.
  Value descriptor(Value address, int64_t panelBytes);
  /// `descriptor` moved by `bytes`.
  Value advance(Value descriptor, Value bytes);
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERBUILDER_H
