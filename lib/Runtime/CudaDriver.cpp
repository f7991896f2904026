//===- CudaDriver.cpp - NVIDIA's driver, found at run time ----------------===//
#include "CudaDriver.h"

#include <dlfcn.h>

namespace lacuna {

/// Fills one slot of the table; whether the library has the function.
template <typename Function>
static bool find(void *library, const char *name, Function &slot) {
  slot = reinterpret_cast<Function>(dlsym(library, name));
  return slot != nullptr;
}

static bool findAll(void *library, CudaDriver &driver) {
  return find(library, "cuInit", driver.init) &&
         find(library, "cuGetErrorString", driver.errorString) &&
         find(library, "cuDeviceGetCount", driver.deviceCount) &&
         find(library, "cuDeviceGet", driver.device) &&
         find(library, "cuDeviceGetAttribute", driver.deviceAttribute) &&
         find(library, "cuDevicePrimaryCtxRetain", driver.retainContext) &&
         find(library, "cuCtxSetCurrent", driver.setContext) &&
         find(library, "cuModuleLoadDataEx", driver.loadModule) &&
         find(library, "cuModuleUnload", driver.unloadModule) &&
         find(library, "cuLinkCreate_v2", driver.createLink) &&
         find(library, "cuLinkAddData_v2", driver.addToLink) &&
         find(library, "cuLinkComplete", driver.finishLink) &&
         find(library, "cuLinkDestroy", driver.destroyLink) &&
         find(library, "cuDriverGetVersion", driver.version) &&
         find(library, "cuModuleGetFunction", driver.getFunction) &&
         find(library, "cuFuncSetAttribute", driver.setAttribute) &&
         find(library, "cuTensorMapEncodeTiled", driver.encodeTiled) &&
         find(library, "cuTensorMapEncodeIm2col", driver.encodePixels) &&
         find(library, "cuMemAlloc_v2", driver.allocate) &&
         find(library, "cuMemFree_v2", driver.release) &&
         find(library, "cuMemcpyHtoDAsync_v2", driver.upload) &&
         find(library, "cuMemcpyDtoHAsync_v2", driver.download) &&
         find(library, "cuMemcpyDtoDAsync_v2", driver.copy) &&
         find(library, "cuMemsetD8Async", driver.fill) &&
         find(library, "cuStreamCreate", driver.createStream) &&
         find(library, "cuStreamDestroy_v2", driver.destroyStream) &&
         find(library, "cuStreamSynchronize", driver.synchronize) &&
         find(library, "cuStreamBeginCapture_v2", driver.beginCapture) &&
         find(library, "cuStreamEndCapture", driver.endCapture) &&
         find(library, "cuGraphInstantiateWithFlags", driver.instantiate) &&
         find(library, "cuGraphLaunch", driver.launchGraph) &&
         find(library, "cuGraphDestroy", driver.destroyGraph) &&
         find(library, "cuGraphExecDestroy", driver.destroyExecutable) &&
         find(library, "cuLaunchKernel", driver.launch) &&
         find(library, "cuEventCreate", driver.createEvent) &&
         find(library, "cuEventRecord", driver.recordEvent) &&
         find(library, "cuStreamWaitEvent", driver.waitEvent) &&
         find(library, "cuEventElapsedTime", driver.elapsed) &&
         find(library, "cuEventDestroy_v2", driver.destroyEvent);
}

static Expected<const CudaDriver *> open() {
  void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return Error(ErrorCode::Unsupported,
                 "`--target=cuda` needs NVIDIA's driver: libcuda.so.1 was not "
                 "found");
  static CudaDriver driver;
  if (!findAll(library, driver))
    return Error(ErrorCode::Unsupported,
                 "NVIDIA's driver is too old: libcuda.so.1 lacks a function "
                 "of CUDA 12");
  if (Error error = driver.check(driver.init(0), "starting the GPU's driver"))
    return error;
  return &driver;
}

Expected<const CudaDriver *> CudaDriver::get() {
  static const Expected<const CudaDriver *> driver = open();
  return driver;
}

Error CudaDriver::check(int code, const char *what) const {
  if (code == 0)
    return Error::success();
  const char *text = nullptr;
  errorString(code, &text);
  constexpr int outOfMemory = 2;
  return Error(code == outOfMemory ? ErrorCode::OutOfMemory
                                   : ErrorCode::Unsupported,
               std::string(what) + " failed: " +
                   (text ? text : "CUDA error " + std::to_string(code)));
}

} // namespace lacuna
