//===- Stages.h - The stages of compilation ---------------------*- C++ -*-===//
// One table orders all passes: each stage has a name (also the value of
// `--emit=`), a sentence, the passes that lead to it, and its contract.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_PIPELINE_STAGES_H
#define LACUNA_PIPELINE_STAGES_H

#include "lacuna/Support/TrainingStep.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

#include <optional>

namespace lacuna {

/// What the passes need to know of the wish and the machine.
struct PipelineOptions {
  int64_t vectorBits = 256;
  /// Kernels run on a GPU, entry functions on the host.
  bool onDevice = false;
  /// Multiprocessors of the GPU.
  int64_t processors = 132;
  /// What tensors of f32 are computed in: bf16, f16; empty: f32.
  std::string dtype;
  /// How many bf16 each f32 of large products becomes: 2, 3; 0: it stays.
  int64_t floatParts = 0;
  /// The loss that is to be made the first result; empty: it is there already.
  std::string gradientOf;
  /// The loss and update around the model; none: it is compiled as it is.
  std::optional<TrainingStep> training;
  /// Bytes that PlanRecompute is to keep within, as near as it can; empty: no
  /// bound.
  std::string memoryBudget;
  /// Whether channels are mixed before maps are enlarged; see MixBeforeResize.
  bool mixBeforeResize = true;
  /// Whether each op gets a result that tells if it is finite; see
  /// WatchResults.
  bool watch = false;
  /// Where a failing pass writes its input and the command that replays it;
  /// empty: nowhere.
  std::string reproducer;
};

struct Stage {
  llvm::StringLiteral name;
  llvm::StringLiteral sentence;
  /// Adds the passes that turn the stage before into this one.
  void (*addPasses)(mlir::OpPassManager &passes, const PipelineOptions &);
  /// Dialects that may occur at its end, comma separated.
  llvm::StringLiteral legalDialects;
};

/// All stages on MLIR modules, in order.
llvm::ArrayRef<Stage> stages();

/// The index of the stage called `name`, or -1.
int findStage(llvm::StringRef name);

/// Runs all stages up to and including `last` on `module` (at stage `first`,
/// -1: as loaded), checking each contract.
mlir::LogicalResult runStages(mlir::ModuleOp module, int first, int last,
                              const PipelineOptions &options);

} // namespace lacuna

#endif // LACUNA_PIPELINE_STAGES_H
