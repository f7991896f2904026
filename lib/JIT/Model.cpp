//===- Model.cpp - Models from files to programs --------------------------===//
#include "lacuna/JIT/Model.h"

#include "Constants.h"
#include "Diagnostics.h"
#include "Gradients.h"
#include "KeptModule.h"
#include "LoadedModule.h"
#include "NativeWrapper.h"
#include "ParsedTarget.h"
#include "TrainedModel.h"
#include "lacuna/Codegen/DeviceCode.h"
#include "lacuna/IR/OperationCount.h"
#include "lacuna/JIT/Explain.h"
#include "lacuna/Pipeline/Stages.h"

#include "llvm/Support/MemoryBuffer.h"

#include <chrono>
#include <future>

using namespace mlir;
using namespace lacuna;

namespace {
/// Programs by what they were compiled for, the least recently used first.
/// One thread compiles a program; others that want it wait for that.
class ProgramCache {
public:
  using Result = std::shared_future<Expected<Program>>;

  Expected<Program> get(const std::string &key,
                        const std::function<Expected<Program>()> &compile) {
    std::promise<Expected<Program>> promise;
    std::unique_lock<std::mutex> lock(mutex);
    for (auto it = entries.begin(); it != entries.end(); ++it) {
      if (it->first != key)
        continue;
      entries.splice(entries.end(), entries, it);
      Result found = it->second;
      lock.unlock();
      return found.get();
    }
    Result result = promise.get_future().share();
    entries.emplace_back(key, result);
    if (entries.size() > capacity)
      entries.pop_front();
    lock.unlock();
    promise.set_value(compile());
    if (!result.get())
      forget(key);
    return result.get();
  }

private:
  static constexpr size_t capacity = 64;

  void forget(const std::string &key) {
    std::lock_guard<std::mutex> lock(mutex);
    entries.remove_if([&](auto &entry) { return entry.first == key; });
  }

  std::mutex mutex;
  std::list<std::pair<std::string, Result>> entries;
};
} // namespace

struct Model::State {
  ModelSource source;
  ProgramCache programs;
  std::mutex mutex;
  /// Inputs by entry, so that a call need not read the model again.
  std::map<std::string, std::vector<lacuna::Value>> signatures;
};

/// Attributes of a lowered module: operations and bytes of each launch, and
/// what was wished for and is not met.
static constexpr StringRef operationsName = "lacuna.operations";
static constexpr StringRef bytesName = "lacuna.bytes";
static constexpr StringRef noteName = "lacuna.note";

Model::Model(std::shared_ptr<State> state) : state(std::move(state)) {}

/// MLIR is text; a ModelProto begins with the tag of its version field.
static bool looksLikeOnnx(StringRef path, StringRef bytes) {
  if (path.ends_with(".onnx") || path.ends_with(".mlir"))
    return path.ends_with(".onnx");
  return bytes.starts_with("\x08") || bytes.take_front(4096).contains('\0');
}

Expected<Model> Model::load(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false);
  if (!buffer) {
    bool missing = buffer.getError() == std::errc::no_such_file_or_directory;
    return Error(missing ? ErrorCode::NotFound : ErrorCode::InputOutput,
                 path + ": " + buffer.getError().message());
  }
  auto state = std::make_shared<State>();
  StringRef bytes = (*buffer)->getBuffer();
  state->source = {path, bytes.str(), looksLikeOnnx(path, bytes)};
  return Model(state);
}

Expected<Model> Model::parse(const std::string &text, const std::string &name) {
  auto state = std::make_shared<State>();
  state->source = {name, text, /*isOnnx=*/false};
  return Model(state);
}

Expected<Model> Model::fromOnnx(const std::string &bytes,
                                const std::string &name) {
  auto state = std::make_shared<State>();
  state->source = {name, bytes, /*isOnnx=*/true};
  return Model(state);
}

static std::string keyOf(const TrainingStep &step) {
  std::string key = "|t " + step.loss + "," + step.optimizer;
  for (int64_t number : {step.classAxis, step.ignoreIndex, step.accumulate})
    key += "," + std::to_string(number);
  llvm::raw_string_ostream stream(key);
  for (double number : {step.momentum, step.beta1, step.beta2, step.epsilon,
                        step.weightDecay, step.clipValue, step.clipNorm})
    stream << "," << llvm::bit_cast<uint64_t>(number);
  return key;
}

