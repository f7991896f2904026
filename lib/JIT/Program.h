//===- Program.h - What a compiled program holds ----------------*- C++ -*-===//
#ifndef LACUNA_LIB_JIT_PROGRAM_H
#define LACUNA_LIB_JIT_PROGRAM_H

#include "lacuna/JIT/Model.h"
#include "lacuna/Runtime/ABI.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"

#include <mutex>

namespace lacuna {

/// Compiled entry: (context, inputs, outputs, arena, constants).
using EntryFunction = void (*)(LacunaContext *, void *const *, void *const *,
                               void *, void *);

struct Program::State {
  /// What one call needs of its own.
  struct Frame {
    LacunaContext *context = nullptr;
    int threads = 0;
    Tensor arena;
  };

  ~State();
  /// Reads names, types and sizes off the entry function.
  Error describe(mlir::ModuleOp module);
  /// Takes the constants out, generates code and links it into the process.
  Error build(mlir::ModuleOp module, const std::string &target);
  Expected<Frame> takeFrame(int threads);
  void returnFrame(Frame frame);
  Error run(std::span<const Tensor> inputs, std::span<Tensor> outputs,
            Frame &frame) const;

  std::vector<Value> inputs, outputs;
  std::vector<Expectation> expectations;
  std::vector<std::string> kernelNames;
  /// Arithmetic operations of each launch; -1: not known.
  std::vector<int64_t> operations;
  ProgramInfo info;
  std::string entryName;
  Tensor constants;
  std::unique_ptr<llvm::orc::LLJIT> jit;
  EntryFunction entry = nullptr;
  std::mutex mutex;
  std::vector<Frame> frames;
};

} // namespace lacuna

#endif // LACUNA_LIB_JIT_PROGRAM_H
