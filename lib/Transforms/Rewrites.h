//===- Rewrites.h - Small pieces the rewrites share -------------*- C++ -*-===//
#ifndef LACUNA_LIB_TRANSFORMS_REWRITES_H
#define LACUNA_LIB_TRANSFORMS_REWRITES_H

#include "lacuna/IR/Dialect.h"

#include "mlir/IR/PatternMatch.h"

namespace lacuna {

using Ints = llvm::SmallVector<int64_t>;

/// The type of a ranked tensor.
inline mlir::RankedTensorType typeOf(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType());
}

/// (n, c, s…) -> (n, s…, c), as the permutation of linalg.transpose.
Ints toChannelsLast(int64_t rank);
/// (n, s…, c) -> (n, c, s…).
Ints toChannelsFirst(int64_t rank);
Ints inversePermutation(llvm::ArrayRef<int64_t> permutation);

mlir::Value transpose(mlir::OpBuilder &builder, mlir::Location loc,
                      mlir::Value value, llvm::ArrayRef<int64_t> permutation);
/// The same elements in another shape; `value` itself when it has it already.
mlir::Value reshape(mlir::OpBuilder &builder, mlir::Location loc,
                    mlir::Value value, llvm::ArrayRef<int64_t> shape);
/// Adds the elements of `other` at `map` of each place.
mlir::Value addGeneric(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::Value value, mlir::Value other,
                       mlir::AffineMap map);
/// A tensor filled with zeros.
mlir::Value zeroFilled(mlir::OpBuilder &builder, mlir::Location loc,
                       mlir::RankedTensorType type);
/// Adds a vector along the last dimension.
mlir::Value addAlongLast(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::Value value, mlir::Value vector);

/// The elements of a constant tensor as raw bytes; empty when `value` is none.
llvm::ArrayRef<char> constantBytes(mlir::Value value);

/// The bytes of a constant, those of a splat up to 64 MiB written out; empty if
/// it is none.
std::vector<char> copyConstant(mlir::Value value);
/// A constant of raw bytes.
mlir::Value makeConstant(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::RankedTensorType type, std::vector<char> bytes,
                         llvm::StringRef name);

/// The numbers of a constant tensor of floats; nothing when `value` is none.
std::optional<std::vector<double>> constantNumbers(mlir::Value value);
/// A constant of such numbers, rounded to the element type.
mlir::Value makeNumbers(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::RankedTensorType type,
                        llvm::ArrayRef<double> numbers, llvm::StringRef name);
/// `value`, a float or a tensor of such, as `type`.
mlir::Value resizeFloat(mlir::OpBuilder &builder, mlir::Location loc,
                        mlir::Value value, mlir::Type type);

} // namespace lacuna

#endif // LACUNA_LIB_TRANSFORMS_REWRITES_H
