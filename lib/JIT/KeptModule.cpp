//===- KeptModule.cpp - Modules for a GPU that were lowered before --------===//
// Bytecode of MLIR, constants inside. Machine code is kept by the runtime.
//===----------------------------------------------------------------------===//
#include "KeptModule.h"

#include "Diagnostics.h"
#include "lacuna/Codegen/DeviceCode.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

#include <dlfcn.h>

using namespace mlir;
using namespace lacuna;

/// Names, grids and tensor maps stand at the functions.
static void dropBodies(ModuleOp module) {
  for (Operation &op : llvm::make_early_inc_range(*module.getBody())) {
    auto function = dyn_cast<LLVM::LLVMFuncOp>(op);
    if (!function) {
      op.erase();
    } else if (!function.isExternal()) {
      function.eraseBody();
      function.setLinkage(LLVM::Linkage::External);
    }
  }
}

Error lacuna::generateDeviceCode(ModuleOp module) {
  auto generate = [](ModuleOp device, StringRef architecture, bool optimize) {
    FailureOr<std::string> code = compileToPTX(device, architecture, optimize);
    if (failed(code))
      return false;
    dropBodies(device);
    device->setAttr("lacuna.code",
                    StringAttr::get(device.getContext(), *code));
    return true;
  };
  auto hopper = module.lookupSymbol<ModuleOp>("hopper");
  if (!generate(module.lookupSymbol<ModuleOp>("device"), "sm_80", true) ||
      (hopper && !generate(hopper, "sm_90a", false)))
    return Error(ErrorCode::Unsupported, "code generation failed");
  return Error::success();
}

/// What tells one build of the compiler from another: the file this function
/// is in. Empty where that cannot be told.
static std::string compilerIdentity() {
  Dl_info where;
  llvm::sys::fs::file_status status;
  if (!dladdr(reinterpret_cast<void *>(&compilerIdentity), &where))
    return "";
  // A program's own name is as it was called.
  bool isLibrary = StringRef(where.dli_fname).starts_with("/");
  if (llvm::sys::fs::status(isLibrary ? where.dli_fname : "/proc/self/exe",
                            status))
    return "";
  auto written = status.getLastModificationTime().time_since_epoch();
  return std::to_string(status.getSize()) + " " +
         std::to_string(written.count()) + " " LLVM_VERSION_STRING;
}

KeptModule::KeptModule(const ModelSource &source, const std::string &options) {
  std::string identity = compilerIdentity();
  // Tensors of a model in files of their own are named by this word.
  bool isWhole = !source.isOnnx || !StringRef(source.text).contains("location");
  if (!identity.empty() && isWhole)
    cache.emplace(source.text, identity + "|" + source.name + "|" + options,
                  "program");
}

std::optional<LoadedModule> KeptModule::read() const {
  std::optional<std::string> bytes = cache ? cache->read() : std::nullopt;
  if (!bytes)
    return std::nullopt;
  LoadedModule loaded{createContext(), {}};
  CollectDiagnostics diagnostics(loaded.context.get());
  llvm::SourceMgr sources;
  // Bytecode wants its beginning aligned as its constants are.
  auto buffer = llvm::WritableMemoryBuffer::getNewUninitMemBuffer(
      bytes->size(), "", llvm::Align(4096));
  llvm::copy(*bytes, buffer->getBufferStart());
  sources.AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  loaded.module =
      parseSourceFile<ModuleOp>(sources, ParserConfig(loaded.context.get()));
  if (!loaded.module)
    return std::nullopt;
  return loaded;
}

void KeptModule::write(ModuleOp module) const {
  if (!cache)
    return;
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  if (succeeded(writeBytecodeToFile(module, stream)))
    cache->write(bytes);
}
