//===- ProgramOnDevice.cpp - Programs whose kernels run on a GPU ----------===//
#include "Program.h"

#include "lacuna/Codegen/DeviceCode.h"

using namespace lacuna;

Error Program::State::loadDevice(mlir::ModuleOp module, int ordinal) {
  auto kernels = module.lookupSymbol<mlir::ModuleOp>("device");
  mlir::FailureOr<std::string> code = compileToPTX(kernels, "sm_80");
  if (failed(code))
    return Error(ErrorCode::Unsupported, "code generation failed");
  kernels.erase();
  CudaImage image;
  image.code = std::move(*code);
  image.kernels = kernelNames;
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
                                  std::span<LacunaKernelProfile> times) const {
  std::vector<Tensor> packed;
  if (Error error = prepare(given, results, packed))
    return error;
  return device->call(entry, packed, results, times);
}
