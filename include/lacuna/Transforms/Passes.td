//===- Passes.td - Passes from lacuna to lacuna ---------------------------===//
#ifndef LACUNA_TRANSFORMS_PASSES_TD
#define LACUNA_TRANSFORMS_PASSES_TD

include "mlir/Pass/PassBase.td"

def FormKernels : Pass<"lacuna-form-kernels", "::mlir::func::FuncOp"> {
  let summary = "group ops into kernels, one launch each";
  let description = [{
    Input: tensor ops in a function. Output: only `lacuna.kernel`,
    `arith.constant` and views of whole tensors at the top level of the
    function. Element-wise consumers join the kernel of their producer; index
    remappings (transpose, slice, reshape) join the kernel that reads them.
    Numbers: exact.
  }];
  let dependentDialects = ["::lacuna::LacunaDialect"];
}

#endif // LACUNA_TRANSFORMS_PASSES_TD
