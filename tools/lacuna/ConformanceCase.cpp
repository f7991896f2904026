//===- ConformanceCase.cpp - One test folder of ONNX ----------------------===//
#include "ConformanceCase.h"

#include "TensorText.h"
#include "lacuna/JIT/Model.h"
#include "lacuna/JIT/TensorFile.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

using namespace lacuna;
using namespace lacuna::tool;
namespace fs = std::filesystem;

const char *tool::verdictName(Verdict verdict) {
  static const char *const names[] = {"pass", "fail", "unsupported", "crash",
                                      "timeout"};
  return names[int(verdict)];
}

static ConformanceRow fail(std::string detail) {
  return {Verdict::Fail, std::move(detail)};
}

/// A fault of our own is a failure; anything else that was refused with a
/// message is not supported.
static ConformanceRow refuse(const ConformanceCase &test, const Error &error) {
  std::string text = error.message();
  for (const std::string &prefix : {test.folder + "/model.onnx: ", test.folder + "/"})
    if (text.starts_with(prefix))
      text.erase(0, prefix.size());
  bool ours = error.code() == ErrorCode::Internal ||
              error.code() == ErrorCode::RuntimeCheck;
  return {ours ? Verdict::Fail : Verdict::Unsupported, text};
}

std::vector<ConformanceCase> tool::findCases(const std::string &root) {
  std::vector<ConformanceCase> cases;
  auto add = [&](const fs::path &folder) {
    if (fs::exists(folder / "model.onnx"))
      cases.push_back({folder.string(), folder.filename().string(),
                       folder.parent_path().filename().string()});
  };
  std::error_code ignored;
  fs::path top = fs::weakly_canonical(root, ignored);
  add(top);
  for (fs::recursive_directory_iterator it(
           top, fs::directory_options::skip_permission_denied, ignored), end;
       it != end; it.increment(ignored))
    if (it->is_directory(ignored))
      add(it->path());
  std::sort(cases.begin(), cases.end(), [](const auto &a, const auto &b) {
    return std::tie(a.group, a.name) < std::tie(b.group, b.name);
  });
  return cases;
}

/// `prefix_0.pb`, `prefix_1.pb` … as far as they go.
static Expected<std::vector<Tensor>> readTensors(const fs::path &folder,
                                                 const char *prefix) {
  std::vector<Tensor> tensors;
  for (int i = 0;; ++i) {
    fs::path path = folder / fmt::format("{}_{}.pb", prefix, i);
    if (!fs::exists(path))
      return tensors;
    Expected<Tensor> tensor = readTensorFile(path.string());
    if (!tensor)
      return tensor.error();
    tensors.push_back(*tensor);
  }
}

static ConformanceRow compare(const Program &program,
                              const std::vector<Tensor> &actual,
                              const std::vector<Tensor> &expected,
                              const Tolerance &tolerance) {
  if (actual.size() != expected.size())
    return fail(fmt::format("{} outputs, expected {}", actual.size(),
                            expected.size()));
  for (size_t i = 0; i < actual.size(); ++i) {
    const std::string &name = program.outputs()[i].name;
    if (actual[i].dtype() != expected[i].dtype() ||
        actual[i].shape() != expected[i].shape())
      return fail(fmt::format("output `{}` is {}, expected {}", name,
                              formatType(actual[i]), formatType(expected[i])));
    Expected<Comparison> result =
        compareTensors(actual[i], expected[i], tolerance);
    if (!result)
      return fail(result.error().message());
    if (!result->matches())
      return fail(fmt::format("output `{}`{}", name, formatWorst(*result)));
  }
  return {};
}

/// Fixes the values of all inputs that may say how others are to be read:
/// axes, sizes, flags. Takes them out of `given`.
static void fixSmallInputs(const std::vector<Value> &inputs,
                           std::vector<Tensor> &given,
                           CompileOptions &options) {
  std::vector<Tensor> rest;
  for (size_t i = 0; i < given.size(); ++i)
    if (i < inputs.size() && given[i].rank() <= 1)
      options.constants[inputs[i].name] = given[i];
    else
      rest.push_back(given[i]);
  given = rest;
}

/// Compiles for the inputs' shapes and, where a shape or an attribute hangs on
/// an input's value, for that value.
static Expected<Program> compileFor(const Model &model,
                                    const std::vector<Value> &inputs,
                                    std::vector<Tensor> &given) {
  CompileOptions options;
  for (size_t i = 0; i < std::min(inputs.size(), given.size()); ++i)
    options.shapes[inputs[i].name] = given[i].shape();
  Expected<Program> program = model.compile(options);
  if (program || program.error().message().find(
                     "must be known when the model is loaded") ==
                     std::string::npos)
    return program;
  fixSmallInputs(inputs, given, options);
  return model.compile(options);
}

static ConformanceRow runDataSet(const ConformanceCase &test,
                                 const Model &model, const fs::path &folder,
                                 const Tolerance &tolerance, int threads) {
  Expected<std::vector<Value>> inputs = model.inputs();
  if (!inputs)
    return refuse(test, inputs.error());
  Expected<std::vector<Tensor>> given = readTensors(folder, "input");
  if (!given)
    return refuse(test, given.error());
  Expected<Program> program = compileFor(model, *inputs, *given);
  if (!program)
    return refuse(test, program.error());
  Expected<std::vector<Tensor>> expected = readTensors(folder, "output");
  if (!expected)
    return refuse(test, expected.error());
  Expected<std::vector<Tensor>> actual = program->call(*given, threads);
  if (!actual)
    return fail(actual.error().message());
  return compare(*program, *actual, *expected, tolerance);
}

ConformanceRow tool::runCase(const ConformanceCase &test,
                             const Tolerance &tolerance, int threads) {
  Expected<Model> model = Model::load(test.folder + "/model.onnx");
  if (!model)
    return refuse(test, model.error());
  for (int set = 0;; ++set) {
    fs::path folder =
        fs::path(test.folder) / fmt::format("test_data_set_{}", set);
    if (!fs::exists(folder))
      return set ? ConformanceRow{} : fail("no folder test_data_set_0");
    ConformanceRow row = runDataSet(test, *model, folder, tolerance, threads);
    if (row.verdict != Verdict::Pass)
      return row;
  }
}
