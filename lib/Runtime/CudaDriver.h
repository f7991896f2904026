//===- CudaDriver.h - NVIDIA's driver, found at run time --------*- C++ -*-===//
//
// The functions of libcuda.so.1 that Lacuna calls. Its headers are not needed;
// the library is opened when a program for the GPU is first loaded.
//
//===----------------------------------------------------------------------===//

#ifndef LACUNA_LIB_RUNTIME_CUDADRIVER_H
#define LACUNA_LIB_RUNTIME_CUDADRIVER_H

#include "lacuna/Support/Error.h"

#include <cstddef>
#include <cstdint>

namespace lacuna {

/// Handles and numbers as the driver's ABI has them.
using CudaPointer = uint64_t;
using CudaHandle = void *;

struct CudaDriver {
  int (*init)(unsigned flags);
  int (*errorString)(int code, const char **text);
  int (*deviceCount)(int *count);
  int (*device)(int *device, int ordinal);
  int (*deviceAttribute)(int *value, int attribute, int device);
  int (*retainContext)(CudaHandle *context, int device);
  int (*setContext)(CudaHandle context);
  int (*loadModule)(CudaHandle *module, const void *image, unsigned count,
                    int *options, void **values);
  int (*unloadModule)(CudaHandle module);
  int (*createLink)(unsigned count, int *options, void **values,
                    CudaHandle *link);
  int (*addToLink)(CudaHandle link, int type, void *data, size_t bytes,
                   const char *name, unsigned count, int *options,
                   void **values);
  int (*finishLink)(CudaHandle link, void **code, size_t *bytes);
  int (*destroyLink)(CudaHandle link);
  int (*version)(int *version);
  int (*getFunction)(CudaHandle *function, CudaHandle module,
                     const char *name);
  int (*setAttribute)(CudaHandle function, int attribute, int value);
  int (*encodeTiled)(void *map, int element, unsigned rank, void *address,
                     const uint64_t *sizes, const uint64_t *strides,
                     const uint32_t *box, const uint32_t *steps,
                     int interleave, int swizzle, int promotion, int fill);
  int (*encodePixels)(void *map, int element, unsigned rank, void *address,
                      const uint64_t *sizes, const uint64_t *strides,
                      const int32_t *lower, const int32_t *upper,
                      unsigned channels, unsigned pixels,
                      const uint32_t *steps, int interleave, int swizzle,
                      int promotion, int fill);
  int (*allocate)(CudaPointer *pointer, size_t bytes);
  int (*release)(CudaPointer pointer);
  int (*upload)(CudaPointer to, const void *from, size_t bytes,
                CudaHandle stream);
  int (*download)(void *to, CudaPointer from, size_t bytes, CudaHandle stream);
  int (*copy)(CudaPointer to, CudaPointer from, size_t bytes,
              CudaHandle stream);
  int (*fill)(CudaPointer to, unsigned char value, size_t bytes,
              CudaHandle stream);
  int (*createStream)(CudaHandle *stream, unsigned flags);
  int (*destroyStream)(CudaHandle stream);
  int (*synchronize)(CudaHandle stream);
  int (*beginCapture)(CudaHandle stream, int mode);
  int (*endCapture)(CudaHandle stream, CudaHandle *graph);
  int (*instantiate)(CudaHandle *executable, CudaHandle graph,
                     unsigned long long flags);
  int (*launchGraph)(CudaHandle executable, CudaHandle stream);
  int (*destroyGraph)(CudaHandle graph);
  int (*destroyExecutable)(CudaHandle executable);
  int (*launch)(CudaHandle function, unsigned gridX, unsigned gridY,
                unsigned gridZ, unsigned blockX, unsigned blockY,
                unsigned blockZ, unsigned sharedBytes, CudaHandle stream,
                void **parameters, void **extra);
  int (*createEvent)(CudaHandle *event, unsigned flags);
  int (*recordEvent)(CudaHandle event, CudaHandle stream);
  int (*waitEvent)(CudaHandle stream, CudaHandle event, unsigned flags);
  int (*elapsed)(float *milliseconds, CudaHandle begin, CudaHandle end);
  int (*destroyEvent)(CudaHandle event);

  /// The driver, initialised; or why there is none. Safe on any thread.
  static Expected<const CudaDriver *> get();

  /// What the driver says of a code other than 0, after `what`.
  Error check(int code, const char *what) const;
};

} // namespace lacuna

#endif // LACUNA_LIB_RUNTIME_CUDADRIVER_H
