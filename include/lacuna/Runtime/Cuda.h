//===- Cuda.h - programs on a GPU -------------------------------*- C++ -*-===//
//
// Loads device code, keeps a program's memory on the device, runs its entry
// function's launches in order on a stream of its own.
//
//===----------------------------------------------------------------------===//

#ifndef LACUNA_RUNTIME_CUDA_H
#define LACUNA_RUNTIME_CUDA_H

#include "lacuna/Runtime/ABI.h"
#include "lacuna/Runtime/Tensor.h"

#include <memory>

namespace lacuna {

/// What a program needs on the device.
struct CudaImage {
  /// PTX; the driver makes machine code of it.
  std::string code;
  /// Kernels by launch; the code has the entry `KERNEL_launch` for each.
  std::vector<std::string> kernels;
  Tensor constants;
  int64_t arenaBytes = 0;
  /// Which of the machine's devices.
  int ordinal = 0;
};

class CudaProgram {
public:
  /// Compiled entry: (context, inputs, outputs, arena, constants).
  using Entry = void (*)(LacunaContext *, void *const *, void *const *, void *,
                         void *);

  /// Loads the code and uploads the constants. Fails when there is no driver,
  /// no such device or too little memory.
  static Expected<std::shared_ptr<CudaProgram>> load(const CudaImage &image);

  /// Runs `entry` on contiguous host tensors and waits. One call at a time:
  /// others wait. `times` (one a launch) are added to when not empty. Fails
  /// when a check of the program fails or the device reports an error.
  Error call(Entry entry, std::span<const Tensor> inputs,
             std::span<Tensor> outputs,
             std::span<LacunaKernelProfile> times = {});

  struct State;
  explicit CudaProgram(std::unique_ptr<State> state);
  ~CudaProgram();

private:
  std::unique_ptr<State> state;
};

} // namespace lacuna

#endif // LACUNA_RUNTIME_CUDA_H
