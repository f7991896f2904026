//===- EmitKernels.cpp - Tensor bodies of kernels to loops ----------------===//
#include "DeviceGroup.h"
#include "lacuna/IR/Names.h"
#include "lacuna/IR/OpClass.h"
#include "lacuna/Lowering/Emitters.h"
#include "lacuna/Lowering/Passes.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace lacuna {
#define GEN_PASS_DEF_EMITKERNELS
#include "lacuna/Lowering/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

static EmitterTable buildTable() {
  EmitterTable table;
  registerContractionEmitters(table);
  registerConvolutionEmitters(table);
  registerConvolutionGradientEmitters(table);
  registerAttentionEmitters(table);
  registerInterleaveEmitters(table);
  registerPackFilterEmitters(table);
  registerPoolingEmitters(table);
  registerPoolingGradientEmitters(table);
  registerReductionEmitters(table);
  registerResamplingEmitters(table);
  registerSamplingEmitters(table);
  registerShuffleEmitters(table);
  registerDataMovementEmitters(table);
  registerSoftmaxEmitters(table);
  registerNormalizationEmitters(table);
  registerGatherEmitters(table);
  registerLineEmitters(table);
  registerScatterEmitters(table);
  registerTopKEmitters(table);
  registerRotaryEmbeddingEmitters(table);
  registerLpNormalizeEmitters(table);
  registerHardmaxEmitters(table);
  registerLossEmitters(table);
  registerMetricsEmitters(table);
  return table;
}

/// The one op that decides the kernel's loops, if it has one.
static Operation *findRoot(const KernelBuilder &kernel) {
  for (Operation *op : kernel.ops())
    if (classify(op) == OpClass::Root)
      return op;
  return nullptr;
}

namespace {
struct EmitKernels : lacuna::impl::EmitKernelsBase<EmitKernels> {
  using EmitKernelsBase::EmitKernelsBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (!function->hasAttr(names::kernel))
      return;
    static const EmitterTable table = buildTable();
    CPUTarget target;
    target.vectorBits = vectorBits;
    KernelBuilder kernel(function, target);
    if (failed(emit(kernel, table)) ||
        failed(placeScratch(function, isOnDevice(kernel))))
      signalPassFailure();
    else if (isOnDevice(kernel))
      alignAccesses(function);
  }

  LogicalResult emit(KernelBuilder &kernel, const EmitterTable &table) {
    Operation *root = findRoot(kernel);
    if (!root) {
      std::optional<LogicalResult> done = emitTransposed(kernel);
      return done ? *done : emitPointwise(kernel);
    }
    EmitFunction emitter = table.lookup(root);
    if (!emitter)
      return root->emitOpError("has no CPU lowering");
    return emitter(kernel, root);
  }
};
} // namespace
