//===- ElementType.h - Element types of MLIR and of tensors -----*- C++ -*-===//
#ifndef LACUNA_LIB_JIT_ELEMENTTYPE_H
#define LACUNA_LIB_JIT_ELEMENTTYPE_H

#include "lacuna/Runtime/Tensor.h"

#include "mlir/IR/Types.h"

namespace lacuna {

/// The element type a tensor of `type` has in memory; none for types no tensor
/// can hold. MLIR's integers have no sign, hence `isUnsigned`.
std::optional<DType> dtypeOf(mlir::Type type, bool isUnsigned);

/// Whether the elements are integers without a sign.
bool isUnsigned(DType type);

/// The other way round; `index` never comes back.
mlir::Type typeOf(mlir::MLIRContext *context, DType type);

} // namespace lacuna

#endif // LACUNA_LIB_JIT_ELEMENTTYPE_H
