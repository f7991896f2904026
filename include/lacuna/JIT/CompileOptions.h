//===- CompileOptions.h - How a model is compiled ---------------*- C++ -*-===//
#ifndef LACUNA_JIT_COMPILEOPTIONS_H
#define LACUNA_JIT_COMPILEOPTIONS_H

#include "lacuna/Runtime/Tensor.h"
#include "lacuna/Support/TrainingStep.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lacuna {

/// How a model is compiled.
struct CompileOptions {
  /// "cpu" (this one), a processor's name, "cuda", "cuda:ORDINAL", "cuda:sm_90a".
  std::string target = "cpu";
  /// Shapes of inputs by name, for models that leave dimensions open.
  std::map<std::string, Shape> shapes;
  /// Values of inputs, by name, that are fixed when an ONNX model is compiled;
  /// the program does not take them any more. For inputs that decide shapes.
  std::map<std::string, Tensor> constants;
  /// The function to compile; empty: the only public one, or `main`.
  std::string entry;
  /// What tensors of f32 are computed in: "bf16" or "f16"; empty: f32. "bf16x2"
  /// and "bf16x3", for GPUs, are f32 whose large products add those of two or
  /// three bf16 each (`lacuna-split-floats`). Inputs
  /// and outputs keep their types and are cast at the border; so do gradients
  /// and what an optimiser keeps. See the pass `lacuna-narrow-floats`.
  std::string dtype;
  /// The loss to differentiate: `mean-square`, the mean of the squares of the
  /// first output, or the name of an output of one float element. It becomes
  /// the first output, called `loss`; gradients come last. Empty: none, or the
  /// first output where an MLIR function says `lacuna.requires_grad`.
  std::string gradientOf;
  /// What to differentiate by: names of float inputs, names of float
  /// initialisers of an ONNX model, or `all` for inputs and initialisers that
  /// have dimensions; with a loss and no name, all. The gradient of x is the
  /// output `d_x`. Initialisers become inputs `param:NAME` behind the others,
  /// with values from `Model::parameters`.
  std::vector<std::string> gradients;
  /// What of `all` and `parameters`, and of arguments with
  /// `lacuna.requires_grad`, is not differentiated by: names of parameters, in
  /// which `*` stands for any characters.
  std::vector<std::string> frozen;
  /// A loss and, by the gradients' names, an optimiser around the model; see
  /// `Trainer`. Excludes `gradientOf`.
  std::optional<TrainingStep> training;
  /// What a program with gradients may take of memory for values between ops:
  /// bytes, or with a point (`0.5`) a share of what it takes without a budget.
  /// Values are computed again to keep within it. Where that cannot be, bytes
  /// fail with the least found; a share takes that, and the program's `note`
  /// says so. Empty: no bound.
  std::string memoryBudget;
  /// Whether convolutions of constant filter mix channels before maps are
  /// enlarged where that saves work; sums are then taken in another order.
  bool mixBeforeResize = true;
  /// Whether there is an output more for each op, which tells if what it
  /// computes is finite: 0, 1 with an infinity, 2 with a NaN. See
  /// `Value::watched`.
  bool watch = false;
  /// Directory for a reproducer when a pass fails; empty: none.
  std::string reproducer;
};

} // namespace lacuna

#endif // LACUNA_JIT_COMPILEOPTIONS_H
