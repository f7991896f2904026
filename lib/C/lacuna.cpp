//===- lacuna.cpp - Lacuna from C -----------------------------------------===//
// Nothing but translation: handles hold the C++ API's values.
//===----------------------------------------------------------------------===//
#include "lacuna/C/lacuna.h"

#include "Handles.h"

#include <mutex>

using namespace lacuna;

using namespace lacuna::c;

struct LacunaModel {
  Model model;
  std::mutex mutex;
  /// By entry; a table stays where it is.
  std::map<std::string, std::unique_ptr<ValueTable>> inputs;
  /// Read when they are first asked for.
  std::unique_ptr<ValueTable> parameterTable;
  std::vector<NamedTensor> parameters;
};

struct LacunaProgram {
  Program program;
  ValueTable inputs, outputs;
};

static thread_local std::string lastMessage;

int lacuna::c::refuse(const Error &error) {
  lastMessage = error.message();
  return static_cast<int>(error.code());
}

int lacuna::c::refuse(const char *message) {
  return refuse(Error(ErrorCode::InvalidArgument, message));
}

static DLDataType dataType(DType type) {
  // The one place that knows the codes is the runtime's DLPack bridge.
  Expected<Tensor> empty = Tensor::allocate(type, {0});
  DLManagedTensor *managed = empty->toDLPack();
  DLDataType result = managed->dl_tensor.dtype;
  managed->deleter(managed);
  return result;
}

ValueTable::ValueTable(std::vector<Value> given) : values(std::move(given)) {
  for (const Value &value : values)
    rows.push_back({value.name.c_str(), dataType(value.dtype),
                    value.isRanked ? static_cast<int32_t>(value.shape.size())
                                   : -1,
                    value.shape.data()});
}

const char *lacuna_version(void) { return LACUNA_VERSION; }

const char *lacuna_error_message(void) { return lastMessage.c_str(); }

static int takeModel(Expected<Model> model, LacunaModel **result) {
  if (!model)
    return refuse(model.error());
  *result = new LacunaModel{*model, {}, {}, nullptr, {}};
  return 0;
}

int lacuna_model_load(const char *path, LacunaModel **model) {
  if (!path || !model)
    return refuse("`path` and `model` must not be null");
  return takeModel(Model::load(path), model);
}

int lacuna_model_from_onnx(const void *bytes, size_t size,
                           LacunaModel **model) {
  if (!bytes || !model)
    return refuse("`bytes` and `model` must not be null");
  return takeModel(
      Model::fromOnnx(std::string(static_cast<const char *>(bytes), size)),
      model);
}

int lacuna_model_from_mlir(const char *text, LacunaModel **model) {
  if (!text || !model)
    return refuse("`text` and `model` must not be null");
  return takeModel(Model::parse(text), model);
}

void lacuna_model_destroy(LacunaModel *model) { delete model; }

int lacuna_model_inputs(LacunaModel *model, const char *entry,
                        const LacunaValue **values, size_t *count) {
  if (!model || !values || !count)
    return refuse("`model`, `values` and `count` must not be null");
  CompileOptions options;
  options.entry = entry ? entry : "";
  std::lock_guard<std::mutex> lock(model->mutex);
  std::unique_ptr<ValueTable> &table = model->inputs[options.entry];
  if (!table) {
    Expected<std::vector<Value>> inputs = model->model.inputs(options);
    if (!inputs)
      return refuse(inputs.error());
    table = std::make_unique<ValueTable>(*inputs);
  }
  *values = table->rows.data();
  *count = table->rows.size();
  return 0;
}

/// Reads the parameters unless that was done; the caller holds the lock.
static Error readParameters(LacunaModel &model) {
  if (model.parameterTable)
    return Error::success();
  Expected<std::vector<NamedTensor>> read = model.model.parameters();
  if (!read)
    return read.error();
  model.parameters = *read;
  std::vector<Value> values;
  for (const NamedTensor &parameter : model.parameters)
    values.push_back({parameter.name, parameter.value.dtype(),
                      parameter.value.shape()});
  model.parameterTable = std::make_unique<ValueTable>(std::move(values));
  return Error::success();
}

int lacuna_model_parameters(LacunaModel *model, const LacunaValue **values,
                            size_t *count) {
  if (!model || !values || !count)
    return refuse("`model`, `values` and `count` must not be null");
  std::lock_guard<std::mutex> lock(model->mutex);
  if (Error error = readParameters(*model))
    return refuse(error);
  *values = model->parameterTable->rows.data();
  *count = model->parameterTable->rows.size();
  return 0;
}

int lacuna_model_parameter(LacunaModel *model, size_t index,
                           DLManagedTensor **tensor) {
  if (!model || !tensor)
    return refuse("`model` and `tensor` must not be null");
  std::lock_guard<std::mutex> lock(model->mutex);
  if (Error error = readParameters(*model))
    return refuse(error);
  if (index >= model->parameters.size())
    return refuse("`index` must be below the number of parameters");
  *tensor = model->parameters[index].value.toDLPack();
  return 0;
}

