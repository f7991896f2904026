//===- Diagnostics.h - MLIR's diagnostics as errors -------------*- C++ -*-===//
#ifndef LACUNA_LIB_JIT_DIAGNOSTICS_H
#define LACUNA_LIB_JIT_DIAGNOSTICS_H

#include "lacuna/Support/Error.h"

#include "mlir/IR/Diagnostics.h"

namespace lacuna {

/// `name` in quotes, and the place `location` if it says one.
std::string describeOp(llvm::StringRef name, mlir::Location location);

/// Collects what is diagnosed in a context while it lives.
class CollectDiagnostics {
public:
  explicit CollectDiagnostics(mlir::MLIRContext *context);

  /// All that was said, as one error; `fallback` when nothing was.
  Error error(ErrorCode code, std::string fallback) const;

private:
  std::string text;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace lacuna

#endif // LACUNA_LIB_JIT_DIAGNOSTICS_H
