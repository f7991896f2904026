//===- Command.h - The subcommands of lacuna --------------------*- C++ -*-===//
// Each command lives in a file of its own, with its options.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_TOOLS_COMMAND_H
#define LACUNA_TOOLS_COMMAND_H

#include "lacuna/Support/Error.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/CommandLine.h"

namespace lacuna::tool {

struct Command {
  llvm::cl::SubCommand *subcommand;
  /// Runs it; the exit code.
  int (*run)();
  /// What stands between the command and its options: `MODEL`, `DIR...`.
  const char *operands;
  /// Lines of `lacuna COMMAND --help`, each an example.
  const char *examples;
};

Command benchCommand();
Command checkCommand();
Command compileCommand();
Command completionCommand();
Command conformanceCommand();
Command evaluateCommand();
Command explainCommand();
Command planCommand();
Command runCommand();
Command trainCommand();

/// All of them, in the order `lacuna --help` lists them.
llvm::ArrayRef<Command> commands();

/// Exit codes: a command that did not succeed, and one nobody can understand.
inline constexpr int failed = 1, misused = 2;

/// Prints `lacuna: error: …` and returns the exit code of a failure.
int fail(const Error &error);

} // namespace lacuna::tool

#endif // LACUNA_TOOLS_COMMAND_H
