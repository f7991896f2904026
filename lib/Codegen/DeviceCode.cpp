//===- DeviceCode.cpp - Device modules to PTX -----------------------------===//
#include "lacuna/Codegen/DeviceCode.h"

#include "OptimizeModule.h"

#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsNVPTX.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;
using namespace lacuna;

extern "C" {
void LLVMInitializeNVPTXTargetInfo();
void LLVMInitializeNVPTXTarget();
void LLVMInitializeNVPTXTargetMC();
void LLVMInitializeNVPTXAsmPrinter();
}

static std::unique_ptr<llvm::TargetMachine> createMachine(StringRef name) {
  static const bool initialized = [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
    return true;
  }();
  (void)initialized;
  std::string error;
  llvm::Triple triple("nvptx64-nvidia-cuda");
  const llvm::Target *backend =
      llvm::TargetRegistry::lookupTarget(triple, error);
  if (!backend)
    return nullptr;
  llvm::TargetOptions options;
  // What sm_90a has came with PTX 8.6 in the forms that are used here.
  StringRef version = name == "sm_90a" ? "+ptx86" : "+ptx80";
  return std::unique_ptr<llvm::TargetMachine>(backend->createTargetMachine(
      triple, name, version, options, std::nullopt, std::nullopt,
      llvm::CodeGenOptLevel::Default));
}

/// Everything becomes part of the launched functions: the addresses of their
/// buffers are then known to be global memory.
static void inlineAll(llvm::Module &ir) {
  for (llvm::Function &function : ir) {
    function.addFnAttr(llvm::Attribute::NoUnwind);
    if (function.isDeclaration() ||
        function.getCallingConv() == llvm::CallingConv::PTX_Kernel)
      continue;
    function.setLinkage(llvm::GlobalValue::InternalLinkage);
    function.addFnAttr(llvm::Attribute::AlwaysInline);
  }
}

/// Differences of small 64-bit numbers become 32-bit ones, which are the same
/// and cheaper. ptxas 13.0 also needs it: of `mul.hi.u32` less a number that is
/// zero it makes the upper word -1, as if there had been a borrow.
static void narrowDifferences(llvm::Module &ir) {
  const llvm::DataLayout &layout = ir.getDataLayout();
  auto isSmall = [&](llvm::Value *value) {
    return llvm::computeKnownBits(value, layout).countMaxActiveBits() < 32;
  };
  llvm::SmallVector<llvm::Instruction *> wide;
  for (llvm::Function &function : ir)
    for (llvm::Instruction &instruction : llvm::instructions(function))
      if (instruction.getOpcode() == llvm::Instruction::Sub &&
          instruction.getType()->isIntegerTy(64) &&
          isSmall(instruction.getOperand(0)) &&
          isSmall(instruction.getOperand(1)))
        wide.push_back(&instruction);
  for (llvm::Instruction *instruction : wide) {
    llvm::IRBuilder<> builder(instruction);
    auto narrow = [&](unsigned operand) {
      return builder.CreateTrunc(instruction->getOperand(operand),
                                 builder.getInt32Ty());
    };
    llvm::Value *difference = builder.CreateSub(narrow(0), narrow(1));
    instruction->replaceAllUsesWith(
        builder.CreateSExt(difference, instruction->getType()));
    instruction->eraseFromParent();
  }
}

/// Calls `function`, of an f32 number, for `value` or for each of its lanes.
static llvm::Value *callForLanes(llvm::IRBuilder<> &builder,
                                 llvm::Function *function, llvm::Value *value) {
  auto *type = dyn_cast<llvm::FixedVectorType>(value->getType());
  if (!type)
    return builder.CreateCall(function, value);
  llvm::Value *result = llvm::PoisonValue::get(type);
  for (unsigned lane = 0; lane < type->getNumElements(); ++lane)
    result = builder.CreateInsertElement(
        result,
        builder.CreateCall(function, builder.CreateExtractElement(value, lane)),
        lane);
  return result;
}

