//===- Verify.h - Checks that op families share -----------------*- C++ -*-===//
// Each reports at the op what is wrong, in one sentence.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_IR_VERIFY_H
#define LACUNA_LIB_IR_VERIFY_H

#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Shape.h"

namespace lacuna::verify {

using Types = llvm::SmallVectorImpl<mlir::RankedTensorType>;

inline mlir::RankedTensorType typeOf(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}
inline llvm::ArrayRef<int64_t> sizesOf(mlir::Value value) {
  return typeOf(value).getShape();
}
inline mlir::Type elementOf(mlir::Value value) {
  return typeOf(value).getElementType();
}

/// A shape as `[1, ?, 3]`, for messages.
std::string text(llvm::ArrayRef<int64_t> shape);

/// `value` has rank low to high.
llvm::LogicalResult rank(mlir::Operation *op, llvm::StringRef name,
                         mlir::Value value, int64_t low, int64_t high);
/// `value`, when there is one, has the element type of `model`.
llvm::LogicalResult element(mlir::Operation *op, llvm::StringRef name,
                            mlir::Value value, mlir::Value model);
/// `value`, when there is one, can have the shape `expected`.
llvm::LogicalResult shape(mlir::Operation *op, llvm::StringRef name,
                          mlir::Value value, llvm::ArrayRef<int64_t> expected);
/// `axis` is a dimension of `value`; counted from the front on success.
mlir::FailureOr<int64_t> axis(mlir::Operation *op, int64_t axis,
                              mlir::Value value,
                              llvm::StringRef name = "axis");
/// `value` is finite and positive (or 0, when allowed).
llvm::LogicalResult positive(mlir::Operation *op, llvm::StringRef name,
                             const llvm::APFloat &value,
                             bool zeroAllowed = false);
/// `value` is low to high.
llvm::LogicalResult range(mlir::Operation *op, llvm::StringRef name,
                          int64_t value, int64_t low, int64_t high);
/// `divisor` is positive and divides `size`, unless that is `?`.
llvm::LogicalResult divides(mlir::Operation *op, llvm::StringRef name,
                            int64_t divisor, llvm::StringRef what,
                            int64_t size);

} // namespace lacuna::verify

#endif // LACUNA_LIB_IR_VERIFY_H
