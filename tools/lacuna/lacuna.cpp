//===- lacuna.cpp - The command line of Lacuna ----------------------------===//
#include "Command.h"
#include "Help.h"

#include "llvm/Support/raw_ostream.h"
#include <fmt/format.h>

using namespace lacuna;

int tool::fail(const Error &error) {
  fflush(stdout);
  fmt::print(stderr, "lacuna: error: {}\n", error.message());
  return failed;
}

llvm::ArrayRef<tool::Command> tool::commands() {
  static const Command table[] = {
      runCommand(),      benchCommand(),       compileCommand(),
      trainCommand(),    evaluateCommand(),    explainCommand(),
      planCommand(),     checkCommand(),       conformanceCommand(),
      completionCommand()};
  return table;
}

int main(int argc, char **argv) {
  if (std::optional<int> code = tool::answerWithoutParsing(argc, argv))
    return *code;
  std::string mistakes;
  llvm::raw_string_ostream stream(mistakes);
  if (!llvm::cl::ParseCommandLineOptions(argc, argv, "", &stream)) {
    fmt::print(stderr, "{}", mistakes);
    return tool::misused;
  }
  for (const tool::Command &command : tool::commands())
    if (*command.subcommand)
      return command.run();
  return tool::misused;
}
