//===- Stages.cpp - The stages of compilation -----------------------------===//
#include "lacuna/Pipeline/Stages.h"

#include "lacuna/Autodiff/Passes.h"
#include "lacuna/IR/TensorSize.h"
#include "lacuna/Lowering/Passes.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace lacuna;

static void addModel(OpPassManager &passes, const PipelineOptions &options) {
  passes.addPass(createInlinerPass());
  passes.addPass(createSymbolDCEPass());
  passes.addNestedPass<func::FuncOp>(createExternalizeChecks());
  if (!options.dtype.empty())
    passes.addNestedPass<func::FuncOp>(createNarrowFloats({options.dtype}));
  passes.addPass(createCanonicalizerPass());
  passes.addPass(createCSEPass());
}

static AppendLossOptions lossOptions(const TrainingStep &step) {
  AppendLossOptions options;
  options.loss = step.loss;
  options.classAxis = step.classAxis;
  options.ignoreIndex = step.ignoreIndex;
  return options;
}

static AppendUpdateOptions updateOptions(const TrainingStep &step) {
  AppendUpdateOptions options;
  options.optimizer = step.optimizer;
  options.momentum = step.momentum;
  options.beta1 = step.beta1;
  options.beta2 = step.beta2;
  options.epsilon = step.epsilon;
  options.weightDecay = step.weightDecay;
  options.clipValue = step.clipValue;
  options.clipNorm = step.clipNorm;
  options.accumulate = step.accumulate;
  return options;
}

static void addGradient(OpPassManager &passes, const PipelineOptions &options) {
  OpPassManager &functions = passes.nest<func::FuncOp>();
  if (!options.gradientOf.empty())
    functions.addPass(createSelectLoss({options.gradientOf}));
  if (options.training)
    functions.addPass(createAppendLoss(lossOptions(*options.training)));
  functions.addPass(createNormalizeLinalg());
  functions.addPass(createFuseAttention());
  functions.addPass(createDifferentiate());
  if (options.training)
    functions.addPass(createAppendUpdate(updateOptions(*options.training)));
  if (options.watch)
    functions.addPass(createWatchResults());
}

static void addPlan(OpPassManager &passes, const PipelineOptions &options) {
  ChannelsLastOptions layout;
  layout.lanes = 2 * options.vectorBits / 32;
  if (options.onDevice)
    layout.narrowLanes = 64; // what tensor cores read side by side
  OpPassManager &functions = passes.nest<func::FuncOp>();
  functions.addPass(createFoldBatchNorm());
  if (options.mixBeforeResize)
    functions.addPass(createMixBeforeResize());
  functions.addPass(createSplitConcats());
  if (options.onDevice)
    functions.addPass(createSplitPyramids());
  functions.addPass(createNestPools({options.onDevice}));
  functions.addPass(createSplitTransposedConvolutions());
  functions.addPass(createChannelsLast(layout));
  functions.addPass(createSinkTransposes());
  if (!options.onDevice) { // panels suit the caches of a processor
    PackContractionsOptions packing;
    packing.vectorBits = options.vectorBits;
    functions.addPass(createPackContractions(packing));
  }
  if (options.floatParts > 0)
    functions.addPass(createSplitFloats({options.floatParts}));
  functions.addPass(createLowerResizes());
  passes.addPass(createCanonicalizerPass());
  passes.addPass(createCSEPass());
}

static void addTensor(OpPassManager &passes, const PipelineOptions &options) {
  LowerActivationsOptions activations;
  FormKernelsOptions kernels;
  activations.shortForms = kernels.gates = options.onDevice;
  passes.addNestedPass<func::FuncOp>(createInlineRegions());
  SplitAttentionOptions split;
  if (options.onDevice)
    split.tasks = 1; // its kernels cut keys themselves
  passes.addNestedPass<func::FuncOp>(createSplitAttention(split));
  passes.addPass(createLowerActivations(activations));
  passes.addPass(createLowerIndexing());
  passes.addPass(createLowerLosses());
  if (!options.memoryBudget.empty()) {
    PlanRecomputeOptions recompute;
    recompute.memoryBudget = options.memoryBudget;
    recompute.lowest = true;
    recompute.gates = kernels.gates;
    passes.addNestedPass<func::FuncOp>(createPlanRecompute(recompute));
    // Attention that is computed again needs no log-sum-exp at first.
    passes.addPass(createCanonicalizerPass());
  }
  passes.addNestedPass<func::FuncOp>(createFormKernels(kernels));
}

static void addMemory(OpPassManager &passes, const PipelineOptions &) {
  passes.addPass(createOutlineKernels());
}