/// The instruction of f32 that approximates `instruction`, if it is content
/// with that, in place of several that also keep denormal numbers.
static llvm::Value *flushing(llvm::Instruction &instruction) {
  llvm::IRBuilder<> builder(&instruction);
  llvm::Module *module = instruction.getModule();
  if (!instruction.getType()->getScalarType()->isFloatTy() ||
      !isa<llvm::FPMathOperator>(instruction) || !instruction.hasApproxFunc())
    return nullptr;
  auto *call = dyn_cast<llvm::IntrinsicInst>(&instruction);
  if (call && call->getIntrinsicID() == llvm::Intrinsic::exp2)
    return callForLanes(builder,
                        llvm::Intrinsic::getOrInsertDeclaration(
                            module, llvm::Intrinsic::nvvm_ex2_approx_ftz,
                            builder.getFloatTy()),
                        call->getArgOperand(0));
  if (instruction.getOpcode() != llvm::Instruction::FDiv)
    return nullptr;
  llvm::Value *inverse =
      callForLanes(builder,
                   llvm::Intrinsic::getOrInsertDeclaration(
                       module, llvm::Intrinsic::nvvm_rcp_approx_ftz_f),
                   instruction.getOperand(1));
  return builder.CreateFMul(instruction.getOperand(0), inverse);
}

static void useApproximations(llvm::Module &ir) {
  for (llvm::Function &function : ir)
    for (llvm::BasicBlock &block : function)
      for (llvm::Instruction &instruction : llvm::make_early_inc_range(block))
        if (llvm::Value *value = flushing(instruction)) {
          instruction.replaceAllUsesWith(value);
          instruction.eraseFromParent();
        }
}

/// Whether all calls are of f32 and content with an approximation.
static bool isApproximate(const llvm::Function &function) {
  return function.getReturnType()->getScalarType()->isFloatTy() &&
         llvm::all_of(function.users(), [](const llvm::User *user) {
           auto call = dyn_cast<llvm::CallInst>(user);
           return call && call->hasApproxFunc();
         });
}

/// Whether PTX has no instructions for a call of `function`, and the back end
/// would look for a library.
static bool isMissing(const llvm::Function &function) {
  if (!function.isDeclaration() || function.use_empty())
    return false;
  switch (function.getIntrinsicID()) {
  case llvm::Intrinsic::not_intrinsic:
  case llvm::Intrinsic::exp2:
    return !isApproximate(function);
  case llvm::Intrinsic::exp:
  case llvm::Intrinsic::exp10:
  case llvm::Intrinsic::log:
  case llvm::Intrinsic::log2:
  case llvm::Intrinsic::log10:
  case llvm::Intrinsic::pow:
  case llvm::Intrinsic::powi:
  case llvm::Intrinsic::sin:
  case llvm::Intrinsic::cos:
  case llvm::Intrinsic::sincos:
  case llvm::Intrinsic::tan:
  case llvm::Intrinsic::asin:
  case llvm::Intrinsic::acos:
  case llvm::Intrinsic::atan:
  case llvm::Intrinsic::atan2:
  case llvm::Intrinsic::sinh:
  case llvm::Intrinsic::cosh:
  case llvm::Intrinsic::tanh:
    return true;
  default:
    return false;
  }
}

FailureOr<std::string> lacuna::compileToPTX(ModuleOp device,
                                            StringRef architecture,
                                            bool optimize) {
  registerBuiltinDialectTranslation(*device.getContext());
  registerLLVMDialectTranslation(*device.getContext());
  registerNVVMDialectTranslation(*device.getContext());
  device.getContext()->getOrLoadDialect("nvvm");
  llvm::LLVMContext context;
  auto machine = createMachine(architecture);
  auto ir = translateModuleToLLVMIR(device, context, "lacuna");
  if (!machine || !ir)
    return device.emitError("could not be compiled for `")
           << architecture << "`";
  ir->setTargetTriple(machine->getTargetTriple());
  ir->setDataLayout(machine->createDataLayout());
  inlineAll(*ir);
  if (optimize) {
    useApproximations(*ir);
    optimizeModule(*ir, *machine);
    narrowDifferences(*ir);
  }
  for (llvm::Function &function : *ir)
    if (isMissing(function))
      return device.emitError("calls `")
             << function.getName() << "`, which devices do not have";
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if (machine->addPassesToEmitFile(passes, stream, nullptr,
                                   llvm::CodeGenFileType::AssemblyFile))
    return device.emitError("could not be printed as PTX");
  passes.run(*ir);
  return std::string(bytes.begin(), bytes.end());
}
