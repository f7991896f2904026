//===- PlaceScratch.cpp - Where a kernel's own memory lies ----------------===//
// Emitters ask for scratch by shapes that a model decides, and stacks are small:
// what is too much for one is on the heap, and too much for that an error.
//===----------------------------------------------------------------------===//
#include "DeviceGroup.h"
#include "lacuna/Lowering/Emitters.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace lacuna;

/// What a call may take of its thread's stack, 8 MB by default.
static constexpr uint64_t stackBytes = 512 << 10;
/// What a call may take of the heap; each thread runs one call at a time.
static constexpr uint64_t heapBytes = 256 << 20;
/// What CUDA allows a thread of a GPU.
static constexpr uint64_t deviceBytes = 512 << 10;

/// The bytes of `type`, UINT64_MAX if there are too many to count.
static uint64_t bytesOf(MemRefType type) {
  Type element = type.getElementType();
  uint64_t bytes =
      element.isIndex()
          ? 8
          : llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
  for (int64_t size : type.getShape())
    bytes = llvm::SaturatingMultiply<uint64_t>(bytes, size);
  return bytes;
}

static void moveToHeap(memref::AllocaOp scratch) {
  OpBuilder builder(scratch);
  auto function = scratch->getParentOfType<func::FuncOp>();
  Value memory =
      memref::AllocOp::create(builder, scratch.getLoc(), scratch.getType(),
                              scratch.getAlignmentAttr());
  scratch.replaceAllUsesWith(memory);
  function.walk([&](func::ReturnOp end) {
    builder.setInsertionPoint(end);
    memref::DeallocOp::create(builder, scratch.getLoc(), memory);
  });
  scratch.erase();
}

LogicalResult lacuna::placeScratch(func::FuncOp function, bool onDevice) {
  SmallVector<memref::AllocaOp> memories;
  uint64_t total = 0;
  function.walk([&](memref::AllocaOp scratch) {
    if (scratch.getType().getMemorySpace())
      return; // shared by the threads of a block
    memories.push_back(scratch);
    total = llvm::SaturatingAdd(total, bytesOf(scratch.getType()));
  });
  uint64_t most = onDevice ? deviceBytes : heapBytes;
  if (total > most)
    return emitError(function.getLoc())
           << "scratch of a kernel must be " << most
           << " bytes per thread at most, got " << total;
  if (onDevice)
    return success();
  llvm::stable_sort(memories, [](memref::AllocaOp a, memref::AllocaOp b) {
    return bytesOf(a.getType()) > bytesOf(b.getType());
  });
  for (memref::AllocaOp scratch : memories) {
    if (total <= stackBytes)
      break;
    total -= bytesOf(scratch.getType());
    moveToHeap(scratch);
  }
  return success();
}
