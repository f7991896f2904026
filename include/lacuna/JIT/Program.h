//===- Program.h - Compiled programs and their calls ------------*- C++ -*-===//
#ifndef LACUNA_JIT_PROGRAM_H
#define LACUNA_JIT_PROGRAM_H

#include "lacuna/Runtime/Tensor.h"
#include "lacuna/Support/Error.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lacuna {

/// An input or output; an open dimension is -1 (of models only).
struct Value {
  std::string name;
  DType dtype = DType::F32;
  Shape shape;
  /// False where a model does not even say how many dimensions there are.
  bool isRanked = true;
  /// Of an output: the input whose next value it is; empty: of none.
  std::string updates = {};
  /// Of an input: what all its elements begin with, if something updates it.
  std::optional<double> initial = {};
  /// Of an input: a parameter that `CompileOptions::frozen` names.
  bool isFrozen = false;
  /// Of an output that watches an op: the op and where it stands.
  std::string watched = {};
};

/// Time one kernel has used.
struct KernelTime {
  std::string name;
  int64_t calls = 0, nanoseconds = 0;
  int64_t operations = -1; ///< Of one call; -1: not known.
  int64_t bytes = 0;       ///< Of its inputs and results together.
};

/// Facts about a compiled program.
struct ProgramInfo {
  int64_t arenaBytes = 0;
  int64_t liveBytes = 0; ///< The most of the arena in use at one time.
  int64_t constantBytes = 0, kernels = 0;
  double compileSeconds = 0;
  std::string note = {}; ///< What was wished for and is not met.
};

/// What a program uses of a GPU.
struct DeviceUse {
  int ordinal = 0;
  double seconds = 0; ///< From the first kernel of a call to its last.
  int64_t bytes = 0;  ///< Memory: arena, constants, inputs and outputs.
};

/// Two outputs that the program says must agree:
/// |actual - expected| <= absolute + relative |expected|.
struct Expectation {
  size_t actual = 0, expected = 0;
  double relative = 0, absolute = 0;
  /// Where it stands: `file:line:column`.
  std::string location;
};

/// A compiled function. Copies share the code. Any number of threads may call
/// one program at once; each call has its own arena.
class Program {
public:
  const std::vector<Value> &inputs() const;
  const std::vector<Value> &outputs() const;
  const ProgramInfo &info() const;
  /// What the `check` ops of the program compare.
  const std::vector<Expectation> &expectations() const;
  /// Runs the program on contiguous or strided inputs, in order. `threads` 0:
  /// all the process may use. Fails when count, types or shapes differ from
  /// `inputs()` or a check at run time fails.
  Expected<std::vector<Tensor>> call(std::span<const Tensor> inputs,
                                     int threads = 0) const;

  /// The same into contiguous tensors of the caller, which share no memory with
  /// each other or with inputs: they hold other values until they are written,
  /// and anything after an error.
  Error callInto(std::span<const Tensor> inputs, std::span<Tensor> outputs,
                 int threads = 0) const;

  /// Runs once with time taken for each kernel, in order of launch.
  Expected<std::vector<KernelTime>> profile(std::span<const Tensor> inputs,
                                            int threads = 0) const;

  /// Of programs on a GPU: what the latest call was, without transfers of
  /// inputs and outputs. Nothing for those on the host.
  std::optional<DeviceUse> deviceUse() const;

  /// Runs the program on row-major tensors in the memory of its GPU, in place,
  /// behind what `stream` (a CUstream of it; null: the default one) has to do
  /// already; returns when all is done. Fails for programs on the host, and for
  /// tensors that do not begin at a multiple of 16 bytes.
  Error callOnDevice(std::span<const Tensor> inputs, std::span<Tensor> outputs,
                     void *stream) const;

private:
  friend class Model;
  friend class States;
  struct State;
  explicit Program(std::shared_ptr<State> state);
  std::shared_ptr<State> state;
};

} // namespace lacuna

#endif // LACUNA_JIT_PROGRAM_H
