//===- NativeCode.h - The llvm dialect to native objects --------*- C++ -*-===//
#ifndef LACUNA_CODEGEN_NATIVECODE_H
#define LACUNA_CODEGEN_NATIVECODE_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <string>

namespace lacuna {

/// A processor to generate code for, in LLVM's words.
struct NativeTarget {
  std::string triple;
  std::string cpu;
  std::string features;
  /// Width of the widest vector registers worth using.
  int64_t vectorBits = 128;
};

/// The processor this program runs on.
NativeTarget hostTarget();

/// `name` as a target: "host", or a CPU name LLVM knows ("haswell",
/// "x86-64-v4"). Fails with a message that lists close names.
mlir::FailureOr<NativeTarget> parseNativeTarget(llvm::StringRef name,
                                                std::string &error);

using NativeObject = std::unique_ptr<llvm::MemoryBuffer>;

/// Compiles a module in the llvm dialect into `parts` relocatable objects,
/// one thread each. Kernels are dealt out evenly by size.
mlir::FailureOr<llvm::SmallVector<NativeObject>>
compileToObjects(mlir::ModuleOp module, const NativeTarget &target,
                 unsigned parts);

/// The optimised LLVM IR of the module as text.
mlir::FailureOr<std::string> compileToAssembly(mlir::ModuleOp module,
                                               const NativeTarget &target,
                                               bool llvmIR);

} // namespace lacuna

#endif // LACUNA_CODEGEN_NATIVECODE_H
