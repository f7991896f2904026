//===- Signature.cpp - The inputs a model asks for ------------------------===//
#include "Diagnostics.h"
#include "ElementType.h"
#include "LoadedModule.h"
#include "lacuna/IR/Names.h"
#include "lacuna/Import/Onnx.h"

#include "mlir/IR/MLIRContext.h"

using namespace mlir;
using namespace lacuna;

static Error untyped(const std::string &model, const std::string &value) {
  return Error(ErrorCode::Unsupported,
               model + ": input `" + value +
                   "` must be a tensor of numbers or booleans");
}

static Expected<std::vector<lacuna::Value>>
onnxInputs(const ModelSource &source) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  CollectDiagnostics diagnostics(&context);
  FailureOr<OnnxSignature> signature =
      readOnnxSignature(context, source.text, source.name);
  if (failed(signature))
    return diagnostics.error(ErrorCode::Corrupt, source.name + ": not a model");
  std::vector<lacuna::Value> values;
  for (const OnnxValue &input : signature->inputs) {
    std::optional<DType> type;
    if (input.elementType)
      type = dtypeOf(input.elementType, input.isUnsigned);
    if (!type)
      return untyped(source.name, input.name);
    values.push_back({input.name, *type, input.shape, input.isRanked});
  }
  return values;
}

static Expected<std::vector<lacuna::Value>>
entryInputs(const ModelSource &source, func::FuncOp entry) {
  std::vector<lacuna::Value> values;
  for (auto [index, type] : llvm::enumerate(entry.getArgumentTypes())) {
    std::string name = argumentName(entry, index);
    bool isUnsigned =
        bool(entry.getArgAttr(index, names::unsignedElements));
    std::optional<DType> dtype;
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (tensor)
      dtype = dtypeOf(tensor.getElementType(), isUnsigned);
    if (!dtype)
      return untyped(source.name, name);
    values.push_back({name, *dtype, {}});
    for (int64_t size : tensor.getShape())
      values.back().shape.push_back(ShapedType::isDynamic(size) ? -1 : size);
  }
  return values;
}

Expected<std::vector<lacuna::Value>>
lacuna::readSignature(const ModelSource &source,
                      const CompileOptions &options) {
  if (source.isOnnx)
    return onnxInputs(source);
  Expected<LoadedModule> loaded = loadModule(source, options);
  if (!loaded)
    return loaded.error();
  return entryInputs(source, publicFunctions(*loaded->module).front());
}
