//===- ResizeTable.h - Which elements a resize blends -----------*- C++ -*-===//
#ifndef LACUNA_IR_RESIZETABLE_H
#define LACUNA_IR_RESIZETABLE_H

#include "lacuna/IR/Dialect.h"

namespace lacuna {

/// For each output along one axis, the inputs it is a weighted sum of. Entry
/// k of output o stands at [k * outputs + o].
struct ResizeTable {
  int64_t outputs = 0, taps = 1;
  std::vector<int32_t> positions;
  std::vector<double> weights;

  /// Of dimension `dim` of `op`, whose shapes are static. A position of -1
  /// stands for the extrapolation value.
  static ResizeTable of(ResizeOp op, int64_t dim);

  /// A position and its weight.
  using Entry = std::pair<int32_t, double>;
  /// Of the entries of each output, positions ascending.
  static ResizeTable of(llvm::ArrayRef<llvm::SmallVector<Entry>> outputs);
  /// The transposed matrix: for each of `inputs` inputs, the outputs that read
  /// it, and with what weight.
  ResizeTable transposed(int64_t inputs) const;

  /// Whether output o is input o, for all of them.
  bool isIdentity(int64_t input) const;
  /// Whether positions never decrease from one output or tap to the next.
  bool ascends() const;
  /// The most elements between the lowest and highest position of `block`
  /// outputs, aligned to that number.
  int64_t span(int64_t block) const;
};

} // namespace lacuna

#endif // LACUNA_IR_RESIZETABLE_H
