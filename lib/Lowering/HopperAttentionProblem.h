//===- HopperAttentionProblem.h - What attention on Hopper does -*- C++ -*-===//
// Sizes and visibility, the same for attention and its gradient.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_HOPPERATTENTIONPROBLEM_H
#define LACUNA_LIB_LOWERING_HOPPERATTENTIONPROBLEM_H

#include "AttentionParts.h"

namespace lacuna {

/// Query i stands at i + offset; keys from `left` before to `right` behind it
/// are visible.
struct HopperAttentionProblem {
  int64_t batches, queryHeads, keyHeads, queries, keys, depth, valueDepth;
  int64_t offset = 0;
  std::optional<int64_t> left, right;
  double scale;
  mlir::Type element;
  /// What changes scores, besides.
  std::optional<double> softCap;
  bool hasScore = false, hasMask = false, hasLengths = false;
  /// Sequences one behind the other, by cu_seqlens; `queries` and `keys` are
  /// their totals, causality is aligned to their ends if `toEnd`.
  std::optional<int64_t> sequences;
  bool toEnd = false;
  /// The score region hides keys by their places, and by captured tensors, each
  /// read at the query or at the key; only where that saves steps.
  bool hidesByPlace = false;
  llvm::SmallVector<mlir::Operation *> rangeTables;

  /// Reads all but what a region hides.
  void read(const AttentionParts &op);
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_HOPPERATTENTIONPROBLEM_H
