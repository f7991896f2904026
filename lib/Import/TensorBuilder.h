//===- TensorBuilder.h - Tensor programs in a few words ---------*- C++ -*-===//
// Element-wise ops with NumPy's broadcasting, contractions, reductions and
// data movement on static tensors, made of upstream ops.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_IMPORT_TENSORBUILDER_H
#define LACUNA_LIB_IMPORT_TENSORBUILDER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"

namespace lacuna {

using Ints = llvm::SmallVector<int64_t>;

inline mlir::RankedTensorType typeOf(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType());
}
inline llvm::ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return typeOf(value).getShape();
}
inline mlir::Type elementOf(mlir::Value value) {
  return typeOf(value).getElementType();
}

class TensorBuilder {
public:
  TensorBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  mlir::OpBuilder &builder;
  mlir::Location loc;
  /// Whether something was asked for that cannot be, after a diagnostic; what
  /// was built since is no use.
  bool broken = false;

  /// Computes one result element from one element of each operand.
  using Body = llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::Location,
                                              mlir::ValueRange)>;

  /// The shape operands broadcast to; fails when they do not.
  static mlir::FailureOr<Ints> broadcastShape(mlir::ValueRange operands);
  /// Element-wise with broadcasting; `broken` when the shapes do not fit.
  mlir::Value elementwise(mlir::ValueRange operands, mlir::Type element,
                          Body body);
  /// An element-wise function of the loop indices and captured tensors.
  mlir::Value generate(llvm::ArrayRef<int64_t> shape, mlir::Type element,
                       Body body);
  template <typename Op> mlir::Value unary(mlir::Value operand) {
    return elementwise(operand, elementOf(operand),
                       [](mlir::OpBuilder &b, mlir::Location l,
                          mlir::ValueRange args) -> mlir::Value {
                         return Op::create(b, l, args[0]);
                       });
  }
  template <typename Op> mlir::Value binary(mlir::Value a, mlir::Value c) {
    return elementwise({a, c}, elementOf(a),
                       [](mlir::OpBuilder &b, mlir::Location l,
                          mlir::ValueRange args) -> mlir::Value {
                         return Op::create(b, l, args[0], args[1]);
                       });
  }
  mlir::Value cast(mlir::Value operand, mlir::Type to, bool fromUnsigned,
                   bool toUnsigned);

  /// `operand` with its sign bits flipped if `isUnsigned`: unsigned numbers
  /// then compare as signed ones, and a second time back.
  mlir::Value reorder(mlir::Value operand, bool isUnsigned);

  mlir::Value empty(llvm::ArrayRef<int64_t> shape, mlir::Type element);
  mlir::Value splat(llvm::ArrayRef<int64_t> shape, mlir::Type element,
                    double value);
  mlir::Value scalar(mlir::Type element, double value) {
    return splat({}, element, value);
  }
  mlir::Value integers(llvm::ArrayRef<int64_t> values);
  mlir::Value constant(mlir::ElementsAttr value);

  mlir::Value reshape(mlir::Value operand, llvm::ArrayRef<int64_t> shape);
  mlir::Value transpose(mlir::Value operand, llvm::ArrayRef<int64_t> perm);
  mlir::Value broadcast(mlir::Value operand, llvm::ArrayRef<int64_t> shape);
  /// Elements start, start + step, … (count of them) of each dimension; steps
  /// may be negative.
  mlir::Value slice(mlir::Value operand, llvm::ArrayRef<int64_t> starts,
                    llvm::ArrayRef<int64_t> counts,
                    llvm::ArrayRef<int64_t> steps);
  mlir::Value concat(mlir::ValueRange operands, int64_t axis);
  mlir::Value pad(mlir::Value operand, llvm::ArrayRef<int64_t> low,
                  llvm::ArrayRef<int64_t> high, mlir::Value value);
  /// Folds `axes` with a combiner from a start value; axes are kept as 1 when
  /// `keep`.
  mlir::Value reduce(mlir::Value operand, llvm::ArrayRef<int64_t> axes,
                     bool keep, mlir::TypedAttr start, Body combiner);
  mlir::Value sum(mlir::Value operand, llvm::ArrayRef<int64_t> axes, bool keep);
  /// sum over the loops that `result` lacks of left * right; operands are
  /// read at the given loops, one a dimension.
  mlir::Value contract(mlir::Value left, llvm::ArrayRef<int64_t> leftLoops,
                       mlir::Value right, llvm::ArrayRef<int64_t> rightLoops,
                       llvm::ArrayRef<int64_t> resultLoops);
};

/// The value of a tensor made of constants only, if its size is moderate.
mlir::DenseElementsAttr evaluateConstant(mlir::Value value);

} // namespace lacuna

#endif // LACUNA_LIB_IMPORT_TENSORBUILDER_H
