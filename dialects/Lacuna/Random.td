//===- Random.td - Random numbers and dropout -----------------------------===//
#ifndef LACUNA_RANDOM_TD
#define LACUNA_RANDOM_TD

include "Lacuna/Attributes.td"
include "Lacuna/Dialect.td"

defvar Lacuna_GeneratorRule = [{
    Philox4x32-10 with the seed as key and the row-major number of the element
    as counter: equal seeds give equal numbers, whatever the number of threads,
    and a recomputation sees what the first computation saw.
}];

def Lacuna_RandomOp : Lacuna_InferredOp<"random"> {
  let summary = "numbers from a counter-based generator";
  let description = [{
    uniform: on [alpha, beta). normal: mean alpha, deviation beta, by Box and
    Muller. bernoulli: 1 with probability alpha, else 0. The seed is that of
    the operand (a scalar), or else `fixed_seed`.
}] # Lacuna_GeneratorRule # [{
    Shapes: those of the result type.

    Constraints:
    * C1. `seed` has rank 0.
    * C2. uniform and normal have floating-point results.
    * C3. `alpha` and `beta` are finite; alpha < beta for uniform, beta >= 0
      for normal, 0 <= alpha <= 1 for bernoulli.

    Example: `%r = lacuna.random normal seed %s : (tensor<i64>) -> tensor<8xf32>`
  }];
  let arguments = (ins
    Optional<Lacuna_IntegerTensor>:$seed,
    Lacuna_RandomKind:$kind,
    DefaultValuedAttr<I64Attr, "0">:$fixed_seed,
    DefaultValuedAttr<F64Attr, "0.0">:$alpha,
    DefaultValuedAttr<F64Attr, "1.0">:$beta);
  let results = (outs Lacuna_NumberTensor:$result);
  let assemblyFormat = [{
    `` $kind (`seed` $seed^)? (`fixed_seed` `=` $fixed_seed^)?
    (`alpha` `=` $alpha^)? (`beta` `=` $beta^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def Lacuna_DropoutOp : Lacuna_InferredOp<"dropout"> {
  let summary = "zeroes elements at random";
  let description = [{
    result = mask ? input / (1 - rate) : 0, with mask true of each element with
    probability 1 - rate.
}] # Lacuna_GeneratorRule # [{
    Constraints:
    * C1. `seed` has rank 0.
    * C2. `rate` is 0 to 1; at 1 all is 0.
    * C3. `mask` has i1 elements.

    Example:
    ```mlir
    %r, %mask = lacuna.dropout %x, %seed rate = 0.1
        : (tensor<4x8xf32>, tensor<i64>) -> (tensor<4x8xf32>, tensor<4x8xi1>)
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_IntegerTensor:$seed,
    F64Attr:$rate);
  let results = (outs Lacuna_FloatTensor:$result, AnyRankedTensor:$mask);
  let assemblyFormat = [{
    $input `,` $seed `rate` `=` $rate attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif // LACUNA_RANDOM_TD
