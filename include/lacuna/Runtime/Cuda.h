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
#include <optional>

namespace lacuna {

/// A tile of a buffer that the copy engine brings at a time. Dimensions start
/// with the innermost; strides are bytes, of all others.
struct CudaTensorMap {
  size_t buffer = 0;
  DType element = DType::BF16;
  std::vector<uint64_t> sizes, strides;
  std::vector<uint32_t> box;
  /// Of pixels, if given: the corners of the places a window stands at and the
  /// steps between them, innermost first; `box` is {channels, pixels}.
  std::vector<int32_t> lower, upper;
  std::vector<uint32_t> steps;
  /// Bytes: 0, 32, 64 or 128.
  int64_t swizzle = 0;
};

/// A kernel with a grid of its own, for one architecture. It takes a pointer
/// for each buffer, then its tensor maps; if it can fail, a pointer to the place
/// that is told in comes last.
struct CudaTensorKernel {
  std::string name;
  std::vector<int64_t> grid;
  int64_t block = 0, sharedBytes = 0;
  /// Its blocks wait for each other: all must be running.
  bool waits = false;
  std::vector<CudaTensorMap> maps;
};

/// What a launch starts: the entry `NAME_launch` of the portable code, or its
/// kernel for Hopper's tensor cores where there is one and the GPU is such.
struct CudaKernel {
  std::string name;
  /// Threads that share a step of the portable kernel.
  int64_t group = 1;
  std::optional<CudaTensorKernel> hopper;
};

/// Multiprocessors of the device; 0 where there is no driver or no such one.
int cudaProcessors(int ordinal);

/// What a program needs on the device.
struct CudaImage {
  /// PTX; the driver makes machine code of it. The second one, for Hopper
  /// (compute capability 9.0) alone, may be empty.
  std::string code, hopperCode;
  /// One a launch.
  std::vector<CudaKernel> kernels;
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
  /// no such device, too little memory, or fewer multiprocessors than blocks
  /// of a kernel that waits.
  static Expected<std::shared_ptr<CudaProgram>> load(const CudaImage &image);

  /// Runs `entry` on contiguous host tensors and waits. One call at a time:
  /// others wait, also those of other programs where kernels of both wait.
  /// `times` (one a launch) are added to when not empty. `places`, unless empty,
  /// has an address for each input, then each output: where one is not null, the
  /// tensor lies there in the device's memory and stays. Fails when a check of
  /// the program fails or the device reports an error.
  Error call(Entry entry, std::span<const Tensor> inputs,
             std::span<Tensor> outputs,
             std::span<LacunaKernelProfile> times = {},
             std::span<void *const> places = {});

  /// Memory of the device, freed with its last owner.
  Expected<std::shared_ptr<void>> allocate(int64_t bytes);
  /// Copies a contiguous host tensor to the device's memory, and back.
  Error write(void *to, const Tensor &from);
  Error read(Tensor &to, const void *from);

  /// The same on addresses in the device's memory, in place, behind what
  /// `stream` (a CUstream; null: the default one) has to do already. Returns
  /// when all is done.
  Error callInPlace(Entry entry, std::span<void *const> inputs,
                    std::span<void *const> outputs, void *stream);

  int ordinal() const;
  /// Seconds the kernels of the latest call took, one after the other.
  double seconds() const;
  /// Bytes of the device's memory that the program keeps.
  int64_t bytes() const;

  struct State;
  explicit CudaProgram(std::unique_ptr<State> state);
  ~CudaProgram();

private:
  std::unique_ptr<State> state;
};

} // namespace lacuna

#endif // LACUNA_RUNTIME_CUDA_H
