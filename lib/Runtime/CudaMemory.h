//===- CudaMemory.h - memory on a GPU ---------------------------*- C++ -*-===//
#ifndef LACUNA_LIB_RUNTIME_CUDAMEMORY_H
#define LACUNA_LIB_RUNTIME_CUDAMEMORY_H

#include "CudaDriver.h"

#include <algorithm>
#include <utility>

namespace lacuna {

/// Device memory, freed with its owner.
class DeviceMemory {
public:
  DeviceMemory() = default;
  DeviceMemory(const CudaDriver &driver, CudaPointer address, int64_t bytes)
      : driver(&driver), address(address), size(bytes) {}
  DeviceMemory(DeviceMemory &&other) noexcept { *this = std::move(other); }
  DeviceMemory &operator=(DeviceMemory &&other) noexcept {
    std::swap(driver, other.driver);
    std::swap(address, other.address);
    std::swap(size, other.size);
    return *this;
  }
  ~DeviceMemory() {
    if (driver)
      driver->release(address);
  }

  static Expected<DeviceMemory> allocate(const CudaDriver &driver,
                                         int64_t bytes) {
    CudaPointer address = 0;
    // Programs may have buffers of no bytes; the driver does not.
    bytes = std::max<int64_t>(bytes, 16);
    int code = driver.allocate(&address, size_t(bytes));
    if (Error error = driver.check(code, "allocating memory on the GPU"))
      return error;
    return DeviceMemory(driver, address, bytes);
  }

  int64_t bytes() const { return size; }
  CudaPointer get() const { return address; }
  void *pointer() const { return reinterpret_cast<void *>(address); }

private:
  const CudaDriver *driver = nullptr;
  CudaPointer address = 0;
  int64_t size = 0;
};

} // namespace lacuna

#endif // LACUNA_LIB_RUNTIME_CUDAMEMORY_H
