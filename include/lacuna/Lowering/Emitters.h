//===- Emitters.h - Loops for the root op of a kernel -----------*- C++ -*-===//
// A table from op to the function that emits its loops; one registration
// function a family, all called from EmitKernels.cpp.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LOWERING_EMITTERS_H
#define LACUNA_LOWERING_EMITTERS_H

#include "lacuna/Lowering/KernelBuilder.h"

#include "llvm/ADT/StringMap.h"

#include <optional>

namespace lacuna {

/// Emits the loops of the kernel whose root is `root`. Fails with a
/// diagnostic on `root` when it cannot.
using EmitFunction =
    mlir::LogicalResult (*)(KernelBuilder &kernel, mlir::Operation *root);

class EmitterTable {
public:
  template <typename Op> void add(EmitFunction emit) {
    table[Op::getOperationName()] = emit;
  }
  EmitFunction lookup(mlir::Operation *op) const {
    return table.lookup(op->getName().getStringRef());
  }

private:
  llvm::StringMap<EmitFunction> table;
};

/// Moves scratch that a thread's stack has no room for to the heap. Fails where
/// it is more than a call may take.
mlir::LogicalResult placeScratch(mlir::func::FuncOp function, bool onDevice);

/// Kernels without a root: one pass over the elements of the results.
mlir::LogicalResult emitPointwise(KernelBuilder &kernel);
/// A kernel without a root around one transpose that moves the contiguous
/// dimension: in square tiles. Nothing on any other kernel.
std::optional<mlir::LogicalResult> emitTransposed(KernelBuilder &kernel);
/// Any linalg op with reduction loops.
mlir::LogicalResult emitReduction(KernelBuilder &kernel,
                                  mlir::Operation *root);

void registerContractionEmitters(EmitterTable &table);
void registerConvolutionEmitters(EmitterTable &table);
void registerConvolutionGradientEmitters(EmitterTable &table);
void registerAttentionEmitters(EmitterTable &table);
void registerInterleaveEmitters(EmitterTable &table);
void registerPackFilterEmitters(EmitterTable &table);
void registerPoolingEmitters(EmitterTable &table);
void registerPoolingGradientEmitters(EmitterTable &table);
void registerReductionEmitters(EmitterTable &table);
void registerResamplingEmitters(EmitterTable &table);
void registerSamplingEmitters(EmitterTable &table);
void registerShuffleEmitters(EmitterTable &table);
void registerDataMovementEmitters(EmitterTable &table);
void registerSoftmaxEmitters(EmitterTable &table);
void registerNormalizationEmitters(EmitterTable &table);
void registerGatherEmitters(EmitterTable &table);
void registerLineEmitters(EmitterTable &table);
void registerScatterEmitters(EmitterTable &table);
void registerTopKEmitters(EmitterTable &table);
void registerRotaryEmbeddingEmitters(EmitterTable &table);
void registerLpNormalizeEmitters(EmitterTable &table);
void registerHardmaxEmitters(EmitterTable &table);
void registerLossEmitters(EmitterTable &table);
void registerMetricsEmitters(EmitterTable &table);

} // namespace lacuna

#endif // LACUNA_LOWERING_EMITTERS_H
