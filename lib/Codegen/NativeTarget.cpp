//===- NativeTarget.cpp - Which processor code is made for ----------------===//
#include "lacuna/Codegen/NativeCode.h"

#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"

using namespace lacuna;

static int64_t widestVector(llvm::StringRef features) {
  llvm::SmallVector<llvm::StringRef> list;
  features.split(list, ',');
  auto has = [&](llvm::StringRef name) {
    return llvm::is_contained(list, ("+" + name).str());
  };
  if (has("avx512f") && has("avx512vl"))
    return 512;
  return has("avx2") && has("fma") ? 256 : 128;
}

NativeTarget lacuna::hostTarget() {
  NativeTarget target;
  target.triple = llvm::sys::getProcessTriple();
  target.cpu = llvm::sys::getHostCPUName().str();
  llvm::SubtargetFeatures features;
  for (auto &entry : llvm::sys::getHostCPUFeatures())
    features.AddFeature(entry.first(), entry.second);
  target.features = features.getString();
  target.vectorBits = widestVector(target.features);
  return target;
}

mlir::FailureOr<NativeTarget>
lacuna::parseNativeTarget(llvm::StringRef name, std::string &error) {
  if (name.empty() || name == "host" || name == "cpu")
    return hostTarget();
  llvm::InitializeNativeTarget();
  NativeTarget target;
  target.triple = llvm::sys::getProcessTriple();
  target.cpu = name.str();
  const llvm::Target *backend =
      llvm::TargetRegistry::lookupTarget(llvm::Triple(target.triple), error);
  if (!backend)
    return mlir::failure();
  std::unique_ptr<llvm::MCSubtargetInfo> info(
      backend->createMCSubtargetInfo(llvm::Triple(target.triple), "", ""));
  if (!info->isCPUStringValid(name)) {
    error = "`--target` must be `cpu` or a processor LLVM knows, got `" +
            name.str() + "`";
    return mlir::failure();
  }
  info.reset(backend->createMCSubtargetInfo(llvm::Triple(target.triple), name,
                                            ""));
  for (const llvm::SubtargetFeatureKV &feature :
       info->getEnabledProcessorFeatures())
    target.features += (target.features.empty() ? "+" : ",+") +
                       std::string(feature.Key);
  target.vectorBits = widestVector(target.features);
  return target;
}
