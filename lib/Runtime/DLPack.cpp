//===- DLPack.cpp - tensors to and from other libraries -------------------===//
//
// DLPack's first exchange structure (DLManagedTensor), which NumPy, PyTorch,
// JAX and CuPy all speak.
//
//===----------------------------------------------------------------------===//

#include "lacuna/Runtime/Tensor.h"

#include <dlpack/dlpack.h>
#include <fmt/format.h>

namespace lacuna {

/// Of DLPack 0.8; the header this is built with may be older.
static constexpr uint8_t boolCode = 6;

static DLDataType toDataType(DType type) {
  uint8_t bits = static_cast<uint8_t>(8 * byteWidth(type));
  uint8_t code = kDLInt;
  if (type == DType::I1)
    code = boolCode;
  else if (type == DType::BF16)
    code = kDLBfloat;
  else if (isFloat(type))
    code = kDLFloat;
  else if (type >= DType::U8)
    code = kDLUInt;
  return {code, bits, 1};
}

static Expected<DType> fromDataType(DLDataType type) {
  for (DType candidate :
       {DType::F64, DType::F32, DType::F16, DType::BF16, DType::I1, DType::I8,
        DType::I16, DType::I32, DType::I64, DType::U8, DType::U16, DType::U32,
        DType::U64}) {
    DLDataType known = toDataType(candidate);
    if (type.code == known.code && type.bits == known.bits && type.lanes == 1)
      return candidate;
  }
  return Error(ErrorCode::Unsupported,
               fmt::format("DLPack type of code {}, {} bits and {} lanes must "
                           "be one of Lacuna's element types",
                           type.code, type.bits, type.lanes));
}

static Error checkPlace(DLDevice device, std::optional<int> gpu) {
  bool host = device.device_type == kDLCPU || device.device_type == kDLCUDAHost;
  bool fits = gpu ? device.device_type == kDLCUDA && device.device_id == *gpu
                  : host;
  if (fits)
    return Error::success();
  std::string place = gpu ? fmt::format("of GPU {}", *gpu) : "of the host";
  return Error(ErrorCode::Unsupported,
               fmt::format("DLPack tensor must be in the memory {}, got device "
                           "type {}, number {}",
                           place, static_cast<int>(device.device_type),
                           device.device_id));
}

static Error checkTensor(const DLTensor &tensor, std::optional<int> gpu) {
  if (Error error = checkPlace(tensor.device, gpu))
    return error;
  if (tensor.ndim < 0 || (tensor.ndim > 0 && !tensor.shape))
    return Error(ErrorCode::InvalidArgument,
                 "DLPack tensor must have a shape of at least 0 dimensions");
  return Error::success();
}

/// Null when the producer gave no deleter: then it keeps the storage alive.
static std::shared_ptr<void> ownerOf(DLManagedTensor *managed) {
  if (!managed->deleter)
    return nullptr;
  return std::shared_ptr<void>(managed, [](void *self) {
    auto *managed = static_cast<DLManagedTensor *>(self);
    managed->deleter(managed);
  });
}

Expected<Tensor> Tensor::fromDLPack(DLManagedTensor *managed,
                                    std::optional<int> gpu) {
  if (!managed)
    return Error(ErrorCode::InvalidArgument, "DLPack tensor must not be null");
  const DLTensor &tensor = managed->dl_tensor;
  if (Error error = checkTensor(tensor, gpu))
    return error;
  Expected<DType> type = fromDataType(tensor.dtype);
  if (!type)
    return type.takeError();
  Shape shape(tensor.shape, tensor.shape + tensor.ndim);
  Shape strides;
  if (tensor.strides)
    strides.assign(tensor.strides, tensor.strides + tensor.ndim);
  void *data = tensor.data;
  if (data)
    data = static_cast<char *>(data) + tensor.byte_offset;
  // Owned only once nothing can fail any more.
  Expected<Tensor> result =
      borrow(*type, std::move(shape), std::move(strides), data, nullptr);
  if (result)
    result->storage = ownerOf(managed);
  return result;
}

DLManagedTensor *Tensor::toDLPack() const {
  struct Export {
    Tensor tensor;
    DLManagedTensor managed;
  };
  auto *exported = new Export{*this, {}};
  Tensor &tensor = exported->tensor;
  exported->managed.dl_tensor = {tensor.base,
                                 {kDLCPU, 0},
                                 static_cast<int>(tensor.dims.size()),
                                 toDataType(tensor.type),
                                 tensor.dims.data(),
                                 tensor.steps.data(),
                                 0};
  exported->managed.manager_ctx = exported;
  exported->managed.deleter = [](DLManagedTensor *self) {
    delete static_cast<Export *>(self->manager_ctx);
  };
  return &exported->managed;
}

} // namespace lacuna