/// What distinguishes one program of a model from another.
static std::string cacheKey(const CompileOptions &options) {
  std::string key =
      options.target + "|" + options.entry + "|" + options.gradientOf + "|" +
      options.memoryBudget + "|" + options.dtype +
      (options.mixBeforeResize ? "" : "|unmixed") +
      (options.watch ? "|watched" : "");
  if (options.training)
    key += keyOf(*options.training);
  for (const std::string &name : options.gradients)
    key += "|d " + name;
  for (const std::string &pattern : options.frozen)
    key += "|f " + pattern;
  for (const auto &[name, shape] : options.shapes)
    key += "|" + name + "=" + formatShape(shape);
  for (const auto &[name, value] : options.constants) {
    key += "|" + name + ":" + formatShape(value.shape()) + ":";
    for (int64_t i = 0; i < value.elementCount(); ++i)
      key += std::to_string(value.element(i)) + ",";
  }
  return key;
}

static void setNumbers(ModuleOp module, StringRef name,
                       ArrayRef<int64_t> numbers) {
  module->setAttr(name, DenseI64ArrayAttr::get(module.getContext(), numbers));
}

/// Takes the module through all stages, and notes at it what is read off
/// earlier ones.
static Expected<LoadedModule> lowerWhole(const ModelSource &source,
                                         const CompileOptions &options) {
  int kernels = findStage("tensor");
  Expected<LoadedModule> lowered = lowerModule(source, options, kernels);
  if (!lowered)
    return lowered;
  ModuleOp module = *lowered->module;
  func::FuncOp entry = publicFunctions(module).front();
  setNumbers(module, operationsName, countOperations(entry));
  setNumbers(module, bytesName, countBytes(entry));
  module->setAttr(noteName,
                  StringAttr::get(module.getContext(), lowered->note));
  if (Error error = runModuleStages(*lowered, source, options, kernels,
                                    findStage("llvm")))
    return error;
  return lowered;
}

/// The same for a GPU: kept on disk, with the device's code.
static Expected<LoadedModule> lowerForDevice(const ModelSource &source,
                                             const CompileOptions &options) {
  Expected<PipelineOptions> pipeline = pipelineOptions(options);
  if (!pipeline)
    return pipeline.error();
  KeptModule kept(source, cacheKey(options) + "|processors " +
                              std::to_string(pipeline->processors));
  if (std::optional<LoadedModule> known = kept.read())
    return std::move(*known);
  Expected<LoadedModule> lowered = lowerWhole(source, options);
  if (!lowered)
    return lowered;
  CollectDiagnostics diagnostics(lowered->context.get());
  if (Error error = generateDeviceCode(*lowered->module))
    return diagnostics.error(error.code(), error.message());
  kept.write(*lowered->module);
  return lowered;
}

Expected<Program> Model::compile(const CompileOptions &options) const {
  auto start = std::chrono::steady_clock::now();
  Expected<ParsedTarget> target = parseTarget(options.target);
  if (!target)
    return target.error();
  Expected<LoadedModule> lowered =
      target->ordinal && options.reproducer.empty()
          ? lowerForDevice(state->source, options)
          : lowerWhole(state->source, options);
  if (!lowered)
    return lowered.error();
  ModuleOp module = *lowered->module;
  auto program = std::make_shared<Program::State>();
  auto numbers = [&](StringRef name) {
    return llvm::to_vector(
        module->getAttrOfType<DenseI64ArrayAttr>(name).asArrayRef());
  };
  llvm::append_range(program->operations, numbers(operationsName));
  llvm::append_range(program->bytes, numbers(bytesName));
  CollectDiagnostics diagnostics(lowered->context.get());
  if (Error error = program->build(module, options.target))
    return diagnostics.error(error.code(), error.message());
  program->info.note = module->getAttrOfType<StringAttr>(noteName).str();
  program->info.compileSeconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  return Program(program);
}

Expected<std::vector<lacuna::Value>>
Model::inputs(const CompileOptions &options) const {
  std::lock_guard<std::mutex> lock(state->mutex);
  auto found = state->signatures.find(options.entry);
  if (found == state->signatures.end()) {
    auto read = readSignature(state->source, options);
    if (!read)
      return read;
    found = state->signatures.emplace(options.entry, *read).first;
  }
  std::vector<lacuna::Value> values = found->second;
  std::erase_if(values, [&](const lacuna::Value &value) {
    return options.constants.count(value.name);
  });
  return values;
}

Expected<std::vector<NamedTensor>> Model::parameters() const {
  return readParameters(state->source);
}

Expected<std::string>
Model::withParameters(std::span<const NamedTensor> values,
                      const CompileOptions &options) const {
  return replaceParameters(state->source, options, values);
}

const ModelSource &MemoryExplainer::sourceOf(const Model &model) {
  return model.state->source;
}

