//===- Model.h - Load, compile and call models ------------------*- C++ -*-===//
// The C++ API. No LLVM header is needed to use it; errors are values.
//
//   auto model = lacuna::Model::load("net.onnx");
//   auto program = model->compile({});
//   auto outputs = program->call({input});
//===----------------------------------------------------------------------===//
#ifndef LACUNA_JIT_MODEL_H
#define LACUNA_JIT_MODEL_H

#include "lacuna/JIT/CompileOptions.h"
#include "lacuna/JIT/NativeLibrary.h"
#include "lacuna/Runtime/Archive.h"
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

  /// The same into contiguous tensors of the caller.
  Error callInto(std::span<const Tensor> inputs, std::span<Tensor> outputs,
                 int threads = 0) const;

  /// Runs once with time taken for each kernel, in order of launch.
  Expected<std::vector<KernelTime>> profile(std::span<const Tensor> inputs,
                                            int threads = 0) const;

private:
  friend class Model;
  struct State;
  explicit Program(std::shared_ptr<State> state);
  std::shared_ptr<State> state;
};

/// A model as its file says, before shapes are fixed. Copies share it.
class Model {
public:
  /// Reads `.onnx` or `.mlir` (by content where the ending is another).
  static Expected<Model> load(const std::string &path);
  /// Takes MLIR text; `name` stands in diagnostics.
  static Expected<Model> parse(const std::string &text,
                               const std::string &name = "<text>");
  /// Takes a serialised ModelProto.
  static Expected<Model> fromOnnx(const std::string &bytes,
                                  const std::string &name = "<model>");

  /// Compiles for one set of shapes.
  Expected<Program> compile(const CompileOptions &options = {}) const;

  /// Compiles for the shapes of `inputs`, or takes the program compiled
  /// earlier for equal shapes and options, and calls it.
  Expected<std::vector<Tensor>> call(std::span<const Tensor> inputs,
                                     const CompileOptions &options = {},
                                     int threads = 0) const;

  /// The text of the module at `stage` (see `lacuna compile --help`).
  Expected<std::string> emit(const std::string &stage,
                             const CompileOptions &options = {}) const;

  /// Code with the C function `int32_t symbol(inputs…, outputs…, threads)`; an
  /// object needs `liblacuna_runtime.a` (or `linkLibrary`).
  Expected<NativeCode> generate(NativeFormat format, const std::string &symbol,
                                const CompileOptions &options = {}) const;

  /// Names of the functions that can be compiled.
  Expected<std::vector<std::string>> entries() const;

  /// Names, types and shapes of the entry's inputs; -1 for open dimensions.
  /// With `options.gradients`, parameters are not among them.
  Expected<std::vector<Value>> inputs(const CompileOptions &options = {}) const;

  /// The float initialisers of an ONNX model, called `param:` and their name;
  /// none of other models.
  Expected<std::vector<NamedTensor>> parameters() const;

  /// The model's bytes or text with these values built in: of initialisers by
  /// `param:` and their name, or of an MLIR entry's arguments, which go.
  Expected<std::string>
  withParameters(std::span<const NamedTensor> values,
                 const CompileOptions &options = {}) const;
  bool isOnnx() const;

private:
  friend class MemoryExplainer;
  struct State;
  explicit Model(std::shared_ptr<State> state);
  std::shared_ptr<State> state;
};

} // namespace lacuna

#endif // LACUNA_JIT_MODEL_H
