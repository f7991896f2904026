//===- ElementEvaluator.h - Elements of fused tensors -----------*- C++ -*-===//
// Computes single elements (or short vectors) of tensors in a kernel body by
// recursion over their producers.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_LIB_LOWERING_ELEMENTEVALUATOR_H
#define LACUNA_LIB_LOWERING_ELEMENTEVALUATOR_H

#include "lacuna/Lowering/KernelBuilder.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace lacuna {

class ElementEvaluator {
public:
  explicit ElementEvaluator(KernelBuilder &kernel) : kernel(kernel) {}

  /// Makes `element` the known value of `tensor` at `at`.
  void seed(mlir::Value tensor, const Position &at, mlir::Value element);
  mlir::FailureOr<mlir::Value> evaluate(mlir::Value tensor, const Position &at);

private:
  using Result = mlir::FailureOr<mlir::Value>;
  Result compute(mlir::Value tensor, const Position &at);
  Result readInput(mlir::Value buffer, mlir::Value tensor, const Position &at);
  Result evaluateGeneric(mlir::linalg::GenericOp op, unsigned result,
                         const Position &at);
  Result evaluateElementwise(mlir::Operation *op, const Position &at);
  Result evaluateSource(mlir::Operation *op, const Position &at);
  // ElementContraction.cpp: one sum of products, by a loop.
  Result evaluateContraction(mlir::linalg::ContractOp op, const Position &at);
  // ElementRemap.cpp: one element of an operand, found by index arithmetic.
  Result evaluateRemap(mlir::Operation *op, const Position &at);
  Result evaluatePad(mlir::tensor::PadOp op, const Position &at);
  Result evaluateReshape(mlir::Operation *op, const Position &at);
  Result evaluateLanewise(mlir::Value tensor, const Position &at);

  mlir::Value lane(mlir::Value index, int64_t offset);
  mlir::Value cloneVectorized(mlir::Operation &op, mlir::ValueRange operands,
                              int64_t lanes);

  struct Known {
    mlir::Value tensor;
    Position at;
    mlir::Value element;
  };
  KernelBuilder &kernel;
  llvm::SmallVector<Known> known;
};

} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_ELEMENTEVALUATOR_H
