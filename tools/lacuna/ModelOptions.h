//===- ModelOptions.h - Which model, compiled how ---------------*- C++ -*-===//
#ifndef LACUNA_TOOLS_MODELOPTIONS_H
#define LACUNA_TOOLS_MODELOPTIONS_H

#include "lacuna/JIT/Model.h"

#include "llvm/Support/CommandLine.h"

namespace lacuna::tool {

/// Options of every command that takes one model.
struct ModelOptions {
  explicit ModelOptions(llvm::cl::SubCommand &command);

  /// Opens the model that was named.
  Expected<Model> load() const;
  /// What the options say on their own, without the shapes of given tensors.
  Expected<CompileOptions> compileOptions() const;
  bool wantsGradients() const {
    return !gradientOf.empty() || !gradients.empty();
  }

  llvm::cl::opt<std::string> path;
  llvm::cl::opt<std::string> entry, target, dtype;
  llvm::cl::list<std::string> shapes;
  llvm::cl::opt<std::string> gradientOf;
  llvm::cl::list<std::string> gradients;
  llvm::cl::opt<std::string> memoryBudget;
  llvm::cl::opt<bool> mixBeforeResize;
};

/// `2x3x4`, or `scalar`; nothing for any other text.
std::optional<Shape> parseShape(llvm::StringRef text);

/// "`a`, `b` and `c`", or "none".
std::string listNames(const std::vector<Value> &values);

/// The value called `name`, or an error that lists the names there are.
Expected<const Value *> findValue(const std::vector<Value> &values,
                                  const std::string &name,
                                  const std::string &option);

} // namespace lacuna::tool

#endif // LACUNA_TOOLS_MODELOPTIONS_H
