//===- OptimizeModule.h - LLVM's optimisations -----------------*- C++ -*-===//
#ifndef LACUNA_LIB_CODEGEN_OPTIMIZEMODULE_H
#define LACUNA_LIB_CODEGEN_OPTIMIZEMODULE_H

#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"

namespace lacuna {

/// Runs LLVM's O2 pipeline for `machine` over `ir`.
void optimizeModule(llvm::Module &ir, llvm::TargetMachine &machine,
                    const llvm::PipelineTuningOptions &tuning = {});

} // namespace lacuna

#endif // LACUNA_LIB_CODEGEN_OPTIMIZEMODULE_H
