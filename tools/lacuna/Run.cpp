//===- Run.cpp - lacuna run -----------------------------------------------===//
#include "Command.h"
#include "lacuna/JIT/Model.h"
#include "lacuna/Runtime/Archive.h"
#include "lacuna/Runtime/Compare.h"

#include <fmt/format.h>

using namespace lacuna;
namespace cl = llvm::cl;

static cl::SubCommand run("run", "Run a model and show its outputs");
static cl::opt<std::string> modelPath(cl::Positional, cl::Required,
                                      cl::desc("MODEL"), cl::sub(run));
static cl::opt<std::string> inputsPath("inputs", cl::desc("Inputs, as .npz"),
                                       cl::sub(run));
static cl::opt<std::string> expectPath("expect",
                                       cl::desc("Expected outputs, as .npz"),
                                       cl::sub(run));
static cl::opt<uint64_t> randomSeed("random", cl::desc("Random inputs"),
                                    cl::init(0), cl::sub(run));
static cl::opt<double> relative("rtol", cl::init(1e-3), cl::sub(run));
static cl::opt<double> absolute("atol", cl::init(1e-5), cl::sub(run));
static cl::opt<int> threads("threads", cl::init(0), cl::sub(run));

static Expected<std::vector<Tensor>> readInputs(const Program &program) {
  std::vector<Tensor> tensors;
  std::vector<NamedTensor> archive;
  if (!inputsPath.empty()) {
    Expected<std::vector<NamedTensor>> read = readNpz(inputsPath);
    if (!read)
      return read.error();
    archive = *read;
  }
  uint64_t seed = randomSeed;
  for (const Value &input : program.inputs()) {
    const Tensor *found = nullptr;
    for (const NamedTensor &entry : archive)
      if (entry.name == input.name)
        found = &entry.value;
    if (found) {
      tensors.push_back(*found);
      continue;
    }
    if (!inputsPath.empty())
      return Error(ErrorCode::NotFound, std::string(inputsPath) +
                                            ": no array `" + input.name + "`");
    Expected<Tensor> random = Tensor::random(input.dtype, input.shape, seed++);
    if (!random)
      return random.error();
    tensors.push_back(*random);
  }
  return tensors;
}

static int runRun() {
  Expected<Model> model = Model::load(modelPath);
  if (!model)
    return tool::fail(model.error());
  Expected<Program> program = model->compile({});
  if (!program)
    return tool::fail(program.error());
  Expected<std::vector<Tensor>> inputs = readInputs(*program);
  if (!inputs)
    return tool::fail(inputs.error());
  Expected<std::vector<Tensor>> outputs = program->call(*inputs, threads);
  if (!outputs)
    return tool::fail(outputs.error());
  std::vector<NamedTensor> expected;
  if (!expectPath.empty()) {
    Expected<std::vector<NamedTensor>> read = readNpz(expectPath);
    if (!read)
      return tool::fail(read.error());
    expected = *read;
  }
  bool matches = true;
  for (size_t i = 0; i < outputs->size(); ++i) {
    const Tensor &tensor = (*outputs)[i];
    TensorStatistics s = computeStatistics(tensor);
    fmt::print("{:16} {:6} {:16} mean {:12.6g} std {:12.6g} min {:12.6g} max {:12.6g}\n",
               program->outputs()[i].name, dtypeName(tensor.dtype()),
               formatShape(tensor.shape()), s.mean, s.deviation, s.min, s.max);
    for (const NamedTensor &entry : expected) {
      if (entry.name != program->outputs()[i].name && expected.size() > 1)
        continue;
      Expected<Comparison> c = compareTensors(tensor, entry.value, {relative, absolute});
      if (!c)
        return tool::fail(c.error());
      matches &= c->matches();
      fmt::print("  max error {:.3g} absolute, {:.3g} relative, {} of {} mismatch\n",
                 c->maxAbsolute, c->maxRelative, c->mismatchCount, c->count);
    }
  }
  return matches ? 0 : 1;
}

tool::Command tool::runCommand() { return {&run, runRun}; }
