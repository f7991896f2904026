//===- LoadedModule.h - A model's module at some stage ----------*- C++ -*-===//
#ifndef LACUNA_LIB_JIT_LOADEDMODULE_H
#define LACUNA_LIB_JIT_LOADEDMODULE_H

#include "lacuna/IR/EntryNames.h"
#include "lacuna/JIT/Model.h"
#include "lacuna/Pipeline/Stages.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace lacuna {

/// What a model's file holds.
struct ModelSource {
  /// Where it came from; stands in diagnostics.
  std::string name;
  std::string text;
  bool isOnnx = false;
};

/// A module in a context of its own.
struct LoadedModule {
  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  /// What PlanRecompute keeps within, in bytes of all values; empty: no bound.
  std::string memoryBudget = {};
  /// What was wished for and is not met; empty: nothing.
  std::string note = {};
};

/// A context with all dialects loaded.
std::unique_ptr<mlir::MLIRContext> createContext();

/// The functions of a module that can be compiled.
llvm::SmallVector<mlir::func::FuncOp> publicFunctions(mlir::ModuleOp module);

/// MLIR text as it stands.
Expected<LoadedModule> parseModule(const ModelSource &source);

/// Gives the entry's arguments the shapes in `options` and infers all others.
/// Fails when a shape does not fit or stays open.
Error specializeEntry(mlir::func::FuncOp entry, const CompileOptions &options);

/// The module with one public function, its open dimensions left open.
Expected<LoadedModule> loadModule(const ModelSource &source,
                                  const CompileOptions &options);

/// The inputs of the entry that `options` name, open dimensions left open.
Expected<std::vector<Value>> readSignature(const ModelSource &source,
                                           const CompileOptions &options);

/// What the passes need to know of `options`, but for the memory budget.
Expected<PipelineOptions> pipelineOptions(const CompileOptions &options);

/// Loads the module and runs all stages up to `stage`.
Expected<LoadedModule> lowerModule(const ModelSource &source,
                                   const CompileOptions &options, int stage);

/// Runs the stages after `first` up to `last`.
Error runModuleStages(LoadedModule &loaded, const ModelSource &source,
                      const CompileOptions &options, int first, int last);

} // namespace lacuna

#endif // LACUNA_LIB_JIT_LOADEDMODULE_H
