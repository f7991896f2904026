//===- OnnxSignature.cpp - What a model takes, gives and holds ------------===//
// Read from the ModelProto alone, without importing its graph.
//===----------------------------------------------------------------------===//
#include "TensorData.h"
#include "lacuna/Import/Onnx.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace lacuna;

bool lacuna::parseModel(StringRef bytes, onnx::ModelProto &model) {
  return bytes.size() < size_t(1) << 31 &&
         model.ParseFromArray(bytes.data(), bytes.size());
}

FailureOr<OnnxSignature> lacuna::readOnnxSignature(MLIRContext &context,
                                                   StringRef bytes,
                                                   StringRef path) {
  Location loc = FileLineColLoc::get(&context, path, 0, 0);
  onnx::ModelProto model;
  if (!parseModel(bytes, model))
    return emitError(loc) << "not an ONNX model";
  OnnxSignature signature;
  llvm::StringSet<> initialized;
  for (const auto &tensor : model.graph().initializer())
    initialized.insert(tensor.name());
  auto read = [&](const auto &values, std::vector<OnnxValue> &into) {
    for (const auto &value : values) {
      if (initialized.contains(value.name()))
        continue;
      OnnxValue entry;
      entry.name = value.name();
      entry.isRanked = value.type().tensor_type().has_shape();
      const auto &tensor = value.type().tensor_type();
      auto type = elementType(&context, tensor.elem_type(), entry.isUnsigned);
      entry.elementType = succeeded(type) ? *type : Type();
      for (const auto &dim : tensor.shape().dim()) {
        entry.shape.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
        entry.dimensionNames.push_back(dim.dim_param());
      }
      into.push_back(std::move(entry));
    }
  };
  read(model.graph().input(), signature.inputs);
  read(model.graph().output(), signature.outputs);
  return signature;
}

FailureOr<std::vector<OnnxTensor>>
lacuna::readOnnxParameters(MLIRContext &context, StringRef bytes,
                           StringRef path) {
  Location loc = FileLineColLoc::get(&context, path, 0, 0);
  onnx::ModelProto model;
  if (!parseModel(bytes, model))
    return emitError(loc) << "not an ONNX model";
  std::vector<OnnxTensor> parameters;
  for (const auto &tensor : model.graph().initializer()) {
    bool isUnsigned;
    auto type = elementType(&context, tensor.data_type(), isUnsigned);
    if (failed(type) || !isa<FloatType>(*type))
      continue;
    auto data = readTensor(loc, tensor, llvm::sys::path::parent_path(path));
    if (failed(data))
      return failure();
    parameters.push_back(std::move(*data));
  }
  return parameters;
}
