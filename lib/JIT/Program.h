//===- Program.h - What a compiled program holds ----------------*- C++ -*-===//
#ifndef LACUNA_LIB_JIT_PROGRAM_H
#define LACUNA_LIB_JIT_PROGRAM_H

#include "lacuna/JIT/Model.h"
#include "lacuna/Runtime/Cuda.h"

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
  Error checkUpdates() const;
  /// Takes the constants out, generates code and links it into the process.
  Error build(mlir::ModuleOp module, const std::string &target);
  /// Loads the device's part, which it takes out of `module`.
  Error loadDevice(mlir::ModuleOp module, int ordinal);
  /// `places`: as those of CudaProgram::call.
  Error runOnDevice(std::span<const Tensor> inputs, std::span<Tensor> outputs,
                    std::span<LacunaKernelProfile> times,
                    std::span<void *const> places = {}) const;
  Expected<Frame> takeFrame(int threads);
  void returnFrame(Frame frame);
  Expected<std::vector<Tensor>> allocateOutputs() const;
  Error prepare(std::span<const Tensor> given, std::span<Tensor> results,
                std::vector<Tensor> &packed) const;
  Error profileOnHost(std::span<const Tensor> inputs,
                      std::span<Tensor> results, int threads,
                      std::span<LacunaKernelProfile> times);
  Error run(std::span<const Tensor> inputs, std::span<Tensor> outputs,
            Frame &frame) const;

  std::vector<Value> inputs, outputs;
  std::vector<Expectation> expectations;
  std::vector<std::string> kernelNames;
  /// Arithmetic operations of each launch; -1: not known.
  std::vector<int64_t> operations;
  /// Bytes that each launch reads and writes.
  std::vector<int64_t> bytes;
  ProgramInfo info;
  std::string entryName;
  Tensor constants;
  /// Null where kernels run on the host.
  std::shared_ptr<CudaProgram> device;
  std::unique_ptr<llvm::orc::LLJIT> jit;
  EntryFunction entry = nullptr;
  std::mutex mutex;
  std::vector<Frame> frames;
};

} // namespace lacuna

#endif // LACUNA_LIB_JIT_PROGRAM_H
