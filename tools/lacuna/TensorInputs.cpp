//===- TensorInputs.cpp - Where a model's inputs come from ----------------===//
#include "TensorInputs.h"

#include "TensorText.h"
#include "lacuna/JIT/TensorFile.h"
#include "lacuna/Runtime/Archive.h"

#include <fmt/format.h>

using namespace lacuna;
using namespace lacuna::tool;
namespace cl = llvm::cl;

TensorInputs::TensorInputs(cl::SubCommand &command)
    : archive("inputs", cl::desc("Inputs by name, in one .npz"),
              cl::value_desc("file.npz"), cl::sub(command)),
      singles("input", cl::desc("One input, as .npy or ONNX's .pb"),
              cl::value_desc("name=file"), cl::sub(command)),
      constants("constant",
                cl::desc("Input whose given value is compiled into the code"),
                cl::value_desc("name"), cl::sub(command)),
      seed("random", cl::desc("Random numbers for inputs no file gives"),
           cl::value_desc("seed"), cl::sub(command)) {}

/// Whether a tensor of `shape` may be passed for the model's input `declared`.
static bool fits(const Shape &shape, const Value &declared) {
  if (!declared.isRanked)
    return true;
  if (shape.size() != declared.shape.size())
    return false;
  for (size_t i = 0; i < shape.size(); ++i)
    if (declared.shape[i] >= 0 && declared.shape[i] != shape[i])
      return false;
  return true;
}

Error TensorInputs::add(const Value &value, Expected<Tensor> tensor,
                        const std::string &file) {
  if (!tensor)
    return tensor.error();
  if (tensor->dtype() != value.dtype || !fits(tensor->shape(), value))
    return Error(ErrorCode::InvalidArgument,
                 fmt::format("{}: input `{}` must be {}, got {}", file,
                             value.name, formatType(value.dtype, value.shape),
                             formatType(*tensor)));
  given[value.name] = *tensor;
  return Error::success();
}

/// Parameters are inputs with a value unless a file gives another.
Error TensorInputs::addParameters(const Model &model,
                                  std::vector<Value> &known) {
  Expected<std::vector<NamedTensor>> parameters = model.parameters();
  if (!parameters)
    return parameters.error();
  for (const NamedTensor &parameter : *parameters) {
    const Tensor &value = parameter.value;
    known.push_back({parameter.name, value.dtype(), value.shape()});
    given[parameter.name] = value;
  }
  return Error::success();
}

Error TensorInputs::readArchive(const std::vector<Value> &known) {
  Expected<NpzReader> reader = NpzReader::open(archive);
  if (!reader)
    return reader.error();
  for (const std::string &name : reader->names()) {
    Expected<const Value *> value = findValue(known, name, archive);
    if (!value)
      return value.error();
    if (Error error =
            add(**value, reader->read(name, (*value)->dtype), archive))
      return error;
  }
  return Error::success();
}

Error TensorInputs::readSingles(const std::vector<Value> &known) {
  for (llvm::StringRef text : singles) {
    auto [name, file] = text.split('=');
    if (name.empty() || file.empty())
      return Error(ErrorCode::InvalidArgument,
                   fmt::format("`--input` must be NAME=FILE, got `{}`",
                               text.str()));
    Expected<const Value *> value = findValue(known, name.str(), "`--input`");
    if (!value)
      return value.error();
    if (Error error =
            add(**value, readTensorFile(file.str(), (*value)->dtype),
                file.str()))
      return error;
  }
  return Error::success();
}

Error TensorInputs::fixConstants(const std::vector<Value> &known,
                                 CompileOptions &options) {
  for (const std::string &name : constants) {
    Expected<const Value *> value = findValue(known, name, "`--constant`");
    if (!value)
      return value.error();
    auto found = given.find(name);
    if (found == given.end())
      return Error(ErrorCode::InvalidArgument,
                   fmt::format("`--constant`: input `{0}` has no value: add "
                               "`--input {0}=FILE.npy`",
                               name));
    options.constants[name] = found->second;
  }
  return Error::success();
}

Error TensorInputs::read(const Model &model, CompileOptions &options) {
  Expected<std::vector<Value>> known = model.inputs(options);
  if (!known)
    return known.error();
  if (!options.gradients.empty() || !options.gradientOf.empty())
    if (Error error = addParameters(model, *known))
      return error;
  for (const auto &[name, shape] : options.shapes) {
    Expected<const Value *> value = findValue(*known, name, "`--shape`");
    if (!value)
      return value.error();
    if (!fits(shape, **value))
      return Error(ErrorCode::InvalidArgument,
                   fmt::format("`--shape`: input `{}` is {}, got {}", name,
                               formatType((*value)->dtype, (*value)->shape),
                               formatShape(shape)));
  }
  if (!archive.empty())
    if (Error error = readArchive(*known))
      return error;
  if (Error error = readSingles(*known))
    return error;
  for (const Value &value : *known)
    if (auto found = given.find(value.name); found != given.end())
      options.shapes[value.name] = found->second.shape();
  return fixConstants(*known, options);
}

Expected<std::vector<Tensor>>
TensorInputs::complete(const Program &program,
                       std::optional<uint64_t> defaultSeed) const {
  if (seed.getNumOccurrences())
    defaultSeed = seed;
  std::vector<Tensor> tensors;
  for (const Value &input : program.inputs()) {
    auto found = given.find(input.name);
    if (found != given.end()) {
      tensors.push_back(found->second);
      continue;
    }
    if (!defaultSeed)
      return Error(ErrorCode::InvalidArgument,
                   fmt::format("input `{0}` ({1}) is not given: add `--input "
                               "{0}=FILE.npy`, or `--random 1` for random "
                               "numbers",
                               input.name,
                               formatType(input.dtype, input.shape)));
    Expected<Tensor> random =
        Tensor::random(input.dtype, input.shape, (*defaultSeed)++);
    if (!random)
      return random.error();
    tensors.push_back(*random);
  }
  return tensors;
}

Expected<Program> tool::compileModel(const ModelOptions &options,
                                     TensorInputs &inputs) {
  Expected<Model> model = options.load();
  if (!model)
    return model.error();
  Expected<CompileOptions> compile = options.compileOptions();
  if (!compile)
    return compile.error();
  if (Error error = inputs.read(*model, *compile))
    return error;
  Expected<Program> program = model->compile(*compile);
  if (program && !program->info().note.empty())
    fmt::print(stderr, "lacuna: warning: {}: {}\n", std::string(options.path),
               program->info().note);
  return program;
}
