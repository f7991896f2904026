//===- ConvertToLLVM.cpp - Kernels and entries to the LLVM dialect --------===//
#include "EntryToLLVM.h"
#include "lacuna/IR/Dialect.h"
#include "lacuna/IR/Names.h"
#include "lacuna/Lowering/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/Transforms/LoweringPatterns.h"
#include "mlir/Transforms/DialectConversion.h"

namespace lacuna {
#define GEN_PASS_DEF_CONVERTTOLLVM
#include "lacuna/Lowering/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// The address space of memory that a block shares.
static constexpr unsigned sharedSpace = 3;

/// Calls the runtime where a check fails; the context joins the arguments.
static void lowerChecks(func::FuncOp kernel, ModuleOp module) {
  SmallVector<CheckOp> checks;
  kernel.walk([&](CheckOp check) { checks.push_back(check); });
  if (checks.empty())
    return;
  OpBuilder builder(kernel.getContext());
  auto pointer = LLVM::LLVMPointerType::get(kernel.getContext());
  unsigned last = kernel.getNumArguments();
  (void)kernel.insertArgument(last, pointer, {}, kernel.getLoc());
  Value context = kernel.getArgument(last);
  for (CheckOp check : checks) {
    builder.setInsertionPoint(check);
    Location loc = check.getLoc();
    Value yes = arith::ConstantIntOp::create(builder, loc, 1, 1);
    Value broken =
        arith::XOrIOp::create(builder, loc, check.getCondition(), yes);
    auto branch = scf::IfOp::create(builder, loc, broken, /*else=*/false);
    builder.setInsertionPointToStart(branch.thenBlock());
    std::string name = "message_" + kernel.getSymName().str();
    Value message;
    {
      std::string text = check.getMessage().str();
      text.push_back('\0');
      unsigned suffix = 0;
      while (module.lookupSymbol(name + std::to_string(suffix)))
        ++suffix;
      name += std::to_string(suffix);
      OpBuilder top(module.getBodyRegion());
      auto type = LLVM::LLVMArrayType::get(top.getI8Type(), text.size());
      auto global = LLVM::GlobalOp::create(top, loc, type, /*constant=*/true,
                                           LLVM::Linkage::Internal, name,
                                           top.getStringAttr(text));
      message = LLVM::AddressOfOp::create(builder, loc, global);
    }
    Value code = LLVM::ConstantOp::create(builder, loc, builder.getI32Type(),
                                          /*LACUNA_CHECK_FAILED=*/2);
    auto type = LLVM::LLVMFunctionType::get(
        LLVM::LLVMVoidType::get(builder.getContext()),
        {pointer, builder.getI32Type(), pointer});
    LLVM::CallOp::create(builder, loc, type, "lacuna_rt_fail",
                         ValueRange{context, code, message});
    check.erase();
  }
}

static void declareFail(ModuleOp module) {
  OpBuilder builder(module.getBodyRegion());
  auto pointer = LLVM::LLVMPointerType::get(module.getContext());
  auto type = LLVM::LLVMFunctionType::get(
      LLVM::LLVMVoidType::get(module.getContext()),
      {pointer, builder.getI32Type(), pointer});
  LLVM::LLVMFuncOp::create(builder, module.getLoc(), "lacuna_rt_fail", type);
}

/// Memory that the threads of a block share is the module's.
static void placeShared(func::FuncOp kernel, ModuleOp module) {
  SmallVector<memref::AllocaOp> memories;
  kernel.walk([&](memref::AllocaOp alloca) {
    if (alloca.getType().getMemorySpaceAsInt() == sharedSpace)
      memories.push_back(alloca);
  });
  for (auto [index, alloca] : llvm::enumerate(memories)) {
    OpBuilder top(module.getBodyRegion());
    std::string name =
        (kernel.getSymName() + "_shared" + llvm::Twine(index)).str();
    memref::GlobalOp::create(top, alloca.getLoc(), name,
                             top.getStringAttr("private"), alloca.getType(),
                             top.getUnitAttr(), /*constant=*/false,
                             alloca.getAlignmentAttr());
    OpBuilder builder(alloca);
    auto global = memref::GetGlobalOp::create(builder, alloca.getLoc(),
                                              alloca.getType(), name);
    alloca.replaceAllUsesWith(global.getResult());
    alloca.erase();
  }
}

/// Scalars, vectors, buffers and functions in one conversion.
static LogicalResult convertKernels(ModuleOp module) {
  MLIRContext *context = module.getContext();
  LowerToLLVMOptions options(context);
  options.useBarePtrCallConv = true;
  LLVMTypeConverter converter(context, options);
  RewritePatternSet patterns(context);
  populateSCFToControlFlowConversionPatterns(patterns);
  vector::populateVectorBroadcastLoweringPatterns(patterns);
  vector::populateVectorStepLoweringPatterns(patterns);
  vector::populateVectorFromElementsUnrollPatterns(patterns);
  populateVectorToLLVMConversionPatterns(converter, patterns,
                                         /*reassociateFPReductions=*/true);
  arith::populateCeilFloorDivExpandOpsPatterns(patterns);
  arith::populateArithToLLVMConversionPatterns(converter, patterns);
  cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
  populateFinalizeMemRefToLLVMConversionPatterns(converter, patterns);
  populateFuncToLLVMConversionPatterns(converter, patterns);
  // Instructions where there are some, calls of the C library elsewhere.
  populateMathToLLVMConversionPatterns(converter, patterns,
                                       /*approximateLog1p=*/false,
                                       /*benefit=*/2);
  populateMathToLibmConversionPatterns(patterns);
  ub::populateUBToLLVMConversionPatterns(converter, patterns);
  LLVMConversionTarget target(*context);
  target.addLegalOp<ModuleOp>();
  return applyFullConversion(module, target, std::move(patterns));
}

/// Memory that the threads of a block share, not a constant.
static bool isShared(Operation &op) {
  auto global = dyn_cast<memref::GlobalOp>(op);
  return global && global.getType().getMemorySpaceAsInt() == sharedSpace;
}

namespace {
struct ConvertToLLVM : lacuna::impl::ConvertToLLVMBase<ConvertToLLVM> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<Operation *> entries, others;
    for (Operation &op : llvm::make_early_inc_range(*module.getBody())) {
      auto function = dyn_cast<func::FuncOp>(op);
      if (function && function->hasAttr(names::kernel)) {
        prepare(function, module);
        continue;
      }
      if (function && function->hasAttr(names::entryInputs))
        entries.push_back(&op);
      else if (!isa<LLVM::GlobalOp, LLVM::LLVMFuncOp>(op) && !isShared(op))
        others.push_back(&op);
    }
    // Entries and constants wait outside while the kernels are converted.
    for (Operation *op : entries)
      op->remove();
    for (Operation *op : others)
      op->remove();
    declareFail(module);
    LogicalResult converted = convertKernels(module);
    for (Operation *op : others)
      module.push_back(op);
    for (Operation *op : entries)
      module.push_back(op);
    if (failed(converted) || failed(convertEntries(module, entries)))
      signalPassFailure();
  }

