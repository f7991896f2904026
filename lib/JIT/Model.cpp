//===- Model.cpp - Models from files to programs --------------------------===//
#include "Diagnostics.h"
#include "ElementType.h"
#include "Program.h"
#include "lacuna/Codegen/NativeCode.h"
#include "lacuna/IR/Names.h"
#include "lacuna/Import/Onnx.h"
#include "lacuna/Pipeline/Registration.h"
#include "lacuna/Pipeline/Stages.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

#include <chrono>

using namespace mlir;
using namespace lacuna;

struct Model::State {
  /// Where it came from; stands in diagnostics.
  std::string name;
  std::string text;
  bool isOnnx = false;

  std::mutex mutex;
  /// Programs by target, entry and input shapes.
  std::map<std::string, Program> programs;
};

namespace {
/// A module in a context of its own, at some stage.
struct LoadedModule {
  std::unique_ptr<MLIRContext> context;
  OwningOpRef<ModuleOp> module;
};
} // namespace

Model::Model(std::shared_ptr<State> state) : state(std::move(state)) {}

static std::unique_ptr<MLIRContext> createContext() {
  DialectRegistry registry;
  registerDialects(registry);
  auto context = std::make_unique<MLIRContext>(registry);
  context->loadAllAvailableDialects();
  return context;
}

Expected<Model> Model::load(const std::string &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false);
  if (!buffer)
    return Error(ErrorCode::InputOutput,
                 path + ": " + buffer.getError().message());
  auto state = std::make_shared<State>();
  state->name = path;
  state->text = (*buffer)->getBuffer().str();
  state->isOnnx = StringRef(path).ends_with(".onnx");
  return Model(state);
}

Expected<Model> Model::parse(const std::string &text, const std::string &name) {
  auto state = std::make_shared<State>();
  state->name = name;
  state->text = text;
  return Model(state);
}

/// Leaves only the entry public, so that later stages know it.
static Error selectEntry(ModuleOp module, const std::string &wanted) {
  SmallVector<func::FuncOp> candidates;
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic() && !function.isExternal() &&
        (wanted.empty() || function.getSymName() == wanted))
      candidates.push_back(function);
  auto main = llvm::find_if(candidates, [](func::FuncOp function) {
    return function.getSymName() == "main";
  });
  if (candidates.empty())
    return Error(ErrorCode::NotFound,
                 wanted.empty() ? "the module has no public function"
                                : "the module has no public function `" +
                                      wanted + "`");
  func::FuncOp entry =
      main != candidates.end() ? *main : candidates.front();
  if (candidates.size() > 1 && main == candidates.end())
    return Error(ErrorCode::InvalidArgument,
                 "the module has several public functions: name one with "
                 "`--entry`");
  for (auto function : module.getOps<func::FuncOp>())
    if (function != entry && !function.isExternal())
      function.setPrivate();
  return Error::success();
}

static Expected<LoadedModule> parseModule(const std::string &name,
                                          const std::string &text) {
  LoadedModule loaded{createContext(), {}};
  CollectDiagnostics diagnostics(loaded.context.get());
  auto buffer = llvm::MemoryBuffer::getMemBuffer(text, name);
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  loaded.module =
      parseSourceFile<ModuleOp>(sources, ParserConfig(loaded.context.get()));
  if (!loaded.module)
    return diagnostics.error(ErrorCode::InvalidArgument,
                             name + ": not a module");
  return loaded;
}

static Expected<LoadedModule> loadModule(const std::string &name,
                                         const std::string &text, bool isOnnx,
                                         const CompileOptions &options) {
  if (isOnnx) {
    LoadedModule loaded{createContext(), {}};
    CollectDiagnostics diagnostics(loaded.context.get());
    ImportOptions import;
    for (auto &[input, shape] : options.shapes)
      import.inputShapes[input] = shape;
    loaded.module = importOnnx(*loaded.context, text, name, import);
    if (!loaded.module)
      return diagnostics.error(ErrorCode::InvalidArgument,
                               name + ": not a model");
    return loaded;
  }
  Expected<LoadedModule> loaded = parseModule(name, text);
  if (!loaded)
    return loaded;
  if (Error error = selectEntry(*loaded->module, options.entry))
    return Error(error.code(), name + ": " + error.message());
  return loaded;
}

