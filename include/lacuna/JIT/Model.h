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
#include "lacuna/JIT/Program.h"
#include "lacuna/Runtime/Archive.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace lacuna {

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