static void addDevice(OpPassManager &passes, const PipelineOptions &options) {
  EmitKernelsOptions emit;
  emit.vectorBits = options.vectorBits;
  if (options.onDevice)
    passes.addPass(createEmitHopper({options.processors}));
  OpPassManager &kernels = passes.nest<func::FuncOp>();
  kernels.addPass(createEmitKernels(emit));
  ExpandMathOptions math;
  math.doubles = options.onDevice;
  kernels.addPass(createExpandMath(math));
  kernels.addPass(createCanonicalizerPass());
  kernels.addPass(createCSEPass());
}

static void addLLVM(OpPassManager &passes, const PipelineOptions &options) {
  if (options.onDevice) {
    passes.addPass(createLowerHopper());
    passes.addPass(createCanonicalizerPass());
    passes.addPass(createCSEPass());
  }
  passes.addPass(createConvertToLLVM());
  if (options.onDevice)
    passes.addPass(createSplitDevice());
}

ArrayRef<Stage> lacuna::stages() {
  static const Stage table[] = {
      {"model", "the program as loaded, shapes known", addModel,
       "builtin,func,lacuna,linalg,tensor,arith,math"},
      {"gradient", "attention recognised; gradients of what asks for them",
       addGradient, "builtin,func,lacuna,linalg,tensor,arith,math"},
      {"plan", "simplified, layouts chosen", addPlan,
       "builtin,func,lacuna,linalg,tensor,arith,math"},
      {"tensor", "ops grouped into kernels", addTensor,
       "builtin,func,lacuna,linalg,tensor,arith,math"},
      {"memory", "kernels as functions, values placed in one arena", addMemory,
       "builtin,func,lacuna,linalg,tensor,arith,math,memref,bufferization"},
      {"device", "kernels as loops and vectors", addDevice,
       "builtin,func,lacuna,arith,math,memref,scf,vector,ub,gpu,hopper,llvm"},
      {"llvm", "the LLVM dialect", addLLVM, "builtin,llvm,memref"},
  };
  return table;
}

int lacuna::findStage(StringRef name) {
  for (auto [index, stage] : llvm::enumerate(stages()))
    if (stage.name == name)
      return index;
  return -1;
}

/// Fails on the first op of a dialect the stage does not allow.
static LogicalResult checkContract(ModuleOp module, const Stage &stage) {
  SmallVector<StringRef> legal;
  stage.legalDialects.split(legal, ',');
  WalkResult result = module.walk([&](Operation *op) -> WalkResult {
    if (llvm::is_contained(legal, op->getName().getDialectNamespace()))
      return WalkResult::advance();
    return op->emitOpError("is not legal at the end of stage `")
           << stage.name << "`";
  });
  return failure(result.wasInterrupted());
}

/// Whether tensors of such elements can be computed; their width in bytes.
static std::optional<int64_t> elementBytes(Type element) {
  if (element.isIndex())
    return 8;
  if (!element.isF64() && !element.isF32() && !element.isF16() &&
      !element.isBF16() && !element.isSignlessInteger())
    return std::nullopt;
  unsigned bits = element.getIntOrFloatBitWidth();
  if (bits != 1 && bits != 8 && bits != 16 && bits != 32 && bits != 64)
    return std::nullopt;
  return std::max(bits / 8, 1u);
}

/// What every later stage may assume of a tensor.
static LogicalResult checkTensor(Operation *op, Type type) {
  auto tensor = dyn_cast<TensorType>(type);
  if (!tensor)
    return success();
  auto ranked = dyn_cast<RankedTensorType>(tensor);
  if (!ranked || !ranked.hasStaticShape())
    return op->emitOpError("must have known shapes, got ") << type;
  std::optional<int64_t> width = elementBytes(tensor.getElementType());
  if (!width)
    return op->emitOpError("must have elements of f16, bf16, f32, f64, i1, i8, "
                           "i16, i32, i64 or index, got ")
           << type;
  if (!isTensorSize(ranked.getShape(), *width))
    return op->emitOpError("must have tensors of at most 2^40 bytes, got ")
           << type;
  return success();
}

static LogicalResult checkTensors(ModuleOp module) {
  WalkResult result = module.walk([](Operation *op) -> WalkResult {
    for (Type type : op->getResultTypes())
      if (failed(checkTensor(op, type)))
        return failure();
    for (Region &region : op->getRegions())
      for (Type type : region.getArgumentTypes())
        if (failed(checkTensor(op, type)))
          return failure();
    return success();
  });
  return failure(result.wasInterrupted());
}

LogicalResult lacuna::runStages(ModuleOp module, int first, int last,
                                const PipelineOptions &options) {
  for (int index = first + 1; index <= last; ++index) {
    const Stage &stage = stages()[index];
    PassManager passes(module.getContext());
    if (!options.reproducer.empty())
      passes.enableCrashReproducerGeneration(options.reproducer);
    stage.addPasses(passes, options);
    if (failed(passes.run(module)) || failed(checkContract(module, stage)))
      return failure();
    if (index == 0 && failed(checkTensors(module)))
      return failure();
  }
  return success();
}
