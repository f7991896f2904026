//===- TrainingInputs.cpp - What train and evaluate share -----------------===//
#include "TrainingInputs.h"

#include <fmt/format.h>

using namespace lacuna;
using namespace lacuna::tool;
namespace cl = llvm::cl;

TrainingInputs::TrainingInputs(cl::SubCommand &command)
    : model(command),
      dataPath("data", cl::desc("Arrays by input name, and `label`"),
               cl::value_desc("file.npz|dir"), cl::sub(command)),
      loss("loss", cl::init("cross-entropy"),
           cl::desc("cross-entropy, binary-cross-entropy, mse, l1, huber, or "
                    "result: the model's own"),
           cl::value_desc("name"), cl::sub(command)),
      parameters("parameters", cl::desc("Values to begin with, by name"),
                 cl::value_desc("file.npz"), cl::sub(command)),
      batch("batch", cl::init(0),
            cl::desc("Samples a step (the model's, or 8)"), cl::value_desc("n"),
            cl::sub(command)),
      classAxis("class-axis", cl::init(1),
                cl::desc("Dimension of the classes in the prediction (1)"),
                cl::value_desc("n"), cl::sub(command)),
      ignoreIndex("ignore-index", cl::init(-100),
                  cl::desc("Label that does not count (-100)"),
                  cl::value_desc("n"), cl::sub(command)),
      threads("threads", cl::init(0), cl::value_desc("n"),
              cl::desc("Threads to run on (0: all)"), cl::sub(command)) {}

/// Shapes of the inputs that are in the data: a batch of samples.
Error TrainingInputs::chooseShapes(const Model &opened,
                                   CompileOptions &compile) {
  Expected<std::vector<Value>> known = opened.inputs(compile);
  if (!known)
    return known.error();
  size = batch;
  for (const Value &value : *known)
    if (data->find(value.name) && !value.shape.empty() && value.shape[0] >= 0) {
      if (size && size != value.shape[0])
        return Error(ErrorCode::InvalidArgument,
                     fmt::format("`--batch` must be {}, as input `{}` has it, "
                                 "got {}",
                                 value.shape[0], value.name, size));
      size = value.shape[0];
    }
  size = size ? size : 8;
  if (size < 0)
    return Error(ErrorCode::InvalidArgument,
                 fmt::format("`--batch` must be at least 1, got {}", size));
  for (const Value &value : *known)
    if (const Tensor *array = data->find(value.name);
        array && !compile.shapes.count(value.name)) {
      Shape shape = array->shape();
      shape[0] = size;
      compile.shapes[value.name] = shape;
    }
  return Error::success();
}

Error TrainingInputs::check(const Trainer &trainer) const {
  for (const Value &input : trainer.batchInputs()) {
    if (Error error = data->check(input))
      return error;
    if (input.shape[0] != size)
      return Error(ErrorCode::InvalidArgument,
                   fmt::format("input `{}` must have the batch as its first "
                               "dimension, got {} for a batch of {}",
                               input.name, formatShape(input.shape), size));
  }
  return Error::success();
}

Expected<Trainer> TrainingInputs::open(TrainingOptions options) {
  if (dataPath.empty())
    return Error(ErrorCode::InvalidArgument,
                 "no data is named: give `--data FILE.npz` or a folder");
  Expected<Model> opened = model.load();
  if (!opened)
    return opened.error();
  Expected<CompileOptions> compile = model.compileOptions();
  if (!compile)
    return compile.error();
  Expected<DataSet> read = DataSet::open(dataPath);
  if (!read)
    return read.error();
  data = *read;
  if (Error error = chooseShapes(*opened, *compile))
    return error;
  compile->frozen = options.compile.frozen;
  options.compile = *compile;
  options.threads = threads;
  options.step.loss = loss;
  options.step.classAxis = classAxis;
  options.step.ignoreIndex = ignoreIndex;
  if (Error error = takeParameters(*opened, options))
    return error;
  Expected<Trainer> trainer = Trainer::create(*opened, options);
  if (!trainer)
    return trainer.error();
  if (Error error = check(*trainer))
    return error;
  return trainer;
}

/// The values of `--parameters` become the model's own, or where a step trains
/// them, what it begins with.
Error TrainingInputs::takeParameters(Model &opened, TrainingOptions &options) {
  if (parameters.empty())
    return Error::success();
  Expected<std::vector<NamedTensor>> values = readNpz(parameters);
  if (!values)
    return values.error();
  if (options.step.optimizer != "none") {
    options.first = *values;
    return Error::success();
  }
  Expected<std::string> content =
      opened.withParameters(*values, options.compile);
  if (!content)
    return Error(content.error().code(), fmt::format("{}: {}",
                                                     parameters.getValue(),
                                                     content.error().message()));
  Expected<Model> filled = opened.isOnnx()
                               ? Model::fromOnnx(*content, model.path)
                               : Model::parse(*content, model.path);
  if (!filled)
    return filled.error();
  opened = *filled;
  return Error::success();
}

Expected<std::vector<Tensor>>
TrainingInputs::gather(const Trainer &trainer,
                       std::span<const int64_t> samples) const {
  std::vector<Tensor> tensors;
  for (const Value &input : trainer.batchInputs()) {
    Expected<Tensor> tensor = data->gather(input, samples);
    if (!tensor)
      return tensor.error();
    tensors.push_back(*tensor);
  }
  return tensors;
}
