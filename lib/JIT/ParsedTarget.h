//===- ParsedTarget.h - What `target` of CompileOptions says ----*- C++ -*-===//
#ifndef LACUNA_LIB_JIT_PARSEDTARGET_H
#define LACUNA_LIB_JIT_PARSEDTARGET_H

#include "lacuna/Codegen/NativeCode.h"
#include "lacuna/Support/Error.h"

#include <optional>

namespace lacuna {

struct ParsedTarget {
  /// What entry functions run on, and kernels too unless there is a device.
  NativeTarget native;
  /// The GPU kernels run on.
  std::optional<int> ordinal;
  /// What device code is printed for, when it is not run.
  std::string architecture = "sm_80";

  /// Whether code is made for the GPU that is there.
  bool asksDevice() const { return ordinal && architecture == "sm_80"; }
  /// Width of a kernel's vectors: the widest access of a GPU's thread.
  int64_t vectorBits() const { return ordinal ? 128 : native.vectorBits; }
};

/// `cpu`, a processor's name, `cuda`, `cuda:ORDINAL`; for PTX `cuda:sm_90a`.
Expected<ParsedTarget> parseTarget(const std::string &name);

} // namespace lacuna

#endif // LACUNA_LIB_JIT_PARSEDTARGET_H
