//===- AttentionScores.h - From a product to a softmax ----------*- C++ -*-===//
// What exporters write between the product of queries and keys and the softmax:
// factors, caps, biases, masks. Attention takes all of it that is element-wise.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_TRANSFORMS_ATTENTIONSCORES_H
#define LACUNA_LIB_TRANSFORMS_ATTENTIONSCORES_H

#include "lacuna/IR/Dialect.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Matchers.h"

#include <optional>

namespace lacuna {

/// result[batch..., m, n] = sum over k of left[batch..., m, k] right[batch...,
/// k, n], as a contraction says it.
struct Product {
  mlir::Value left, right;
  mlir::AffineMap leftMap, rightMap;
  int64_t batch;
  int64_t m() const { return batch; }
  int64_t n() const { return batch + 1; }
  int64_t k() const { return batch + 2; }

  static mlir::FailureOr<Product> of(mlir::Value result);
};

/// An element-wise op whose operand `scores` becomes its result.
struct ScoreStep {
  mlir::Operation *op;
  mlir::Value scores;
};

/// What is added to scores, or decides where they are hidden, and at which loops
/// of theirs it is read.
struct ScoreMask {
  mlir::Value value;
  mlir::AffineMap map;
  /// The elements of the scores.
  mlir::Type element;
  /// Of a condition: what hidden scores become, and whether they are so where it
  /// holds.
  std::optional<double> hidden;
  bool hiddenWhere = false;
};

/// The scores before a softmax, in the order of `lacuna.attention`.
struct Scores {
  Product product;
  double scale = 1;
  /// What the score region does, first to last.
  llvm::SmallVector<ScoreStep> steps;
  std::optional<double> cap;
  /// What masks, first to last.
  llvm::SmallVector<ScoreMask> masks;

  /// The scores that `value` is; fails where not all steps to it are
  /// element-wise, or a gradient passes through what they read beside.
  static mlir::FailureOr<Scores> of(mlir::Value value);
  /// The mask as an operand of `lacuna.attention`, null if there is none.
  mlir::Value buildMask(mlir::OpBuilder &builder, mlir::Location loc) const;
  /// Writes the steps into the empty region of `op`.
  void buildRegion(mlir::OpBuilder &builder, AttentionOp op) const;
};

/// The inputs of an element-wise generic whose body is one op `Op` on them, in
/// order.
template <typename Op>
mlir::linalg::GenericOp matchGeneric(mlir::Value value) {
  auto generic = value.getDefiningOp<mlir::linalg::GenericOp>();
  if (!generic || generic.getNumResults() != 1 ||
      !generic.isAllParallelLoops() ||
      generic.getBody()->getOperations().size() != 2)
    return {};
  mlir::Operation &op = generic.getBody()->front();
  if (!mlir::isa<Op>(op) ||
      generic.getBody()->getTerminator()->getOperand(0) != op.getResult(0))
    return {};
  for (auto [index, operand] : llvm::enumerate(op.getOperands()))
    if (index >= generic.getInputs().size() ||
        operand != generic.getBody()->getArgument(index))
      return {};
  return generic;
}

/// The one value of a constant tensor.
std::optional<double> uniformValue(mlir::Value value);
/// Takes factors off `value`: x c and x / c become x, and `scale` their
/// product.
mlir::Value peelScale(mlir::Value value, double &scale);

} // namespace lacuna

#endif // LACUNA_LIB_TRANSFORMS_ATTENTIONSCORES_H
