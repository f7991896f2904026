//===- Interfaces.h - What later stages ask of an op ------------*- C++ -*-===//
// Declares the op interfaces and the generic work on top of them.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_IR_INTERFACES_H
#define LACUNA_IR_INTERFACES_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"

namespace lacuna::detail {
/// Whether inferred and present result types agree; reports otherwise.
llvm::LogicalResult verifyResultTypes(mlir::Operation *op);
} // namespace lacuna::detail

#include "lacuna/IR/Interfaces.h.inc"

namespace lacuna {

/// Sets the result types of `op` to what its operands and attributes say.
/// Known sizes are kept where inference knows none. Success and no change on
/// ops without ResultTypesOpInterface.
llvm::LogicalResult refineResultTypes(mlir::Operation *op);

/// Creates an op of one result without saying its type. Reports and returns
/// failure when the operands and attributes do not fit.
template <typename OpT, typename... Args>
mlir::FailureOr<OpT> createInferred(mlir::OpBuilder &builder,
                                    mlir::Location loc, Args &&...args) {
  auto scalar = mlir::RankedTensorType::get({}, builder.getF32Type());
  OpT op = OpT::create(builder, loc, mlir::Type(scalar),
                       std::forward<Args>(args)...);
  llvm::SmallVector<mlir::RankedTensorType> types;
  if (failed(op.inferResultTypes(types))) {
    op.erase();
    return mlir::failure();
  }
  op->getResult(0).setType(types.front());
  return op;
}

} // namespace lacuna

#endif // LACUNA_IR_INTERFACES_H
