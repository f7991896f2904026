//===- DeviceKernels.h - Kernels by blocks of threads -----------*- C++ -*-===//
#ifndef LACUNA_LIB_LOWERING_DEVICEKERNELS_H
#define LACUNA_LIB_LOWERING_DEVICEKERNELS_H

#include "ContractionShape.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/Lowering/KernelBuilder.h"

namespace lacuna {

/// Forms of kernels for a GPU, in place of those for a processor.
llvm::LogicalResult emitDeviceContraction(KernelBuilder &kernel,
                                          mlir::Operation *op,
                                          const ContractionShape &shape);
/// Any but depthwise convolutions.
llvm::LogicalResult emitDeviceConvolution(KernelBuilder &kernel,
                                          PackedConvolutionOp op);
/// Depthwise convolutions of few taps, where `fitsDeviceDepthwise`.
bool fitsDeviceDepthwise(PackedConvolutionOp op);
llvm::LogicalResult emitDeviceDepthwise(KernelBuilder &kernel,
                                        PackedConvolutionOp op);
/// Pyramids that read their map once, where `fitsDevicePyramid`.
bool fitsDevicePyramid(PoolingPyramidOp op);
llvm::LogicalResult emitDevicePyramid(KernelBuilder &kernel,
                                      PoolingPyramidOp op);

/// `width` neighbours of `buffer`, of one dimension, in `type`; zeros where
/// `inside` (null: always) is false, whose offset must be one of the buffer.
mlir::Value loadForProduct(KernelBuilder &kernel, mlir::Value buffer,
                           mlir::Value offset, int64_t width, mlir::Type type,
                           mlir::Value inside);
/// Rounds sums to the type of `tensor` and writes them.
llvm::LogicalResult storeProduct(KernelBuilder &kernel, mlir::Value tensor,
                                 mlir::Value sums, const Position &at);

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_DEVICEKERNELS_H
