//===- lacuna.cpp - The command line of Lacuna ----------------------------===//
#include "Command.h"

#include <fmt/format.h>

using namespace lacuna;

int tool::fail(const Error &error) {
  fmt::print(stderr, "lacuna: error: {}\n", error.message());
  return 1;
}

int main(int argc, char **argv) {
  const tool::Command commands[] = {tool::runCommand(), tool::checkCommand(),
                                    tool::compileCommand()};
  llvm::cl::ParseCommandLineOptions(
      argc, argv, "Lacuna compiles and runs networks of attention and "
                  "atrous convolution\n");
  for (const tool::Command &command : commands)
    if (*command.subcommand)
      return command.run();
  llvm::cl::PrintHelpMessage(false, true);
  return 2;
}
