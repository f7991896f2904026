//===- Gradients.h - What a caller wants gradients of -----------*- C++ -*-===//
#ifndef LACUNA_LIB_JIT_GRADIENTS_H
#define LACUNA_LIB_JIT_GRADIENTS_H

#include "lacuna/Import/Onnx.h"
#include "lacuna/JIT/CompileOptions.h"
#include "lacuna/Runtime/Archive.h"
#include "lacuna/Support/Error.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace lacuna {

/// Asks the import for the initialisers among `options.gradients`.
void requestParameters(const CompileOptions &options, ImportOptions &import);

/// Marks the arguments of `entry` that `options` ask to differentiate by.
/// Fails when a name is of none, or of one that is not a float tensor.
Error requestGradients(mlir::func::FuncOp entry, const CompileOptions &options);

struct ModelSource;
/// The float initialisers of an ONNX model; none of other models.
Expected<std::vector<NamedTensor>> readParameters(const ModelSource &source);

} // namespace lacuna

#endif // LACUNA_LIB_JIT_GRADIENTS_H
