//===- HopperKernel.h - Device kernels and their launch ---------*- C++ -*-===//
#ifndef LACUNA_LIB_LOWERING_HOPPERKERNEL_H
#define LACUNA_LIB_LOWERING_HOPPERKERNEL_H

#include "HopperBuilder.h"
#include "lacuna/IR/Dialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace lacuna {

/// The number of the buffer `tensor` is read from, or written to; -1 if it is
/// computed in the kernel or has strides of its own.
int64_t hopperBuffer(mlir::Value tensor);

/// Rows of a map of packed sequences; see `hopperPackedPlace`.
constexpr int64_t hopperRaggedRows = int64_t(1) << 30;

/// A tensor map; strides are bytes of all dimensions but the innermost, which
/// comes first.
struct HopperMap {
  int64_t buffer;
  mlir::Type element;
  llvm::SmallVector<int64_t> sizes, strides, box;
  /// Of pixels: corners of the places a window stands at and steps between
  /// them, innermost first; `box` is then {channels, pixels}.
  llvm::SmallVector<int64_t> lower, upper, steps;

  /// Whether TMA can read it.
  bool isLegal() const;
  mlir::Attribute attribute() const;
};

/// A map of an operand of attention as (depth, sequence, heads, batch), in
/// boxes of `box` features and rows; ones in front of its shape are left out.
/// Four dimensions: what leaves a sequence is zero, not part of the next.
HopperMap headsMap(mlir::Value tensor, AttentionLayout layout,
                   llvm::ArrayRef<int64_t> box);

/// An empty device kernel beside `kernel`: pointers to its buffers, then tensor
/// maps by value.
/// Where it `fails`, a pointer to tell that by comes last.
mlir::LLVM::LLVMFuncOp createHopperKernel(mlir::func::FuncOp kernel,
                                          int64_t maps, bool fails = false);

struct HopperLaunch {
  int64_t grid, block, sharedBytes;
  int64_t cluster = 1;
};
void setHopperLaunch(mlir::LLVM::LLVMFuncOp function,
                     const HopperLaunch &launch,
                     llvm::ArrayRef<HopperMap> maps);


/// A builder at the start of the body of `function`.
HopperBuilder hopperBody(mlir::LLVM::LLVMFuncOp function);

/// Global memory of the kernel's own, zero unless it has a `value` for good,
/// and its address at the start of the body.
mlir::Value createHopperGlobal(HopperBuilder &builder,
                               mlir::LLVM::LLVMFuncOp function,
                               llvm::StringRef suffix, mlir::Type type,
                               mlir::Attribute value);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERKERNEL_H
