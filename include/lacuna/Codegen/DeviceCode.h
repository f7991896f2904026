//===- DeviceCode.h - Device modules to PTX ---------------------*- C++ -*-===//
#ifndef LACUNA_CODEGEN_DEVICECODE_H
#define LACUNA_CODEGEN_DEVICECODE_H

#include "mlir/IR/BuiltinOps.h"

#include <string>

namespace lacuna {

/// Compiles a device module (llvm dialect, entries of convention
/// `ptx_kernelcc`) to PTX for `architecture` (`sm_80`, `sm_90a`) and newer.
/// Fails with a diagnostic where a function is called that devices lack.
/// Without `optimize` the code stays in the order it was written in, which
/// kernels with products in flight rely on.
mlir::FailureOr<std::string> compileToPTX(mlir::ModuleOp device,
                                          llvm::StringRef architecture,
                                          bool optimize = true);

} // namespace lacuna

#endif // LACUNA_CODEGEN_DEVICECODE_H
