//===- AxisLines.h - Loops along one axis of a tensor --------------*- C++ -*-===//
// For ops that walk one axis in order and treat all other indices alike.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_AXISLINES_H
#define LACUNA_LIB_LOWERING_AXISLINES_H

#include "lacuna/Lowering/KernelBuilder.h"

namespace lacuna {

/// Calls `body` for every line of a tensor of `shape` along `axis`: a position
/// without an index for that axis. Where the axis is not the last one, a
/// position stands for up to `lanes` neighbouring lines.
mlir::LogicalResult
forAxisLines(KernelBuilder &kernel, llvm::ArrayRef<int64_t> shape, int64_t axis,
         int64_t lanes, llvm::function_ref<mlir::LogicalResult(Position)> body);

/// `element` in f32 when it is of a narrower floating-point type.
mlir::Value widenElement(KernelBuilder &kernel, mlir::Value element);
/// `element` rounded to `type`, an element type, when it is a wider one.
mlir::Value narrowElement(KernelBuilder &kernel, mlir::Value element,
                          mlir::Type type);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_AXISLINES_H
