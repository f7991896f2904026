//===- TensorData.cpp - Elements of TensorProtos --------------------------===//
#include "TensorData.h"

#include "lacuna/IR/TensorSize.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Location.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace lacuna;

/// Above this many elements constants live in resources, printed in short.
static constexpr int64_t resourceThreshold = 32;

FailureOr<Type> lacuna::elementType(MLIRContext *context, int32_t onnxType,
                                    bool &isUnsigned) {
  isUnsigned = false;
  auto integer = [&](unsigned bits) { return IntegerType::get(context, bits); };
  switch (onnxType) {
  case onnx::TensorProto::FLOAT:
    return Type(Float32Type::get(context));
  case onnx::TensorProto::DOUBLE:
    return Type(Float64Type::get(context));
  case onnx::TensorProto::FLOAT16:
    return Type(Float16Type::get(context));
  case onnx::TensorProto::BFLOAT16:
    return Type(BFloat16Type::get(context));
  case onnx::TensorProto::BOOL:
    return Type(integer(1));
  case onnx::TensorProto::INT8:
    return Type(integer(8));
  case onnx::TensorProto::INT16:
    return Type(integer(16));
  case onnx::TensorProto::INT32:
    return Type(integer(32));
  case onnx::TensorProto::INT64:
    return Type(integer(64));
  }
  isUnsigned = true;
  switch (onnxType) {
  case onnx::TensorProto::UINT8:
    return Type(integer(8));
  case onnx::TensorProto::UINT16:
    return Type(integer(16));
  case onnx::TensorProto::UINT32:
    return Type(integer(32));
  case onnx::TensorProto::UINT64:
    return Type(integer(64));
  }
  return failure();
}

static int64_t widthOf(Type type) {
  return std::max<int64_t>(type.getIntOrFloatBitWidth() / 8, 1);
}

LogicalResult lacuna::checkSize(Location loc, RankedTensorType type) {
  if (isTensorSize(type.getShape(), widthOf(type.getElementType())))
    return success();
  return emitError(loc) << "tensors must have at most 2^40 bytes, got " << type;
}

/// Copies a repeated field of wider elements into elements of `To`.
template <typename To, typename Field>
static std::vector<char> narrow(const Field &field) {
  std::vector<char> bytes(field.size() * sizeof(To));
  for (int i = 0; i < field.size(); ++i) {
    To value = static_cast<To>(field.Get(i));
    std::memcpy(bytes.data() + i * sizeof(To), &value, sizeof(To));
  }
  return bytes;
}

static std::vector<char> typedData(const onnx::TensorProto &tensor) {
  switch (tensor.data_type()) {
  case onnx::TensorProto::FLOAT:
    return narrow<float>(tensor.float_data());
  case onnx::TensorProto::DOUBLE:
    return narrow<double>(tensor.double_data());
  case onnx::TensorProto::INT64:
    return narrow<int64_t>(tensor.int64_data());
  case onnx::TensorProto::UINT64:
    return narrow<uint64_t>(tensor.uint64_data());
  case onnx::TensorProto::UINT32:
    return narrow<uint32_t>(tensor.uint64_data());
  case onnx::TensorProto::INT32:
    return narrow<int32_t>(tensor.int32_data());
  case onnx::TensorProto::FLOAT16:
  case onnx::TensorProto::BFLOAT16:
  case onnx::TensorProto::INT16:
  case onnx::TensorProto::UINT16:
    return narrow<uint16_t>(tensor.int32_data());
  default:
    return narrow<uint8_t>(tensor.int32_data());
  }
}

