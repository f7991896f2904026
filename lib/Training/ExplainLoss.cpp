//===- ExplainLoss.cpp - Why a loss is not finite -------------------------===//
// The step is compiled once more, with an output for each op, and run again on
// the same inputs.
//===----------------------------------------------------------------------===//
#include "lacuna/Training/Trainer.h"

#include <cmath>

using namespace lacuna;

static bool hasNaN(const Tensor &tensor) {
  if (!isFloat(tensor.dtype()))
    return false;
  for (int64_t i = 0; i < tensor.elementCount(); ++i)
    if (std::isnan(tensor.element(i)))
      return true;
  return false;
}

/// The first watched op whose result is at least as bad as `severity`.
static std::string findOp(const Program &program,
                          std::span<const Tensor> results, double severity) {
  for (size_t i = 0; i < results.size(); ++i) {
    const Value &output = program.outputs()[i];
    if (!output.watched.empty() && results[i].element(0) >= severity)
      return output.watched;
  }
  return "";
}

std::string Trainer::explainLoss(std::span<const Tensor> bound) const {
  for (size_t i = 0; i < bound.size(); ++i)
    if (hasNaN(bound[i]))
      return ": `" + program.inputs()[i].name + "` had a NaN before it";
  CompileOptions compile = given.compile;
  compile.watch = true;
  compile.memoryBudget.clear();
  Expected<Program> watched = model.compile(compile);
  if (!watched)
    return "";
  Expected<std::vector<Tensor>> results = watched->call(bound, given.threads);
  if (!results)
    return "";
  std::string first = findOp(*watched, *results, 1);
  std::string firstNaN = findOp(*watched, *results, 2);
  if (first.empty())
    return "";
  if (first == firstNaN)
    return ": the first NaN is of " + first;
  std::string text = ": the first infinity is of " + first;
  // What divides by an infinite loss may give a NaN, which says nothing.
  bool isNaN = std::isnan((*results)[0].element(0));
  return isNaN ? text + ", the first NaN of " + firstNaN : text;
}
