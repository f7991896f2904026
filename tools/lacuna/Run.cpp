//===- Run.cpp - lacuna run -----------------------------------------------===//
#include "Command.h"
#include "ModelOptions.h"
#include "Table.h"
#include "TensorInputs.h"
#include "TensorText.h"
#include "lacuna/Runtime/Archive.h"
#include "lacuna/Runtime/Compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

using namespace lacuna;
using namespace lacuna::tool;
namespace cl = llvm::cl;

static cl::SubCommand command("run", "Run a model and show its outputs");
static ModelOptions modelOptions(command);
static TensorInputs tensorInputs(command);
static cl::opt<std::string>
    expectPath("expect", cl::desc("Outputs to compare with, by name"),
               cl::value_desc("file.npz"), cl::sub(command));
static cl::opt<double> relative("rtol", cl::desc("Relative tolerance (1e-3)"),
                                cl::value_desc("x"), cl::init(1e-3),
                                cl::sub(command));
static cl::opt<double> absolute("atol", cl::desc("Absolute tolerance (1e-5)"),
                                cl::value_desc("x"), cl::init(1e-5),
                                cl::sub(command));
static cl::opt<std::string> outputPath("output",
                                       cl::desc("Write the outputs by name"),
                                       cl::value_desc("file.npz"),
                                       cl::sub(command));
static cl::opt<int> threads("threads", cl::init(0), cl::value_desc("n"),
                            cl::desc("Threads to run on (0: all)"),
                            cl::sub(command));

using Expectations = std::vector<std::optional<Tensor>>;

/// The array of `reader` that is `output`; gradients need not be there.
static Expected<std::optional<Tensor>> findExpected(const NpzReader &reader,
                                                    const Program &program,
                                                    size_t index) {
  const Value &output = program.outputs()[index];
  std::string name = output.name;
  // What numpy.savez calls arrays nobody has named.
  if (!reader.contains(name))
    name = fmt::format("arr_{}", index);
  if (reader.contains(name)) {
    Expected<Tensor> tensor = reader.read(name, output.dtype);
    if (!tensor)
      return tensor.error();
    return std::optional(*tensor);
  }
  if (modelOptions.wantsGradients())
    return std::optional<Tensor>();
  return Error(ErrorCode::NotFound,
               fmt::format("{}: no array `{}`; the outputs are {}",
                           std::string(expectPath), output.name,
                           listNames(program.outputs())));
}

/// Says which arrays of a file of gradients are of no output.
static void warnOfUnread(const NpzReader &reader, const Program &program) {
  std::string names;
  for (const std::string &name : reader.names())
    if (std::ranges::none_of(program.outputs(), [&](const Value &output) {
          return output.name == name;
        }))
      names += fmt::format("{}`{}`", names.empty() ? "" : ", ", name);
  if (!names.empty())
    fmt::print(stderr, "{}: not compared, as the program has no such output "
                       "(--wrt asks for one by name): {}\n",
               std::string(expectPath), names);
}

/// One expectation for each output, or none at all without `--expect`.
static Expected<Expectations> readExpected(const Program &program) {
  Expectations expected;
  if (expectPath.empty())
    return expected;
  Expected<NpzReader> reader = NpzReader::open(expectPath);
  if (!reader)
    return reader.error();
  bool any = false;
  for (size_t i = 0; i < program.outputs().size(); ++i) {
    Expected<std::optional<Tensor>> tensor = findExpected(*reader, program, i);
    if (!tensor)
      return tensor.error();
    any |= tensor->has_value();
    expected.push_back(*tensor);
  }
  if (!any && !expected.empty())
    return Error(ErrorCode::NotFound,
                 fmt::format("{}: no array is called as an output",
                             std::string(expectPath)));
  if (modelOptions.wantsGradients())
    warnOfUnread(*reader, program);
  return expected;
}

static Table::Row describe(const Value &output, const Tensor &tensor) {
  TensorStatistics s = computeStatistics(tensor);
  auto number = [](double value) { return fmt::format("{:.6g}", value); };
  return {output.name,    formatShape(tensor.shape()),
          std::string(dtypeName(tensor.dtype())),
          number(s.mean), number(s.deviation),
          number(s.min),  number(s.max)};
}

/// Prints all outputs; the mismatches, one line each, come back.
static Expected<std::string> show(const Program &program,
                                  const std::vector<Tensor> &outputs,
                                  const Expectations &expected) {
  Table::Row heading = {"output", "shape", "type", "mean",
                        "std",    "min",   "max"};
  if (!expected.empty())
    heading.insert(heading.end(), {"abs error", "rel error"});
  Table table(heading);
  std::string mismatches;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Value &output = program.outputs()[i];
    Table::Row row = describe(output, outputs[i]);
    if (!expected.empty() && expected[i]) {
      Expected<Comparison> result =
          compareTensors(outputs[i], *expected[i], {relative, absolute});
      if (!result)
        return Error(result.error().code(), "output `" + output.name + "`: " +
                                                result.error().message());
      row.push_back(fmt::format("{:.3g}", result->maxAbsolute));
      row.push_back(fmt::format("{:.3g}", result->maxRelative));
      if (!result->matches())
        mismatches += fmt::format("output `{}`{}\n", output.name,
                                  formatWorst(*result));
    } else if (!expected.empty()) {
      row.insert(row.end(), {"-", "-"});
    }
    table.add(row);
  }
  fmt::print("{}", table.text());
  return mismatches;
}

static Error writeOutputs(const Program &program,
                          const std::vector<Tensor> &outputs) {
  if (outputPath.empty())
    return Error::success();
  std::vector<NamedTensor> named;
  for (size_t i = 0; i < outputs.size(); ++i)
    named.push_back({program.outputs()[i].name, outputs[i]});
  return writeNpz(outputPath, named);
}

static int runRun() {
  Expected<Program> program = compileModel(modelOptions, tensorInputs);
  if (!program)
    return fail(program.error());
  Expected<std::vector<Tensor>> inputs = tensorInputs.complete(*program);
  if (!inputs)
    return fail(inputs.error());
  Expected<Expectations> expected = readExpected(*program);
  if (!expected)
    return fail(expected.error());
  Expected<std::vector<Tensor>> outputs = program->call(*inputs, threads);
  if (!outputs)
    return fail(outputs.error());
  Expected<std::string> mismatches = show(*program, *outputs, *expected);
  if (!mismatches)
    return fail(mismatches.error());
  if (Error error = writeOutputs(*program, *outputs))
    return fail(error);
  if (mismatches->empty())
    return 0;
  fflush(stdout);
  fmt::print(stderr, "{}", *mismatches);
  return failed;
}

Command tool::runCommand() {
  return {&command, runRun, "MODEL",
          "  lacuna run net.onnx --random 1 --shape image=1x3x513x513\n"
          "  lacuna run net.onnx --inputs in.npz --output out.npz\n"
          "  lacuna run net.onnx --input image=cat.npy --expect out.npz\n"
          "  lacuna run net.onnx --inputs in.npz --gradient-of mean-square "
          "--wrt all\n"};
}
