//===- Differentiation.td - The rule by which an op is differentiated -----===//
#ifndef LACUNA_DIFFERENTIATION_TD
#define LACUNA_DIFFERENTIATION_TD

include "mlir/IR/OpBase.td"

def Lacuna_DifferentiableInterface
    : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::lacuna";
  let description = [{
    An op with a reverse-mode rule. Rules are external models of lib/Autodiff;
    they speak of values only, and decide nothing about what is kept: what they
    read of the forward direction (operands, results) they name directly.
  }];
  let methods = [InterfaceMethod<[{
      Builds the cotangents of the operands from those of the results.
      `cotangents`: one a result, null where it is zero. `wanted`: the operands
      to differentiate by. `operandCotangents`: one a operand, all null; a rule
      sets those that are wanted and not zero, with the operand's type. Behind
      the operands come the values that the op's regions read from outside.
      Fails, with an error at the op, where the op has no rule for its
      attributes or body.
    }],
    "::llvm::LogicalResult", "buildAdjoint",
    (ins "::mlir::OpBuilder &":$builder,
         "::llvm::ArrayRef<::mlir::Value>":$cotangents,
         "const ::llvm::BitVector &":$wanted,
         "::llvm::MutableArrayRef<::mlir::Value>":$operandCotangents)>,
    InterfaceMethod<
    "Whether the rule knows values that the op's regions read from outside.",
    "bool", "differentiatesCaptures", (ins), "", "return false;">];
}

#endif // LACUNA_DIFFERENTIATION_TD