static FailureOr<std::vector<char>>
externalData(Location loc, const onnx::TensorProto &tensor, StringRef folder,
             int64_t expected) {
  std::string location;
  int64_t offset = 0, length = expected;
  for (const auto &entry : tensor.external_data()) {
    if (entry.key() == "location")
      location = entry.value();
    bool bad = (entry.key() == "offset" &&
                StringRef(entry.value()).getAsInteger(10, offset)) ||
               (entry.key() == "length" &&
                StringRef(entry.value()).getAsInteger(10, length));
    if (bad)
      return emitError(loc) << "external data of `" << tensor.name()
                            << "` has a bad " << entry.key();
  }
  if (llvm::sys::path::is_absolute(location) ||
      llvm::is_contained(llvm::make_range(llvm::sys::path::begin(location),
                                          llvm::sys::path::end(location)),
                         ".."))
    return emitError(loc) << "external data of `" << tensor.name()
                          << "` must lie in the model's folder, got `"
                          << location << "`";
  llvm::SmallString<128> path(folder);
  llvm::sys::path::append(path, location);
  auto file = llvm::MemoryBuffer::getFile(path, false, false);
  if (!file)
    return emitError(loc) << path << ": " << file.getError().message();
  StringRef content = (*file)->getBuffer();
  if (offset < 0 || length != expected || offset > int64_t(content.size()) ||
      length > int64_t(content.size()) - offset)
    return emitError(loc) << "external data of `" << tensor.name()
                          << "` lies outside of " << path;
  StringRef part = content.substr(offset, length);
  return std::vector<char>(part.begin(), part.end());
}

FailureOr<OnnxTensor> lacuna::readTensor(Location loc,
                                         const onnx::TensorProto &tensor,
                                         StringRef folder) {
  OnnxTensor result;
  result.name = tensor.name();
  auto type = elementType(loc.getContext(), tensor.data_type(),
                          result.isUnsigned);
  if (failed(type))
    return emitError(loc) << "tensor `" << tensor.name()
                          << "` has unsupported element type "
                          << tensor.data_type();
  result.elementType = *type;
  int64_t count = 1;
  for (int64_t dim : tensor.dims()) {
    if (dim < 0 || llvm::MulOverflow(count, dim, count))
      return emitError(loc) << "tensor `" << tensor.name()
                            << "` has an impossible shape";
    result.shape.push_back(dim);
  }
  int64_t expected;
  if (llvm::MulOverflow(count, widthOf(*type), expected))
    return emitError(loc) << "tensor `" << tensor.name() << "` is too large";
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
    auto bytes = externalData(loc, tensor, folder, expected);
    if (failed(bytes))
      return failure();
    result.bytes = std::move(*bytes);
  } else if (tensor.has_raw_data()) {
    result.bytes.assign(tensor.raw_data().begin(), tensor.raw_data().end());
  } else {
    result.bytes = typedData(tensor);
  }
  if (int64_t(result.bytes.size()) != expected)
    return emitError(loc) << "tensor `" << tensor.name() << "` must hold "
                          << expected << " bytes, got " << result.bytes.size();
  if (type->isInteger(1))
    for (char &byte : result.bytes)
      byte = byte != 0;
  return result;
}

ElementsAttr lacuna::toAttribute(OnnxTensor tensor) {
  auto type = RankedTensorType::get(tensor.shape, tensor.elementType);
  int64_t count = type.getNumElements();
  if (tensor.elementType.isInteger(1)) {
    SmallVector<bool> values(tensor.bytes.begin(), tensor.bytes.end());
    return DenseElementsAttr::get(type, values);
  }
  if (count <= resourceThreshold)
    return DenseElementsAttr::getFromRawBuffer(type, tensor.bytes);
  StringRef name = tensor.name.empty() ? "constant" : StringRef(tensor.name);
  return DenseResourceElementsAttr::get(
      type, name,
      HeapAsmResourceBlob::allocateAndCopyWithAlign(tensor.bytes, 64));
}

FailureOr<OnnxTensor> lacuna::readTensorProto(MLIRContext &context,
                                              StringRef bytes, StringRef path) {
  Location loc = NameLoc::get(StringAttr::get(&context, path));
  onnx::TensorProto tensor;
  if (!tensor.ParseFromArray(bytes.data(), bytes.size()))
    return emitError(loc) << "not a serialised tensor";
  return readTensor(loc, tensor, llvm::sys::path::parent_path(path));
}
