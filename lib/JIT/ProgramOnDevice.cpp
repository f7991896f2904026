//===- ProgramOnDevice.cpp - Programs whose kernels run on a GPU ----------===//
#include "Program.h"

#include "ElementType.h"
#include "lacuna/IR/Names.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace lacuna;
using namespace mlir;

template <typename T>
static std::vector<T> readNumbers(Attribute attribute) {
  llvm::ArrayRef<int64_t> numbers =
      cast<DenseI64ArrayAttr>(attribute).asArrayRef();
  return std::vector<T>(numbers.begin(), numbers.end());
}

static CudaTensorMap readMap(DictionaryAttr entry) {
  CudaTensorMap map;
  map.buffer = size_t(entry.getAs<IntegerAttr>("buffer").getInt());
  Type element = entry.getAs<TypeAttr>("element").getValue();
  map.element = dtypeOf(element, /*isUnsigned=*/false).value_or(DType::U8);
  map.sizes = readNumbers<uint64_t>(entry.get("sizes"));
  map.strides = readNumbers<uint64_t>(entry.get("strides"));
  map.box = readNumbers<uint32_t>(entry.get("box"));
  map.swizzle = entry.getAs<IntegerAttr>("swizzle").getInt();
  if (entry.get("steps")) {
    map.lower = readNumbers<int32_t>(entry.get("lower"));
    map.upper = readNumbers<int32_t>(entry.get("upper"));
    map.steps = readNumbers<uint32_t>(entry.get("steps"));
  }
  return map;
}

static CudaTensorKernel readTensorKernel(LLVM::LLVMFuncOp function) {
  CudaTensorKernel kernel;
  kernel.name = function.getSymName().str();
  kernel.grid = readNumbers<int64_t>(function->getAttr(names::grid));
  auto number = [&](llvm::StringRef name) {
    return function->getAttrOfType<IntegerAttr>(name).getInt();
  };
  kernel.block = number(names::block);
  kernel.sharedBytes = number(names::sharedBytes);
  kernel.waits = function->hasAttr(names::waits);
  auto maps = function->getAttrOfType<ArrayAttr>(names::tensorMaps);
  for (auto map : maps.getAsRange<DictionaryAttr>())
    kernel.maps.push_back(readMap(map));
  return kernel;
}

/// How to launch the kernel called `name`.
static CudaKernel readKernel(ModuleOp portable, ModuleOp hopper,
                             const std::string &name) {
  CudaKernel kernel;
  kernel.name = name;
  auto function = portable.lookupSymbol<LLVM::LLVMFuncOp>(name);
  if (auto group = function->getAttrOfType<IntegerAttr>(names::group))
    kernel.group = group.getInt();
  auto device = function->getAttrOfType<FlatSymbolRefAttr>(names::device);
  if (hopper && device)
    kernel.hopper = readTensorKernel(
        hopper.lookupSymbol<LLVM::LLVMFuncOp>(device.getValue()));
  return kernel;
}

Error Program::State::loadDevice(ModuleOp module, int ordinal) {
  auto portable = module.lookupSymbol<ModuleOp>("device");
  auto hopper = module.lookupSymbol<ModuleOp>("hopper");
  CudaImage image;
  for (const std::string &name : kernelNames)
    image.kernels.push_back(readKernel(portable, hopper, name));
  auto codeOf = [](ModuleOp device) {
    return device ? device->getAttrOfType<StringAttr>("lacuna.code").str()
                  : std::string();
  };
  image.code = codeOf(portable);
  image.hopperCode = codeOf(hopper);
  portable.erase();
  if (hopper)
    hopper.erase();
  image.constants = constants;
  image.arenaBytes = info.arenaBytes;
  image.ordinal = ordinal;
  Expected<std::shared_ptr<CudaProgram>> loaded = CudaProgram::load(image);
  if (!loaded)
    return loaded.error();
  device = *loaded;
  return Error::success();
}

Error Program::State::runOnDevice(std::span<const Tensor> given,
                                  std::span<Tensor> results,
                                  std::span<LacunaKernelProfile> times,
                                  std::span<void *const> places) const {
  std::vector<Tensor> packed;
  if (Error error = prepare(given, results, packed))
    return error;
  return device->call(entry, packed, results, times, places);
}

std::optional<DeviceUse> Program::deviceUse() const {
  if (!state->device)
    return std::nullopt;
  return DeviceUse{state->device->ordinal(), state->device->seconds(),
                   state->device->bytes()};
}

/// Whether tensors in a GPU's memory can be used as they are, and where they
/// begin.
static Error takeAddresses(std::span<const Tensor> tensors,
                           const std::vector<lacuna::Value> &values,
                           std::vector<void *> &addresses) {
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (!tensors[i].isContiguous())
      return Error(ErrorCode::InvalidArgument,
                   "`" + values[i].name +
                       "` must be row-major to be used on the GPU in place");
    constexpr uintptr_t alignment = 16; // of vectors and tensor maps
    const void *begin = tensors[i].data();
    if (tensors[i].byteSize() > 0 &&
        reinterpret_cast<uintptr_t>(begin) % alignment)
      return Error(ErrorCode::InvalidArgument,
                   "`" + values[i].name +
                       "` must begin at a multiple of 16 bytes to be used on "
                       "the GPU in place");
    addresses.push_back(const_cast<void *>(begin));
  }
  return Error::success();
}

Error Program::callOnDevice(std::span<const Tensor> inputs,
                            std::span<Tensor> outputs, void *stream) const {
  if (!state->device)
    return Error(ErrorCode::InvalidArgument,
                 "the program runs on the host: compile it for `cuda` to use "
                 "tensors on a GPU");
  if (outputs.size() != state->outputs.size())
    return Error(ErrorCode::InvalidArgument,
                 "the program has " + std::to_string(state->outputs.size()) +
                     " outputs, got " + std::to_string(outputs.size()));
  std::vector<void *> in, out;
  if (inputs.size() == state->inputs.size()) // else `prepare` says so
    if (Error error = takeAddresses(inputs, state->inputs, in))
      return error;
  if (Error error = takeAddresses(outputs, state->outputs, out))
    return error;
  std::vector<Tensor> same;
  if (Error error = state->prepare(inputs, outputs, same))
    return error;
  return state->device->callInPlace(state->entry, in, out, stream);
}