bool Model::isOnnx() const { return state->source.isOnnx; }

Expected<std::vector<Tensor>> Model::call(std::span<const Tensor> inputs,
                                          const CompileOptions &options,
                                          int threads) const {
  Expected<std::vector<lacuna::Value>> expected = this->inputs(options);
  if (!expected)
    return expected.error();
  // Gradients by parameters make these inputs, behind the others.
  if (options.gradients.empty() && options.gradientOf.empty()
          ? expected->size() != inputs.size()
          : expected->size() > inputs.size())
    return Error(ErrorCode::InvalidArgument,
                 "the model takes " + std::to_string(expected->size()) +
                     " inputs, got " + std::to_string(inputs.size()));
  CompileOptions specialised = options;
  for (size_t i = 0; i < expected->size(); ++i)
    specialised.shapes[(*expected)[i].name] = inputs[i].shape();
  Expected<Program> program =
      state->programs.get(cacheKey(specialised),
                          [&] { return compile(specialised); });
  if (!program)
    return program.error();
  return program->call(inputs, threads);
}

Expected<std::vector<std::string>> Model::entries() const {
  if (state->source.isOnnx)
    return std::vector<std::string>{"main"};
  Expected<LoadedModule> loaded = parseModule(state->source);
  if (!loaded)
    return loaded.error();
  std::vector<std::string> names;
  for (func::FuncOp function : publicFunctions(*loaded->module))
    names.push_back(function.getSymName().str());
  return names;
}

static Error unknownStage(const std::string &stage) {
  std::string list;
  for (const Stage &known : stages())
    list += (list.empty() ? "" : ", ") + known.name.str();
  return Error(ErrorCode::InvalidArgument,
               "there is no stage `" + stage + "`; the stages are " + list);
}

Expected<std::string> Model::emit(const std::string &stage,
                                  const CompileOptions &options) const {
  int index = findStage(stage);
  if (index < 0)
    return unknownStage(stage);
  Expected<LoadedModule> lowered = lowerModule(state->source, options, index);
  if (!lowered)
    return lowered.error();
  std::string text;
  llvm::raw_string_ostream stream(text);
  lowered->module->print(stream);
  return text;
}

static FailureOr<std::string>
printNative(ModuleOp module, const NativeTarget &target, NativeFormat format) {
  if (format != NativeFormat::Object)
    return compileToAssembly(module, target, format == NativeFormat::LLVMIR);
  auto objects = compileToObjects(module, target, /*parts=*/1);
  if (failed(objects))
    return failure();
  return objects->front()->getBuffer().str();
}

Expected<NativeCode> Model::generate(NativeFormat format,
                                     const std::string &symbol,
                                     const CompileOptions &options) const {
  Expected<ParsedTarget> target = parseTarget(options.target);
  if (!target)
    return target.error();
  if (target->ordinal.has_value() != (format == NativeFormat::PTX))
    return Error(ErrorCode::InvalidArgument,
                 format == NativeFormat::PTX
                     ? "PTX needs the target `cuda`, got `" + options.target +
                           "`"
                     : "for the target `" + options.target +
                           "` kernels can be written as PTX only");
  Expected<LoadedModule> lowered =
      lowerModule(state->source, options, findStage("llvm"));
  if (!lowered)
    return lowered.error();
  CollectDiagnostics diagnostics(lowered->context.get());
  if (format == NativeFormat::PTX) {
    bool isHopper = target->architecture == "sm_90a";
    auto kernels =
        lowered->module->lookupSymbol<ModuleOp>(isHopper ? "hopper" : "device");
    if (!kernels)
      return Error(ErrorCode::NotFound,
                   state->source.name + ": no kernel is for Hopper alone");
    FailureOr<std::string> code =
        compileToPTX(kernels, target->architecture, /*optimize=*/!isHopper);
    if (failed(code))
      return diagnostics.error(ErrorCode::Unsupported,
                               "code generation failed");
    return NativeCode{*code, ""};
  }
  Program::State program;
  if (Error error = program.describe(*lowered->module))
    return error;
  Expected<Tensor> constants = takeConstants(*lowered->module);
  if (!constants)
    return constants.error();
  NativeInterface interface{symbol, state->source.name, program.inputs,
                            program.outputs};
  wrapEntry(*lowered->module, interface, program.entryName, program.info,
            *constants);
  FailureOr<std::string> code = printNative(*lowered->module, target->native, format);
  if (failed(code))
    return diagnostics.error(ErrorCode::Internal, "code generation failed");
  return NativeCode{*code, writeHeader(interface)};
}
