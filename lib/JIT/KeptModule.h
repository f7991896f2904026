//===- KeptModule.h - Modules for a GPU that were lowered before *- C++ -*-===//
#ifndef LACUNA_LIB_JIT_KEPTMODULE_H
#define LACUNA_LIB_JIT_KEPTMODULE_H

#include "LoadedModule.h"

#include "lacuna/Support/DiskCache.h"

namespace lacuna {

/// Generates the code of the modules `device` and `hopper` in `module`, at the
/// end of the stages: it becomes their attribute `lacuna.code`, of their
/// functions the declarations stay.
Error generateDeviceCode(mlir::ModuleOp module);

/// Where the module that `source` becomes under `options` is kept on disk, at
/// the end of the stages and with its device code. It depends on both and on
/// the compiler's own file.
class KeptModule {
public:
  /// `options`: all of them in words.
  KeptModule(const ModelSource &source, const std::string &options);

  /// Nothing where it is not kept, or not whole.
  std::optional<LoadedModule> read() const;
  void write(mlir::ModuleOp module) const;

private:
  std::optional<DiskCache> cache;
};

} // namespace lacuna

#endif // LACUNA_LIB_JIT_KEPTMODULE_H
