//===- Command.h - The subcommands of lacuna --------------------*- C++ -*-===//
#ifndef LACUNA_TOOLS_COMMAND_H
#define LACUNA_TOOLS_COMMAND_H

#include "lacuna/Support/Error.h"

#include "llvm/Support/CommandLine.h"

namespace lacuna::tool {

/// A subcommand: its options live in its own file.
struct Command {
  llvm::cl::SubCommand *subcommand;
  /// Runs it; the exit code.
  int (*run)();
};

Command checkCommand();
Command compileCommand();
Command runCommand();

/// Prints `lacuna: error: …` and returns the exit code of a failure.
int fail(const Error &error);

} // namespace lacuna::tool

#endif // LACUNA_TOOLS_COMMAND_H
