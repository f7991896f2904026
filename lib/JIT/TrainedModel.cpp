//===- TrainedModel.cpp - Models with other values of parameters ----------===//
// ONNX: initialisers are replaced; MLIR: arguments become constants.
//===----------------------------------------------------------------------===//
#include "Diagnostics.h"
#include "ElementType.h"
#include "LoadedModule.h"
#include "TrainedModel.h"
#include "lacuna/IR/Names.h"
#include "lacuna/Import/OnnxWriter.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace lacuna;

static Expected<std::string>
replaceInOnnx(const ModelSource &source,
              std::span<const NamedTensor> parameters) {
  std::vector<OnnxInitializer> replacements;
  std::vector<Tensor> packed;
  for (const NamedTensor &parameter : parameters) {
    Expected<Tensor> value = parameter.value.contiguous();
    if (!value)
      return value.error();
    packed.push_back(*value);
    StringRef name = parameter.name;
    name.consume_front("param:");
    const auto *bytes = static_cast<const std::byte *>(packed.back().data());
    replacements.push_back(
        {name.str(), packed.back().shape(),
         std::span(bytes, size_t(packed.back().byteSize()))});
  }
  std::string problem;
  std::optional<std::string> written =
      replaceInitializers(source.text, replacements, problem);
  if (!written)
    return Error(ErrorCode::InvalidArgument, source.name + ": " + problem);
  return *written;
}

/// The elements of `tensor` as MLIR keeps them: booleans packed by MLIR itself.
static DenseElementsAttr toElements(RankedTensorType type,
                                    const Tensor &tensor) {
  return DenseElementsAttr::getFromRawBuffer(
      type, ArrayRef(static_cast<const char *>(tensor.data()),
                     size_t(tensor.byteSize())));
}

static Error replaceArgument(func::FuncOp entry, const NamedTensor &parameter) {
  for (unsigned i = 0; i < entry.getNumArguments(); ++i) {
    if (argumentName(entry, i) != parameter.name)
      continue;
    auto type = dyn_cast<RankedTensorType>(entry.getArgumentTypes()[i]);
    Expected<Tensor> value = parameter.value.contiguous();
    if (!value)
      return value.error();
    if (!type || !type.hasStaticShape() ||
        type.getElementType() !=
            typeOf(entry.getContext(), value->dtype()) ||
        Shape(type.getShape()) != value->shape())
      return Error(ErrorCode::InvalidArgument,
                   "parameter `" + parameter.name +
                       "` must have the type of its argument, got " +
                       std::string(dtypeName(value->dtype())) + "[" +
                       formatShape(value->shape()) + "]");
    OpBuilder builder = OpBuilder::atBlockBegin(&entry.front());
    mlir::Value constant = arith::ConstantOp::create(builder, entry.getLoc(),
                                               toElements(type, *value));
    entry.getArgument(i).replaceAllUsesWith(constant);
    (void)entry.eraseArgument(i);
    return Error::success();
  }
  return Error(ErrorCode::NotFound, "there is no argument `" + parameter.name +
                                        "` to take a value");
}

/// Results that were next values of what is constant now.
static void dropUpdates(func::FuncOp entry,
                        std::span<const NamedTensor> parameters) {
  for (unsigned i = entry.getNumResults(); i-- > 0;) {
    auto of = entry.getResultAttrOfType<StringAttr>(i, names::updates);
    auto isReplaced = [&](const NamedTensor &parameter) {
      return of && of.getValue() == parameter.name;
    };
    if (!llvm::any_of(parameters, isReplaced))
      continue;
    entry.front().getTerminator()->eraseOperand(i);
    (void)entry.eraseResult(i);
  }
}

Expected<std::string>
lacuna::replaceParameters(const ModelSource &source,
                          const CompileOptions &options,
                          std::span<const NamedTensor> parameters) {
  if (source.isOnnx)
    return replaceInOnnx(source, parameters);
  Expected<LoadedModule> loaded = loadModule(source, options);
  if (!loaded)
    return loaded.error();
  func::FuncOp entry = publicFunctions(*loaded->module).front();
  for (const NamedTensor &parameter : parameters)
    if (Error error = replaceArgument(entry, parameter))
      return Error(error.code(), source.name + ": " + error.message());
  dropUpdates(entry, parameters);
  std::string text;
  llvm::raw_string_ostream stream(text);
  loaded->module->print(stream);
  return text;
}
