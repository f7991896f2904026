//===- Help.h - What lacuna says of itself ----------------------*- C++ -*-===//
#ifndef LACUNA_TOOLS_HELP_H
#define LACUNA_TOOLS_HELP_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/CommandLine.h"

#include <optional>

namespace lacuna::tool {

/// Deals with `--help`, `COMMAND --help`, `--version`, no command at all and a
/// command there is not; the exit code when one of these was it.
std::optional<int> answerWithoutParsing(int argc, char **argv);

/// The options of a command that are its own, by name.
llvm::SmallVector<const llvm::cl::Option *>
ownOptions(const llvm::cl::SubCommand &command);

} // namespace lacuna::tool

#endif // LACUNA_TOOLS_HELP_H
