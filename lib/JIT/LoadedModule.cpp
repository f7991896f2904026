//===- LoadedModule.cpp - A model's module at some stage ------------------===//
#include "LoadedModule.h"

#include "Diagnostics.h"
#include "ElementType.h"
#include "Gradients.h"
#include "MemoryBudget.h"
#include "ParsedTarget.h"
#include "lacuna/Import/Onnx.h"
#include "lacuna/Pipeline/Registration.h"
#include "lacuna/Runtime/Cuda.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;
using namespace lacuna;

std::unique_ptr<MLIRContext> lacuna::createContext() {
  DialectRegistry registry;
  registerDialects(registry);
  auto context = std::make_unique<MLIRContext>(registry);
  context->loadAllAvailableDialects();
  // Users want the place and the reason, not a dump of the generic form.
  context->printOpOnDiagnostic(false);
  return context;
}

SmallVector<func::FuncOp> lacuna::publicFunctions(ModuleOp module) {
  SmallVector<func::FuncOp> functions;
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic() && !function.isExternal())
      functions.push_back(function);
  return functions;
}

static std::string listNames(ArrayRef<func::FuncOp> functions) {
  std::string list;
  for (func::FuncOp function : functions)
    list += (list.empty() ? "`" : ", `") + function.getSymName().str() + "`";
  return list;
}

/// The function called `wanted`; without a name the only one, or `main`.
static Expected<func::FuncOp> findEntry(ModuleOp module, StringRef wanted) {
  SmallVector<func::FuncOp> functions = publicFunctions(module);
  if (functions.empty())
    return Error(ErrorCode::NotFound, "the module has no public function");
  if (wanted.empty() && functions.size() == 1)
    return functions.front();
  StringRef name = wanted.empty() ? "main" : wanted;
  for (func::FuncOp function : functions)
    if (function.getSymName() == name)
      return function;
  if (wanted.empty())
    return Error(ErrorCode::InvalidArgument,
                 "the module has several public functions: name one with "
                 "`--entry` (" +
                     listNames(functions) + ")");
  return Error(ErrorCode::NotFound, "the module has no public function `" +
                                        wanted.str() + "`; it has " +
                                        listNames(functions));
}

/// Leaves only the entry public, so that later stages know it.
static Error selectEntry(ModuleOp module, StringRef wanted) {
  Expected<func::FuncOp> entry = findEntry(module, wanted);
  if (!entry)
    return entry.error();
  for (auto function : module.getOps<func::FuncOp>())
    if (function != *entry && !function.isExternal())
      function.setPrivate();
  return Error::success();
}

Expected<LoadedModule> lacuna::parseModule(const ModelSource &source) {
  LoadedModule loaded{createContext(), {}};
  CollectDiagnostics diagnostics(loaded.context.get());
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(
      llvm::MemoryBuffer::getMemBuffer(source.text, source.name),
      llvm::SMLoc());
  loaded.module =
      parseSourceFile<ModuleOp>(sources, ParserConfig(loaded.context.get()));
  if (!loaded.module)
    return diagnostics.error(ErrorCode::InvalidArgument,
                             source.name + ": not a module");
  return loaded;
}

static Expected<OnnxTensor> toOnnx(MLIRContext *context, const Tensor &tensor) {
  Expected<Tensor> packed = tensor.contiguous();
  if (!packed)
    return packed.error();
  const char *bytes = packed->data<char>();
  return OnnxTensor{"", typeOf(context, tensor.dtype()),
                    isUnsigned(tensor.dtype()), tensor.shape(),
                    std::vector<char>(bytes, bytes + packed->byteSize())};
}

static Expected<LoadedModule> importModule(const ModelSource &source,
                                           const CompileOptions &options) {
  LoadedModule loaded{createContext(), {}};
  CollectDiagnostics diagnostics(loaded.context.get());
  ImportOptions import;
  for (auto &[input, shape] : options.shapes)
    import.inputShapes[input] = shape;
  for (auto &[input, value] : options.constants) {
    Expected<OnnxTensor> tensor = toOnnx(loaded.context.get(), value);
    if (!tensor)
      return tensor.error();
    import.inputValues[input] = *tensor;
  }
  requestParameters(options, import);
  loaded.module = importOnnx(*loaded.context, source.text, source.name, import);
  if (!loaded.module)
    return diagnostics.error(ErrorCode::InvalidArgument,
                             source.name + ": not a model");
  return loaded;
}

