//===- ElementWiseBuilder.h - Short words for linalg.generic ----*- C++ -*-===//
// Element-wise loops and reductions over named loops on static tensors.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_ELEMENTWISEBUILDER_H
#define LACUNA_LIB_LOWERING_ELEMENTWISEBUILDER_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace lacuna {

/// An operand and the loop that each of its dimensions follows; -1: index 0.
struct LoopOperand {
  mlir::Value value;
  llvm::SmallVector<int64_t> loops;
};

class ElementWiseBuilder {
public:
  using Body = llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::Location,
                                              mlir::ValueRange)>;
  ElementWiseBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  mlir::OpBuilder &builder;
  mlir::Location loc;

  /// result[l0, l1, ...] = body(elements of the operands).
  mlir::Value map(llvm::ArrayRef<int64_t> sizes, mlir::Type element,
                  llvm::ArrayRef<LoopOperand> operands, Body body);
  /// Folds the loops that `start` does not follow into it; the body gets the
  /// elements and then what is there.
  mlir::Value fold(llvm::ArrayRef<int64_t> sizes, const LoopOperand &start,
                   llvm::ArrayRef<LoopOperand> operands, Body body);
  mlir::Value fill(llvm::ArrayRef<int64_t> sizes, mlir::Type element,
                   double value);
  mlir::Value number(mlir::Type type, double value);
  /// `operand` broadcast from the right over `rank` loops.
  static LoopOperand fromRight(mlir::Value operand, int64_t rank);
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_ELEMENTWISEBUILDER_H
