//===- Contraction.td - Matrix products with packed weights ---------------===//
// Plain products are `linalg.contract`; here is only what it cannot say.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_CONTRACTION_TD
#define LACUNA_CONTRACTION_TD

include "Lacuna/Dialect.td"

def Lacuna_PackedContractionOp : Lacuna_Op<"packed_contraction", [Pure]> {
  let summary = "a matrix product whose right operand lies in panels";
  let description = [{
    result[..., n] = sum over k of input[..., k] panels[n / L, k, n mod L].
    Weights known at compile time are brought into this order once, so that
    the innermost loop reads them in sequence. Sums of f16 and bf16 are taken
    in f32.

    Shapes: input (..., K), panels (P, K, L), result (..., N) with P = ceil(N /
    L); lanes of the last panel past N are not read.

    Constraints:
    * C1. All types have the same element type; `panels` has rank 3.
    * C2. `input` has rank 1 or more, and its last size is K.
    * C3. The result has the shape of `input` but for the last size N, and P =
      ceil(N / L).

    Example:
    ```mlir
    %r = lacuna.packed_contraction %x, %w
        : (tensor<4x64xf32>, tensor<2x64x32xf32>) -> tensor<4x40xf32>
    ```
  }];
  let arguments = (ins Lacuna_FloatTensor:$input, Lacuna_FloatTensor:$panels);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

#endif // LACUNA_CONTRACTION_TD
