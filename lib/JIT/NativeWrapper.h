//===- NativeWrapper.h - The plain C interface of a program -----*- C++ -*-===//
#ifndef LACUNA_LIB_JIT_NATIVEWRAPPER_H
#define LACUNA_LIB_JIT_NATIVEWRAPPER_H

#include "Program.h"

namespace lacuna {

/// What a library says of itself to C.
struct NativeInterface {
  /// The function's name; a C identifier.
  std::string symbol;
  /// The model it comes from.
  std::string model;
  std::vector<Value> inputs, outputs;
};

/// Adds to a module at stage `llvm` the constants and the functions
/// `int32_t SYMBOL(inputs…, outputs…, int32_t threads)`, `SYMBOL_error` and
/// `SYMBOL_release`. Everything else becomes internal.
void wrapEntry(mlir::ModuleOp module, const NativeInterface &interface,
               const std::string &entry, const ProgramInfo &info,
               const Tensor &constants);

/// The C header of such a module.
std::string writeHeader(const NativeInterface &interface);

} // namespace lacuna

#endif // LACUNA_LIB_JIT_NATIVEWRAPPER_H