  /// The conversion of types refuses strides of 0, which empty shapes may
  /// have. Nothing is read or written there: one size of 0 is enough.
  static void flattenEmptyBuffers(func::FuncOp kernel) {
    SmallVector<Type> types;
    for (BlockArgument argument : kernel.getArguments()) {
      auto type = dyn_cast<MemRefType>(argument.getType());
      if (type && type.getNumElements() == 0) {
        SmallVector<int64_t> shape(type.getRank(), 1);
        shape.front() = 0;
        argument.setType(MemRefType::get(shape, type.getElementType()));
      }
      types.push_back(argument.getType());
    }
    kernel.setType(FunctionType::get(kernel.getContext(), types, {}));
  }

  static void prepare(func::FuncOp kernel, ModuleOp module) {
    flattenEmptyBuffers(kernel);
    for (unsigned i = 0, e = kernel.getNumArguments(); i < e; ++i)
      if (isa<MemRefType>(kernel.getArgument(i).getType()))
        kernel.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(),
                          UnitAttr::get(kernel.getContext()));
    OpBuilder builder(kernel.getContext());
    kernel->setAttr("lacuna.buffers", builder.getI64IntegerAttr(
                                          kernel.getNumArguments() - 2));
    placeShared(kernel, module);
    lowerChecks(kernel, module);
  }
};
} // namespace
