//===- Completion.cpp - lacuna completion ---------------------------------===//
// Scripts for shells, made from the tables the parser itself uses.
//===----------------------------------------------------------------------===//
#include "Command.h"
#include "Help.h"

#include <fmt/format.h>

using namespace lacuna;
using namespace lacuna::tool;
namespace cl = llvm::cl;

static cl::SubCommand completion("completion",
                                 "Print a shell's completion script");
static cl::opt<std::string> shell(cl::Positional, cl::desc("bash|zsh|fish"),
                                  cl::sub(completion));

static std::string names(const char *separator) {
  std::string list;
  for (const Command &command : commands())
    list += (list.empty() ? "" : separator) +
            command.subcommand->getName().str();
  return list;
}

static std::string flags(const Command &command) {
  std::string list;
  for (const cl::Option *option : ownOptions(*command.subcommand))
    list += " --" + option->ArgStr.str();
  return list;
}

static void printBash() {
  fmt::print(R"(_lacuna() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} options=
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "{} --help --version" -- "$word"))
    return
  fi
  case ${{COMP_WORDS[1]}} in
)",
             names(" "));
  for (const Command &command : commands())
    fmt::print("    {}) options=\"{} --help\" ;;\n",
               command.subcommand->getName().str(), flags(command));
  fmt::print(R"(  esac
  case $word in
    -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
    *) COMPREPLY=($(compgen -f -- "$word")) ;;
  esac
}}
complete -o filenames -F _lacuna lacuna
)");
}

/// A description in zsh's single quotes, where `:` and brackets have a meaning.
static std::string quoteZsh(llvm::StringRef text) {
  std::string result;
  for (char c : text) {
    if (c == '[' || c == ']' || c == ':')
      result += '\\';
    result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return result;
}

static void printZsh() {
  fmt::print("#compdef lacuna\n_lacuna() {{\n  if (( CURRENT == 2 )); then\n"
             "    local -a commands=(\n");
  for (const Command &command : commands())
    fmt::print("      '{}:{}'\n", command.subcommand->getName().str(),
               quoteZsh(command.subcommand->getDescription()));
  fmt::print("    )\n    _describe command commands\n    return\n  fi\n"
             "  case $words[2] in\n");
  for (const Command &command : commands()) {
    fmt::print("    {}) _arguments", command.subcommand->getName().str());
    for (const cl::Option *option : ownOptions(*command.subcommand))
      fmt::print(" \\\n      '--{}{}[{}]'", option->ArgStr.str(),
                 option->ValueStr.empty() ? "" : "=",
                 quoteZsh(option->HelpStr));
    fmt::print(" \\\n      '*:file:_files' ;;\n");
  }
  fmt::print("  esac\n}}\ncompdef _lacuna lacuna\n");
}

static void printFish() {
  for (const Command &command : commands()) {
    std::string name = command.subcommand->getName().str();
    fmt::print("complete -c lacuna -n __fish_use_subcommand -a {} -d \"{}\"\n",
               name, command.subcommand->getDescription().str());
    for (const cl::Option *option : ownOptions(*command.subcommand))
      fmt::print("complete -c lacuna -n \"__fish_seen_subcommand_from {}\" "
                 "-l {}{} -d \"{}\"\n",
                 name, option->ArgStr.str(),
                 option->ValueStr.empty() ? "" : " -r", option->HelpStr.str());
  }
}

static int runCompletion() {
  if (shell == "bash")
    printBash();
  else if (shell == "zsh")
    printZsh();
  else if (shell == "fish")
    printFish();
  else
    return fail(Error(ErrorCode::InvalidArgument,
                      "the shell must be `bash`, `zsh` or `fish`, got `" +
                          shell + "`"));
  return 0;
}

Command tool::completionCommand() {
  return {&completion, runCompletion, "bash|zsh|fish",
          "  source <(lacuna completion bash)\n"
          "  lacuna completion fish > ~/.config/fish/completions/lacuna.fish\n"};
}
