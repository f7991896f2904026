//===- TensorInputs.h - Where a model's inputs come from --------*- C++ -*-===//
#ifndef LACUNA_TOOLS_TENSORINPUTS_H
#define LACUNA_TOOLS_TENSORINPUTS_H

#include "ModelOptions.h"

#include "lacuna/JIT/Model.h"

#include "llvm/Support/CommandLine.h"

namespace lacuna::tool {

/// The options `--inputs`, `--input` and `--random` of a command. Files are
/// read before the model is compiled, as their shapes decide its shapes.
class TensorInputs {
public:
  explicit TensorInputs(llvm::cl::SubCommand &command);

  /// Reads the files, holds them against the model's inputs, and adds the
  /// shapes found to `options`.
  Error read(const Model &model, CompileOptions &options);

  /// One tensor for each input of the program; what no file gave is random
  /// from `--random`, or from `defaultSeed`, or else missing.
  Expected<std::vector<Tensor>>
  complete(const Program &program,
           std::optional<uint64_t> defaultSeed = std::nullopt) const;

private:
  Error addParameters(const Model &model, std::vector<Value> &known);
  Error readArchive(const std::vector<Value> &known);
  Error readSingles(const std::vector<Value> &known);
  Error fixConstants(const std::vector<Value> &known, CompileOptions &options);
  Error add(const Value &value, Expected<Tensor> tensor,
            const std::string &file);

  llvm::cl::opt<std::string> archive;
  llvm::cl::list<std::string> singles, constants;
  llvm::cl::opt<uint64_t> seed;
  std::map<std::string, Tensor> given;
};

/// Loads the model, reads the files given for it, and compiles it for their
/// shapes.
Expected<Program> compileModel(const ModelOptions &options,
                               TensorInputs &inputs);

} // namespace lacuna::tool

#endif // LACUNA_TOOLS_TENSORINPUTS_H
