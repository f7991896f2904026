//===- Explain.h - Where a program's memory goes ----------------*- C++ -*-===//
#ifndef LACUNA_JIT_EXPLAIN_H
#define LACUNA_JIT_EXPLAIN_H

#include "lacuna/JIT/Model.h"

namespace lacuna {

struct ModelSource;

/// The memory between the kernels of one program.
struct MemoryReport {
  struct Launch {
    std::string kernel;
    /// What it reads and writes in the arena, and all that lives meanwhile.
    int64_t ownBytes = 0, liveBytes = 0;
    /// Whether something in it was computed before.
    bool recomputes = false;
  };
  struct Value {
    /// The launch that writes it, and the last that reads it.
    size_t first = 0, last = 0;
    int64_t bytes = 0, offset = 0;
  };
  std::vector<Launch> launches;
  std::vector<Value> values;
  int64_t arenaBytes = 0, liveBytes = 0;
  /// The activations: what lives when the backward direction begins; 0
  /// without one.
  int64_t keptBytes = 0;
  /// The most that one kernel reads and writes in the arena: with these values
  /// there, and not in outputs that are not yet written, none does with less.
  int64_t lowerBound = 0;
  /// Additions and multiplications known, of all launches.
  int64_t operations = 0;
};

/// What one bound on memory costs.
struct BudgetPoint {
  /// The arena, and what of it is kept from one direction to the other.
  int64_t arenaBytes = 0, keptBytes = 0;
  int64_t operations = 0;
};

/// Plans memory without generating code.
class MemoryExplainer {
public:
  static Expected<MemoryReport> explain(const Model &model,
                                        const CompileOptions &options);
  /// The program that keeps all, then those for `count` bounds down to the least
  /// that no other one beats in both, the largest arena first.
  static Expected<std::vector<BudgetPoint>>
  sweep(const Model &model, const CompileOptions &options, int count);

private:
  static const ModelSource &sourceOf(const Model &model);
};

} // namespace lacuna

#endif // LACUNA_JIT_EXPLAIN_H
