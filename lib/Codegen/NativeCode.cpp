//===- NativeCode.cpp - The llvm dialect to native objects ----------------===//
#include "lacuna/Codegen/NativeCode.h"

#include "OptimizeModule.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

#include <thread>

using namespace mlir;
using namespace lacuna;

namespace {
/// One module on its way to machine code, with a context of its own.
class Compilation {
public:
  Compilation(ModuleOp module, const NativeTarget &target);
  bool valid() const { return ir && machine; }
  void optimize();
  NativeObject emit(llvm::CodeGenFileType type);
  std::string text() const;

private:
  llvm::LLVMContext context;
  std::unique_ptr<llvm::TargetMachine> machine;
  std::unique_ptr<llvm::Module> ir;
};
} // namespace

static std::unique_ptr<llvm::TargetMachine>
createMachine(const NativeTarget &target) {
  static const bool initialized = [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    return true;
  }();
  (void)initialized;
  std::string error;
  llvm::Triple triple(target.triple);
  const llvm::Target *backend =
      llvm::TargetRegistry::lookupTarget(triple, error);
  if (!backend)
    return nullptr;
  llvm::TargetOptions options;
  return std::unique_ptr<llvm::TargetMachine>(backend->createTargetMachine(
      triple, target.cpu, target.features, options, llvm::Reloc::PIC_,
      std::nullopt, llvm::CodeGenOptLevel::Default, /*JIT=*/false));
}

Compilation::Compilation(ModuleOp module, const NativeTarget &target)
    : machine(createMachine(target)) {
  ir = translateModuleToLLVMIR(module, context, "lacuna");
  if (!valid())
    return;
  ir->setTargetTriple(machine->getTargetTriple());
  ir->setDataLayout(machine->createDataLayout());
  std::string width = std::to_string(target.vectorBits);
  for (llvm::Function &function : *ir) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", target.cpu);
    function.addFnAttr("target-features", target.features);
    function.addFnAttr("prefer-vector-width", width);
    function.addFnAttr("no-trapping-math", "true");
    function.addFnAttr(llvm::Attribute::NoUnwind);
  }
}

void Compilation::optimize() {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = true;
  tuning.SLPVectorization = false; // kernels are loops; it finds little
  optimizeModule(*ir, *machine, tuning);
}

NativeObject Compilation::emit(llvm::CodeGenFileType type) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if (machine->addPassesToEmitFile(passes, stream, nullptr, type))
    return nullptr;
  passes.run(*ir);
  return std::make_unique<llvm::SmallVectorMemoryBuffer>(
      std::move(bytes), /*RequiresNullTerminator=*/false);
}

std::string Compilation::text() const {
  std::string result;
  llvm::raw_string_ostream stream(result);
  ir->print(stream, nullptr);
  return result;
}

/// Deals the functions out to `count` modules; what a part calls elsewhere is
/// declared there.
static SmallVector<OwningOpRef<ModuleOp>> split(ModuleOp module,
                                                unsigned count) {
  SmallVector<OwningOpRef<ModuleOp>> parts;
  SmallVector<size_t> weight(count, 0);
  for (unsigned i = 0; i < count; ++i) {
    parts.push_back(ModuleOp::create(module.getLoc()));
    parts.back()->getOperation()->setAttrs(module->getAttrDictionary());
  }
  for (Operation &op : *module.getBody()) {
    auto function = dyn_cast<LLVM::LLVMFuncOp>(op);
    if (!function || function.isExternal()) {
      for (auto &part : parts)
        part->push_back(op.clone());
      continue;
    }
    size_t home = std::distance(weight.begin(), llvm::min_element(weight));
    function.walk([&](Operation *) { ++weight[home]; });
    for (auto [index, part] : llvm::enumerate(parts)) {
      if (index == home) {
        auto clone = cast<LLVM::LLVMFuncOp>(op.clone());
        clone.setLinkage(LLVM::Linkage::External);
        part->push_back(clone);
        continue;
      }
      auto declaration =
          cast<LLVM::LLVMFuncOp>(op.cloneWithoutRegions());
      declaration.setLinkage(LLVM::Linkage::External);
      part->push_back(declaration);
    }
  }
  return parts;
}

FailureOr<SmallVector<NativeObject>>
lacuna::compileToObjects(ModuleOp module, const NativeTarget &target,
                         unsigned parts) {
  registerBuiltinDialectTranslation(*module.getContext());
  registerLLVMDialectTranslation(*module.getContext());
  SmallVector<OwningOpRef<ModuleOp>> modules;
  if (parts > 1)
    modules = split(module, parts);
  SmallVector<NativeObject> objects(std::max(parts, 1u));
  auto compile = [&](unsigned index) {
    Compilation compilation(modules.empty() ? module : *modules[index], target);
    if (!compilation.valid())
      return;
    compilation.optimize();
    objects[index] = compilation.emit(llvm::CodeGenFileType::ObjectFile);
  };
  std::vector<std::thread> threads;
  for (unsigned index = 1; index < objects.size(); ++index)
    threads.emplace_back(compile, index);
  compile(0);
  for (std::thread &thread : threads)
    thread.join();
  for (NativeObject &object : objects)
    if (!object)
      return module.emitError("could not be compiled to machine code");
  return objects;
}

FailureOr<std::string> lacuna::compileToAssembly(ModuleOp module,
                                                 const NativeTarget &target,
                                                 bool llvmIR) {
  registerBuiltinDialectTranslation(*module.getContext());
  registerLLVMDialectTranslation(*module.getContext());
  Compilation compilation(module, target);
  if (!compilation.valid())
    return failure();
  compilation.optimize();
  if (llvmIR)
    return compilation.text();
  NativeObject assembly =
      compilation.emit(llvm::CodeGenFileType::AssemblyFile);
  return assembly->getBuffer().str();
}
