//===- CudaState.h - what a program keeps on a GPU --------------*- C++ -*-===//
#ifndef LACUNA_LIB_RUNTIME_CUDASTATE_H
#define LACUNA_LIB_RUNTIME_CUDASTATE_H

#include "CudaMemory.h"
#include "lacuna/Runtime/Cuda.h"

#include <array>
#include <mutex>

namespace lacuna {

/// The word checks set, and the address of its message.
struct CudaFailure {
  int32_t code = LACUNA_OK;
  int32_t padding = 0;
  CudaPointer message = 0;
};

/// A tensor map as the driver encodes it.
struct alignas(64) EncodedTensorMap {
  unsigned char bytes[128];
};

/// What one launch starts.
struct CudaLaunch {
  CudaHandle function = nullptr;
  /// Threads that share a step; of a portable kernel.
  int64_t group = 1;
  /// Null: the portable kernel.
  const CudaTensorKernel *tensor = nullptr;
};

struct CudaProgram::State {
  ~State();
  Error open(const CudaImage &image);
  Error loadCode(CudaHandle &module, const std::string &code);
  Error assemble(const std::string &code, std::string &machineCode);
  using Addresses = std::vector<void *>;
  void run(Entry entry, const Addresses &inputs, const Addresses &outputs);
  void start(Entry entry, const Addresses &inputs, const Addresses &outputs);
  CudaHandle record(Entry entry, const Addresses &inputs,
                    const Addresses &outputs);
  void forget(CudaHandle &executable);
  void begin(CudaHandle stream);
  Error findKernels();
  Error checkWaits(const CudaTensorKernel &kernel) const;
  std::unique_lock<std::mutex> keepOthersOut() const;
  Error findKernel(CudaHandle module, const std::string &name,
                   CudaHandle &function);
  Error reserve(const CudaImage &image);
  Error reserve(std::vector<DeviceMemory> &memory,
                std::span<const Tensor> tensors,
                std::span<void *const> places, Addresses &pointers);
  Error upload(std::span<const Tensor> tensors, std::span<void *const> places,
               Addresses &pointers);
  Error finish(std::span<Tensor> outputs, std::span<void *const> places,
               std::span<LacunaKernelProfile> times);
  Error readFailure();
  void readTimes(std::span<LacunaKernelProfile> times);
  void launch(int64_t id, void *const *args, int64_t slots, int64_t count);
  void launchPortable(const CudaLaunch &kernel, void *const *args,
                      int64_t slots, int64_t count);
  void launchTensor(const CudaLaunch &kernel, void *const *args,
                    int64_t slots);
  bool encode(const CudaTensorMap &map, void *address,
              EncodedTensorMap &encoded);
  /// Keeps the first error of a call, for launches that can return none.
  void note(int code, const char *what);

  const CudaDriver *driver = nullptr;
  CudaHandle context = nullptr;
  /// What a call's work goes to, and the program's own stream.
  CudaHandle stream = nullptr, ownStream = nullptr;
  /// Before and behind the kernels of the latest call.
  CudaHandle began = nullptr, ended = nullptr;
  CudaHandle portable = nullptr, hopper = nullptr;
  int ordinal = 0;
  /// Whether the GPU runs code for Hopper alone.
  bool isHopper = false;
  int processors = 0;
  /// Whether blocks of some kernel wait for each other.
  bool waits = false;
  /// What machine code depends on beside its PTX.
  std::string target;
  std::vector<CudaKernel> kernels;
  std::vector<CudaLaunch> launches;
  DeviceMemory constants, arena, failure;
  std::vector<DeviceMemory> inputs, outputs;
  std::mutex mutex;
  Error first = Error::success();
  bool timing = false;
  /// All launches of a call as a graph, and the buffers they were recorded with:
  /// of the latest two lists of buffers, as states change places.
  struct Recording {
    CudaHandle executable = nullptr;
    Addresses buffers;
  };
  std::array<Recording, 2> recordings;
  int64_t calls = 0;
  /// One pair around each launch of a call that is timed.
  std::vector<std::array<CudaHandle, 2>> events;
  std::vector<int64_t> eventLaunches;
};

} // namespace lacuna

#endif // LACUNA_LIB_RUNTIME_CUDASTATE_H
