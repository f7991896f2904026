//===- Gradients.cpp - What a caller wants gradients of -------------------===//
// Names become attributes of arguments, which differentiation reads.
//===----------------------------------------------------------------------===//
#include "Gradients.h"

#include "Diagnostics.h"
#include "ElementType.h"
#include "LoadedModule.h"
#include "lacuna/IR/Names.h"
#include "lacuna/Support/NamePattern.h"

#include "mlir/IR/MLIRContext.h"

using namespace mlir;
using namespace lacuna;

/// Stands for all initialisers of an ONNX model.
static constexpr llvm::StringLiteral parametersWord = "parameters";

static bool wantsParameters(const CompileOptions &options) {
  return llvm::is_contained(options.gradients, parametersWord);
}

static bool wantsAll(const CompileOptions &options) {
  return llvm::is_contained(options.gradients, "all") ||
         (options.gradients.empty() && !options.gradientOf.empty());
}

void lacuna::requestParameters(const CompileOptions &options,
                               ImportOptions &import) {
  import.allParameters = wantsAll(options) || wantsParameters(options);
  import.isFrozen = [&options](StringRef name) {
    return matchesAnyPattern(options.frozen, name);
  };
  for (StringRef name : options.gradients) {
    name.consume_front("param:");
    import.parameters.insert(name.str());
  }
}

static bool isFloatTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}

/// The names of what can be differentiated by, the first ten of them.
static std::string listFloats(func::FuncOp entry) {
  std::string list;
  unsigned count = 0;
  for (BlockArgument argument : entry.getArguments()) {
    if (!isFloatTensor(argument.getType()))
      continue;
    if (++count <= 10)
      list += (list.empty() ? "`" : ", `") +
              argumentName(entry, argument.getArgNumber()) + "`";
  }
  if (count > 10)
    list += " and " + std::to_string(count - 10) + " more";
  return list.empty() ? "none" : list;
}

static Error requestGradient(func::FuncOp entry, const std::string &name) {
  for (BlockArgument argument : entry.getArguments()) {
    unsigned index = argument.getArgNumber();
    std::string known = argumentName(entry, index);
    if (known != name && known != "param:" + name)
      continue;
    if (!isFloatTensor(argument.getType()))
      return Error(ErrorCode::InvalidArgument,
                   "`" + name + "` must be of floats to be differentiated by");
    entry.setArgAttr(index, names::requiresGrad,
                     UnitAttr::get(entry.getContext()));
    return Error::success();
  }
  return Error(ErrorCode::NotFound,
               "there is no input or parameter `" + name +
                   "` to differentiate by; of floats are: " +
                   listFloats(entry));
}

/// Whether the argument is a parameter that `options` hold fixed; it says so.
static bool freeze(func::FuncOp entry, unsigned index,
                   const CompileOptions &options) {
  if (!entry.getArgAttr(index, names::requiresGrad) ||
      !matchesAnyPattern(options.frozen, argumentName(entry, index)))
    return false;
  entry.removeArgAttr(index, names::requiresGrad);
  entry.setArgAttr(index, names::frozen, UnitAttr::get(entry.getContext()));
  return true;
}

Error lacuna::requestGradients(func::FuncOp entry,
                               const CompileOptions &options) {
  for (const std::string &name : options.gradients)
    if (name != "all" && name != parametersWord)
      if (Error error = requestGradient(entry, name))
        return error;
  for (BlockArgument argument : entry.getArguments()) {
    StringRef prefix = "param:";
    bool isParameter =
        StringRef(argumentName(entry, argument.getArgNumber()))
            .starts_with(prefix);
    bool isWanted = wantsAll(options) ||
                    (isParameter && wantsParameters(options));
    if (freeze(entry, argument.getArgNumber(), options))
      continue;
    if (isWanted && isFloatTensor(argument.getType()))
      entry.setArgAttr(argument.getArgNumber(), names::requiresGrad,
                       UnitAttr::get(entry.getContext()));
  }
  return Error::success();
}

static Expected<NamedTensor> toNamedTensor(const OnnxTensor &parameter) {
  std::optional<DType> type =
      dtypeOf(parameter.elementType, parameter.isUnsigned);
  if (!type)
    return Error(ErrorCode::Unsupported,
                 "parameter `" + parameter.name +
                     "` has an element type no tensor can hold");
  Expected<Tensor> value = Tensor::copyOf(
      *type, parameter.shape, std::as_bytes(std::span(parameter.bytes)));
  if (!value)
    return value.error();
  return NamedTensor{"param:" + parameter.name, *value};
}

Expected<std::vector<NamedTensor>>
lacuna::readParameters(const ModelSource &source) {
  std::vector<NamedTensor> parameters;
  if (!source.isOnnx)
    return parameters;
  MLIRContext context(MLIRContext::Threading::DISABLED);
  CollectDiagnostics diagnostics(&context);
  auto read = readOnnxParameters(context, source.text, source.name);
  if (failed(read))
    return diagnostics.error(ErrorCode::Corrupt, source.name + ": not a model");
  for (const OnnxTensor &tensor : *read) {
    Expected<NamedTensor> parameter = toNamedTensor(tensor);
    if (!parameter)
      return parameter.error();
    parameters.push_back(*parameter);
  }
  return parameters;
}
