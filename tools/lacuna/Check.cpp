//===- Check.cpp - lacuna check -------------------------------------------===//
// Runs test programs: all public functions without arguments.
//===----------------------------------------------------------------------===//
#include "Command.h"
#include "lacuna/JIT/Model.h"
#include "lacuna/Runtime/Compare.h"

#include <fmt/format.h>

using namespace lacuna;
namespace cl = llvm::cl;

static cl::SubCommand check("check",
                            "Run the expectations that a .mlir file states");
static cl::opt<std::string> modelPath(cl::Positional, cl::Required,
                                      cl::desc("FILE"), cl::sub(check));
static cl::opt<std::string> entryName("entry",
                                      cl::desc("Check this function only"),
                                      cl::value_desc("name"),
                                      cl::sub(check));
static cl::opt<std::string> target("target", cl::init("cpu"),
                                   cl::desc("cpu, a processor's name, or cuda"),
                                   cl::value_desc("processor"),
                                   cl::sub(check));

/// Reports one expectation; whether it holds.
static bool report(const std::string &entry, const Expectation &expectation,
                   const std::vector<Tensor> &outputs) {
  Expected<Comparison> comparison = compareTensors(
      outputs[expectation.actual], outputs[expectation.expected],
      {expectation.relative, expectation.absolute});
  if (!comparison) {
    fmt::print("{}: @{}: {}\n", expectation.location, entry,
               comparison.error().message());
    return false;
  }
  if (comparison->matches())
    return true;
  fmt::print("{}: @{}: {} of {} elements differ; worst at [{}]: got {:.9g}, "
             "expected {:.9g}\n",
             expectation.location, entry, comparison->mismatchCount,
             comparison->count, fmt::join(comparison->worstIndex, ", "),
             comparison->worstActual, comparison->worstExpected);
  return false;
}

/// Runs one function; adds to the numbers of expectations met and missed.
static Error checkEntry(const Model &model, const std::string &entry, int &met,
                        int &missed) {
  CompileOptions options;
  options.entry = entry;
  options.target = target;
  Expected<Program> program = model.compile(options);
  if (!program)
    return program.error();
  if (!program->inputs().empty() || program->expectations().empty())
    return Error(ErrorCode::InvalidArgument,
                 std::string(modelPath) + ": `" + entry +
                     "` must have no arguments and at least one `check` op");
  Expected<std::vector<Tensor>> outputs = program->call({});
  if (!outputs)
    return outputs.error();
  for (const Expectation &expectation : program->expectations())
    ++(report(entry, expectation, *outputs) ? met : missed);
  return Error::success();
}

static int runCheck() {
  Expected<Model> model = Model::load(modelPath);
  if (!model)
    return tool::fail(model.error());
  Expected<std::vector<std::string>> entries = model->entries();
  if (!entries)
    return tool::fail(entries.error());
  int met = 0, missed = 0;
  for (const std::string &entry : *entries) {
    if (!entryName.empty() && entry != entryName)
      continue;
    if (Error error = checkEntry(*model, entry, met, missed)) {
      fmt::print("@{}: {}\n", entry, error.message());
      ++missed;
    }
  }
  fmt::print("{} expectations met, {} missed\n", met, missed);
  return missed == 0 && met > 0 ? 0 : 1;
}

tool::Command tool::checkCommand() {
  return {&check, runCheck, "FILE",
          "  lacuna check test/Run/activation.mlir\n"};
}