Expected<LoadedModule> lacuna::loadModule(const ModelSource &source,
                                          const CompileOptions &options) {
  if (!source.isOnnx && !options.constants.empty())
    return Error(ErrorCode::Unsupported,
                 source.name + ": only inputs of ONNX models can be constants");
  Expected<LoadedModule> loaded =
      source.isOnnx ? importModule(source, options) : parseModule(source);
  if (!loaded)
    return loaded;
  if (Error error = selectEntry(*loaded->module, options.entry))
    return Error(error.code(), source.name + ": " + error.message());
  return loaded;
}

Expected<PipelineOptions> lacuna::pipelineOptions(const CompileOptions &options) {
  Expected<ParsedTarget> target = parseTarget(options.target);
  if (!target)
    return target.error();
  llvm::StringRef dtype = options.dtype;
  bool isSplit = dtype == "bf16x2" || dtype == "bf16x3";
  if (dtype != "" && dtype != "f32" && dtype != "bf16" && dtype != "f16" &&
      !isSplit)
    return Error(ErrorCode::InvalidArgument,
                 "`dtype` must be `f32`, `bf16`, `f16`, `bf16x2` or `bf16x3`, "
                 "got `" +
                     options.dtype + "`");
  if (isSplit && !target->ordinal)
    return Error(ErrorCode::InvalidArgument,
                 "`dtype` must be `f32`, `bf16` or `f16` unless the target is "
                 "`cuda`, got `" +
                     options.dtype + "`");
  PipelineOptions pipeline;
  pipeline.dtype = dtype == "f32" || isSplit ? "" : dtype;
  pipeline.floatParts = dtype == "bf16x2" ? 2 : isSplit ? 3 : 0;
  pipeline.vectorBits = target->vectorBits();
  pipeline.onDevice = target->ordinal.has_value();
  if (int found = target->asksDevice() ? cudaProcessors(*target->ordinal) : 0)
    pipeline.processors = found;
  pipeline.mixBeforeResize = options.mixBeforeResize;
  pipeline.watch = options.watch;
  pipeline.reproducer = options.reproducer;
  pipeline.gradientOf = options.gradientOf;
  pipeline.training = options.training;
  return pipeline;
}

Error lacuna::runModuleStages(LoadedModule &loaded, const ModelSource &source,
                              const CompileOptions &options, int first,
                              int last) {
  Expected<PipelineOptions> pipeline = pipelineOptions(options);
  if (!pipeline)
    return pipeline.error();
  CollectDiagnostics diagnostics(loaded.context.get());
  // A crash can be caught only on the thread that began.
  if (!options.reproducer.empty())
    loaded.context->disableMultithreading();
  pipeline->memoryBudget = loaded.memoryBudget;
  if (failed(runStages(*loaded.module, first, last, *pipeline)))
    return diagnostics.error(ErrorCode::Unsupported,
                             source.name + ": compilation failed");
  return Error::success();
}

Expected<LoadedModule> lacuna::lowerModule(const ModelSource &source,
                                           const CompileOptions &options,
                                           int stage) {
  Expected<LoadedModule> loaded = loadModule(source, options);
  if (!loaded)
    return loaded;
  func::FuncOp entry = publicFunctions(*loaded->module).front();
  for (auto prepare : {specializeEntry, requestGradients})
    if (Error error = prepare(entry, options))
      return Error(error.code(), source.name + ": " + error.message());
  int planned = findStage("plan");
  int first = -1;
  if (!options.memoryBudget.empty() && stage > planned) {
    if (Error error = runModuleStages(*loaded, source, options, -1, planned))
      return error;
    if (Error error = fitMemoryBudget(*loaded, options))
      return Error(error.code(), source.name + ": " + error.message());
    first = planned;
  }
  if (Error error = runModuleStages(*loaded, source, options, first, stage))
    return error;
  return loaded;
}
