//===- CopyMemRef.h - copies between strided memrefs ------------*- C++ -*-===//
//
// The function that MLIR's lowering of a strided `memref.copy` calls, and its
// arguments as that lowering lays them out.
//
//===----------------------------------------------------------------------===//

#ifndef LACUNA_LIB_RUNTIME_COPYMEMREF_H
#define LACUNA_LIB_RUNTIME_COPYMEMREF_H

#include <cstdint>

/// Points to: allocated pointer, aligned pointer, offset, `rank` sizes, `rank`
/// strides; offset and strides count elements.
struct LacunaUnrankedMemRef {
  int64_t rank;
  void *descriptor;
};

extern "C" void memrefCopy(int64_t elementSize, LacunaUnrankedMemRef *source,
                           LacunaUnrankedMemRef *target);

#endif // LACUNA_LIB_RUNTIME_COPYMEMREF_H
