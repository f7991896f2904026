//===- Interfaces.td - What later stages ask of an op ---------------------===//
#ifndef LACUNA_INTERFACES_TD
#define LACUNA_INTERFACES_TD

include "mlir/IR/OpBase.td"

def Lacuna_ResultTypesInterface : OpInterface<"ResultTypesOpInterface"> {
  let cppNamespace = "::lacuna";
  let description = [{
    The types of the results, from operands, attributes and, for what these
    leave open, the present result types. Checks on the way what the sizes
    depend on, and reports what is wrong at the op. Survives any op that
    parses. The verifier compares; `refineResultTypes` sets.
  }];
  let methods = [InterfaceMethod<
    "One type a result; `?` where a size is not known.",
    "::llvm::LogicalResult", "inferResultTypes",
    (ins "::llvm::SmallVectorImpl<::mlir::RankedTensorType> &":$types)>];
  let verify = "return ::lacuna::detail::verifyResultTypes($_op);";
}

#endif // LACUNA_INTERFACES_TD
