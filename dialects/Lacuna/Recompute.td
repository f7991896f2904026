//===- Recompute.td - regions for recomputation and gradients --------------------===//
#ifndef LACUNA_RECOMPUTE_TD
#define LACUNA_RECOMPUTE_TD

include "Lacuna/Dialect.td"
include "Lacuna/Attributes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"

def Lacuna_RecomputeOp : Lacuna_Op<"recompute", [IsolatedFromAbove, Pure, SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "a region whose values may be computed again";
  let description = [{
    The body runs once in the forward direction.
  }];
  let arguments = (ins
    Variadic<AnyType>:$inputs);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    `(` $inputs `)` $body attr-dict `:` functional-type($inputs, $results)
  }];
}

def Lacuna_BarrierOp : Lacuna_Op<"barrier", [MemoryEffects<[MemWrite]>, AllTypesMatch<["inputs", "results"]>]> {
  let summary = "the same values, opaque to common-subexpression elimination";
  let description = [{

  }];
  let arguments = (ins
    Variadic<AnyType>:$inputs);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = [{
    $inputs attr-dict `:` type($inputs)
  }];
}

def Lacuna_DetachOp : Lacuna_Op<"detach", [Pure, SameOperandsAndResultType]> {
  let summary = "the same value, without gradient";
  let description = [{

  }];
  let arguments = (ins
    AnyRankedTensor:$input);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $input attr-dict `:` type($input)
  }];
}

def Lacuna_NoGradOp : Lacuna_Op<"no_grad", [IsolatedFromAbove, Pure, SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "a region that gradients do not enter";
  let description = [{

  }];
  let arguments = (ins
    Variadic<AnyType>:$inputs);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    `(` $inputs `)` $body attr-dict `:` functional-type($inputs, $results)
  }];
}

#endif // LACUNA_RECOMPUTE_TD
