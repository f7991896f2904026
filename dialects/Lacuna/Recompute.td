//===- Recompute.td - What may be computed again, and what is constant ----===//
#ifndef LACUNA_RECOMPUTE_TD
#define LACUNA_RECOMPUTE_TD

include "Lacuna/Dialect.td"

class Lacuna_RegionOp<string mnemonic> : Lacuna_Op<mnemonic, [
    IsolatedFromAbove, Pure, SingleBlockImplicitTerminator<"YieldOp">]> {
  let arguments = (ins Variadic<AnyType>:$inputs);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    `(` $inputs `)` $body attr-dict `:` functional-type($inputs, $results)
  }];
  let hasVerifier = 1;
}

defvar Lacuna_RegionConstraints = [{
    Constraints:
    * C1. The block arguments have the types of `inputs`, in order.
    * C2. The terminator yields the types of `results`, in order.
}];

def Lacuna_RecomputeOp : Lacuna_RegionOp<"recompute"> {
  let summary = "a region whose values are not kept for the gradient";
  let description = [{
    The results are those of the body. Differentiation keeps the inputs only
    and runs a copy of the body again in the backward direction, behind a
    `barrier` on the inputs. In the forward direction the body runs once;
    `InlineRegions` then puts it in the place of the op.

}] # Lacuna_RegionConstraints # [{
    Example:
    ```mlir
    %r = lacuna.recompute (%x) {
    ^bb0(%a: tensor<4xf32>):
      %y = lacuna.activation gelu %a : tensor<4xf32>
      lacuna.yield %y : tensor<4xf32>
    } : (tensor<4xf32>) -> tensor<4xf32>
    ```
  }];
}

def Lacuna_NoGradOp : Lacuna_RegionOp<"no_grad"> {
  let summary = "a region that gradients do not enter";
  let description = [{
    The results are those of the body, and constants to differentiation.

}] # Lacuna_RegionConstraints # [{
    Example:
    ```mlir
    %r = lacuna.no_grad (%x) {
    ^bb0(%a: tensor<4xf32>):
      %y = lacuna.activation sigmoid %a : tensor<4xf32>
      lacuna.yield %y : tensor<4xf32>
    } : (tensor<4xf32>) -> tensor<4xf32>
    ```
  }];
}

def Lacuna_BarrierOp : Lacuna_Op<"barrier", [
    MemoryEffects<[MemWrite]>, AllTypesMatch<["inputs", "results"]>]> {
  let summary = "the same values, opaque to simplification";
  let description = [{
    Results are the inputs. The op claims to write memory, so that it is
    neither merged with another one nor moved away, and what is computed from
    its results is not merged with what is computed from its inputs: this keeps
    a recomputation apart from the first computation. Gradients pass.

    Example: `%r = lacuna.barrier %x : tensor<4xf32>`
  }];
  let arguments = (ins Variadic<AnyType>:$inputs);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = "$inputs attr-dict `:` type($inputs)";
}

def Lacuna_DetachOp : Lacuna_Op<"detach", [Pure, SameOperandsAndResultType]> {
  let summary = "the same value, without gradient";
  let description = [{
    The result is the input, and a constant to differentiation.

    Example: `%r = lacuna.detach %x : tensor<4xf32>`
  }];
  let arguments = (ins AnyRankedTensor:$input);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasFolder = 1;
}

#endif // LACUNA_RECOMPUTE_TD