/// Runs the stages up to `stage` on a freshly loaded module.
static Expected<LoadedModule> lower(const std::string &name,
                                    const std::string &text, bool isOnnx,
                                    const CompileOptions &options, int stage) {
  std::string message;
  FailureOr<NativeTarget> target = parseNativeTarget(options.target, message);
  if (failed(target))
    return Error(ErrorCode::InvalidArgument, message);
  Expected<LoadedModule> loaded = loadModule(name, text, isOnnx, options);
  if (!loaded)
    return loaded;
  CollectDiagnostics diagnostics(loaded->context.get());
  PipelineOptions pipeline;
  pipeline.vectorBits = target->vectorBits;
  pipeline.reproducer = options.reproducer;
  if (failed(runStages(*loaded->module, -1, stage, pipeline)))
    return diagnostics.error(ErrorCode::Unsupported,
                             name + ": compilation failed");
  return loaded;
}

Expected<Program> Model::compile(const CompileOptions &options) const {
  auto start = std::chrono::steady_clock::now();
  Expected<LoadedModule> lowered =
      lower(state->name, state->text, state->isOnnx, options,
            findStage("llvm"));
  if (!lowered)
    return lowered.error();
  CollectDiagnostics diagnostics(lowered->context.get());
  auto program = std::make_shared<Program::State>();
  if (Error error = program->build(*lowered->module, options.target))
    return diagnostics.error(error.code(), error.message());
  program->info.compileSeconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  return Program(program);
}

Expected<std::vector<std::string>> Model::entries() const {
  if (state->isOnnx)
    return std::vector<std::string>{"main"};
  Expected<LoadedModule> loaded = parseModule(state->name, state->text);
  if (!loaded)
    return loaded.error();
  std::vector<std::string> names;
  for (auto function : loaded->module->getOps<func::FuncOp>())
    if (function.isPublic() && !function.isExternal())
      names.push_back(function.getSymName().str());
  return names;
}

Expected<std::string> Model::emit(const std::string &stage,
                                  const CompileOptions &options) const {
  int index = findStage(stage);
  if (index < 0)
    return Error(ErrorCode::InvalidArgument, "no stage `" + stage + "`");
  Expected<LoadedModule> lowered =
      lower(state->name, state->text, state->isOnnx, options, index);
  if (!lowered)
    return lowered.error();
  std::string text;
  llvm::raw_string_ostream stream(text);
  lowered->module->print(stream);
  return text;
}

static Error untyped(const std::string &model, const std::string &value) {
  return Error(ErrorCode::Unsupported,
               model + ": input `" + value +
                   "` must be a tensor of numbers or booleans");
}

static Expected<std::vector<lacuna::Value>>
onnxInputs(const std::string &name, const std::string &text) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  CollectDiagnostics diagnostics(&context);
  FailureOr<OnnxSignature> signature = readOnnxSignature(context, text, name);
  if (failed(signature))
    return diagnostics.error(ErrorCode::Corrupt, name + ": not a model");
  std::vector<lacuna::Value> values;
  for (const OnnxValue &input : signature->inputs) {
    auto type = input.elementType
                    ? dtypeOf(input.elementType, input.isUnsigned)
                    : std::nullopt;
    if (!type)
      return untyped(name, input.name);
    values.push_back({input.name, *type, input.shape});
  }
  return values;
}

/// Arguments without a name of their own go by their number.
static Expected<std::vector<lacuna::Value>>
entryInputs(const std::string &model, func::FuncOp entry) {
  std::vector<lacuna::Value> values;
  for (auto [index, type] : llvm::enumerate(entry.getArgumentTypes())) {
    auto given = entry.getArgAttrOfType<StringAttr>(index, names::valueName);
    std::string name =
        given ? given.getValue().str() : "input" + std::to_string(index);
    auto tensor = dyn_cast<RankedTensorType>(type);
    auto dtype = tensor
                     ? dtypeOf(tensor.getElementType(),
                               bool(entry.getArgAttr(
                                   index, names::unsignedElements)))
                     : std::nullopt;
    if (!dtype)
      return untyped(model, name);
    values.push_back({name, *dtype, {}});
    for (int64_t size : tensor.getShape())
      values.back().shape.push_back(ShapedType::isDynamic(size) ? -1 : size);
  }
  return values;
}

Expected<std::vector<lacuna::Value>>
Model::inputs(const CompileOptions &options) const {
  if (state->isOnnx)
    return onnxInputs(state->name, state->text);
  Expected<LoadedModule> loaded =
      loadModule(state->name, state->text, /*isOnnx=*/false, options);
  if (!loaded)
    return loaded.error();
  for (auto function : loaded->module->getOps<func::FuncOp>())
    if (function.isPublic() && !function.isExternal())
      return entryInputs(state->name, function);
  return Error(ErrorCode::NotFound, "the module has no public function");
}
