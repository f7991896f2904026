//===- NativeLibrary.h - Code for use without Lacuna ------------*- C++ -*-===//
#ifndef LACUNA_JIT_NATIVELIBRARY_H
#define LACUNA_JIT_NATIVELIBRARY_H

#include "lacuna/Support/Error.h"

#include <string>

namespace lacuna {

/// Code as a file: optimised LLVM IR, assembly, or a relocatable object; or the
/// kernels for GPUs as PTX, which has no header.
enum class NativeFormat { LLVMIR, Assembly, Object, PTX };

/// Code for use without the compiler, and the C header that declares it.
struct NativeCode {
  std::string content;
  std::string header;
};

/// Links an object that `Model::generate` made for `symbol` into the shared
/// library `path`, which needs neither Lacuna nor LLVM. The C compiler found in
/// PATH serves as the linker.
Error linkLibrary(const std::string &object, const std::string &symbol,
                  const std::string &path);

/// `text` with everything C does not allow in a name replaced.
std::string toIdentifier(const std::string &text);

} // namespace lacuna

#endif // LACUNA_JIT_NATIVELIBRARY_H