const Model &lacuna::c::modelOf(const LacunaModel *model) {
  return model->model;
}

CompileOptions
lacuna::c::convertOptions(const LacunaCompileOptions *given) {
  CompileOptions options;
  if (!given)
    return options;
  if (given->target)
    options.target = given->target;
  if (given->entry)
    options.entry = given->entry;
  for (auto [text, option] : {std::pair(given->dtype, &options.dtype),
                              {given->gradient_of, &options.gradientOf},
                              {given->memory_budget, &options.memoryBudget}})
    if (text)
      *option = text;
  for (size_t i = 0; i < given->gradient_count; ++i)
    options.gradients.push_back(given->gradients[i]);
  for (size_t i = 0; i < given->shape_count; ++i) {
    const LacunaShape &shape = given->shapes[i];
    options.shapes[shape.name] = Shape(shape.sizes, shape.sizes + shape.rank);
  }
  return options;
}

int lacuna_model_compile(const LacunaModel *model,
                         const LacunaCompileOptions *options,
                         LacunaProgram **program) {
  if (!model || !program)
    return refuse("`model` and `program` must not be null");
  Expected<Program> compiled = model->model.compile(convertOptions(options));
  if (!compiled)
    return refuse(compiled.error());
  *program = new LacunaProgram{*compiled, ValueTable(compiled->inputs()),
                               ValueTable(compiled->outputs())};
  return 0;
}

void lacuna_program_destroy(LacunaProgram *program) { delete program; }

size_t lacuna_program_input_count(const LacunaProgram *program) {
  return program->inputs.rows.size();
}

size_t lacuna_program_output_count(const LacunaProgram *program) {
  return program->outputs.rows.size();
}

LacunaValue lacuna_program_input(const LacunaProgram *program, size_t index) {
  return program->inputs.row(index);
}

LacunaValue lacuna_program_output(const LacunaProgram *program, size_t index) {
  return program->outputs.row(index);
}

Expected<std::vector<Tensor>>
lacuna::c::borrow(const DLTensor *const *tensors, size_t count,
                  std::optional<int> gpu) {
  std::vector<Tensor> result;
  for (size_t i = 0; i < count; ++i) {
    if (!tensors || !tensors[i])
      return Error(ErrorCode::InvalidArgument, "a tensor must not be null");
    DLManagedTensor managed{*tensors[i], nullptr, nullptr};
    Expected<Tensor> tensor = Tensor::fromDLPack(&managed, gpu);
    if (!tensor)
      return tensor.error();
    result.push_back(*tensor);
  }
  return result;
}

int lacuna_program_call_into(const LacunaProgram *program,
                             const DLTensor *const *inputs, size_t input_count,
                             const DLTensor *const *outputs,
                             size_t output_count, int threads) {
  if (!program)
    return refuse("`program` must not be null");
  Expected<std::vector<Tensor>> in = borrow(inputs, input_count);
  if (!in)
    return refuse(in.error());
  Expected<std::vector<Tensor>> out = borrow(outputs, output_count);
  if (!out)
    return refuse(out.error());
  Error error = program->program.callInto(*in, *out, threads);
  return error ? refuse(error) : 0;
}

int lacuna_program_call_on_device(const LacunaProgram *program,
                                  const DLTensor *const *inputs,
                                  size_t input_count,
                                  const DLTensor *const *outputs,
                                  size_t output_count, void *stream) {
  if (!program)
    return refuse("`program` must not be null");
  std::optional<DeviceUse> device = program->program.deviceUse();
  if (!device)
    return refuse("the program must be compiled for `cuda` to use tensors on a "
                  "GPU");
  Expected<std::vector<Tensor>> in =
      borrow(inputs, input_count, device->ordinal);
  if (!in)
    return refuse(in.error());
  Expected<std::vector<Tensor>> out =
      borrow(outputs, output_count, device->ordinal);
  if (!out)
    return refuse(out.error());
  Error error = program->program.callOnDevice(*in, *out, stream);
  return error ? refuse(error) : 0;
}

int lacuna_program_call(const LacunaProgram *program,
                        const DLTensor *const *inputs, size_t input_count,
                        DLManagedTensor **outputs, size_t output_count,
                        int threads) {
  if (!program || (output_count && !outputs))
    return refuse("`program` and `outputs` must not be null");
  if (output_count != program->outputs.rows.size())
    return refuse("`output_count` must be the program's number of outputs");
  Expected<std::vector<Tensor>> in = borrow(inputs, input_count);
  if (!in)
    return refuse(in.error());
  Expected<std::vector<Tensor>> out = program->program.call(*in, threads);
  if (!out)
    return refuse(out.error());
  for (size_t i = 0; i < output_count; ++i)
    outputs[i] = (*out)[i].toDLPack();
  return 0;
}
