//===- Help.cpp - What lacuna says of itself ------------------------------===//
// LLVM's own help lists every option linked in; this one teaches ours.
//===----------------------------------------------------------------------===//
#include "Help.h"

#include "Command.h"
#include "Version.h"

#include "llvm/ADT/STLExtras.h"
#include <fmt/format.h>

#include <string_view>

using namespace lacuna;
using namespace lacuna::tool;
namespace cl = llvm::cl;

static constexpr const char *overview =
    R"(Lacuna compiles networks of attention and atrous convolution, and runs them.

usage: lacuna COMMAND [options]

commands:
{}
a model is an .onnx file, or .mlir text in the lacuna dialect. To begin:
  lacuna run net.onnx --random 1                   does it run, what comes out
  lacuna run net.onnx --inputs in.npz --expect out.npz    is that right
  lacuna bench net.onnx                            how fast, and where time goes
  lacuna compile net.onnx -o libnet.so             code that needs no Lacuna

`lacuna COMMAND --help` explains a command's options, `lacuna --version` tells
what this program was built with.
)";

llvm::SmallVector<const cl::Option *>
tool::ownOptions(const cl::SubCommand &command) {
  llvm::SmallVector<const cl::Option *> options;
  // What belongs to all commands (--help, --version) is LLVM's.
  for (const auto &entry : command.OptionsMap)
    if (!entry.second->Subs.contains(&cl::SubCommand::getAll()) &&
        entry.second->getOptionHiddenFlag() == cl::NotHidden)
      options.push_back(entry.second);
  llvm::sort(options, [](auto *a, auto *b) { return a->ArgStr < b->ArgStr; });
  return options;
}

static std::string commandList() {
  std::string list;
  for (const Command &command : commands())
    list += fmt::format("  {:12} {}\n",
                        std::string_view(command.subcommand->getName()),
                        std::string_view(command.subcommand->getDescription()));
  return list;
}

static void printOption(const cl::Option &option) {
  std::string flag = "--" + option.ArgStr.str();
  if (!option.ValueStr.empty())
    flag += "=<" + option.ValueStr.str() + ">";
  fmt::print("  {:24} {}\n", flag, std::string_view(option.HelpStr));
}

static int explain(const Command &command) {
  fmt::print("usage: lacuna {} {} [options]\n\n{}\n\noptions:\n",
             std::string_view(command.subcommand->getName()), command.operands,
             std::string_view(command.subcommand->getDescription()));
  for (const cl::Option *option : ownOptions(*command.subcommand))
    printOption(*option);
  fmt::print("\nexamples:\n{}", command.examples);
  return 0;
}

/// The command whose name is nearest to `word`, when it is near at all.
static std::string suggestion(llvm::StringRef word) {
  std::string best;
  unsigned least = 3;
  for (const Command &command : commands()) {
    llvm::StringRef name = command.subcommand->getName();
    unsigned distance = word.edit_distance(name, true, least);
    if (distance >= least)
      continue;
    least = distance;
    best = "; did you mean `" + name.str() + "`?";
  }
  return best;
}

static int refuseCommand(llvm::StringRef word) {
  fmt::print(stderr,
             "lacuna: error: there is no command `{}`{}\n"
             "`lacuna --help` lists the commands\n",
             std::string_view(word), suggestion(word));
  return misused;
}

static bool asksForHelp(llvm::StringRef word) {
  return word == "--help" || word == "-help" || word == "-h";
}

std::optional<int> tool::answerWithoutParsing(int argc, char **argv) {
  llvm::StringRef word = argc > 1 ? argv[1] : "";
  if (word.empty() || asksForHelp(word) || word == "help") {
    fmt::print(word.empty() ? stderr : stdout, overview, commandList());
    return word.empty() ? misused : 0;
  }
  if (word == "--version" || word == "-version") {
    fmt::print("{}", versionText());
    return 0;
  }
  if (word.starts_with("-"))
    return std::nullopt;
  for (const Command &command : commands()) {
    if (command.subcommand->getName() != word)
      continue;
    for (int i = 2; i < argc; ++i)
      if (asksForHelp(argv[i]))
        return explain(command);
    return std::nullopt;
  }
  return refuseCommand(word);
}
