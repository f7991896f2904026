//===- OnlineAttention.td - One tile of attention -------------------------===//
#ifndef LACUNA_ONLINEATTENTION_TD
#define LACUNA_ONLINEATTENTION_TD

include "Lacuna/Dialect.td"

def Lacuna_OnlineAttentionOp : Lacuna_InferredOp<"online_attention"> {
  let summary = "one step of attention over a tile of keys";
  let description = [{
    What attention over the keys seen so far needs to know of them, brought up
    to date with n more keys (Milakov and Gimelshein, "Online normalizer
    calculation for softmax", arXiv 1805.02867). For each query row, with the
    scores s_j = scale query . key_j, soft-capped and masked as in `attention`,
    m = maximum, l = sum, a = accumulator:

        m' = max(m, max_j s_j)
        l' = exp(m - m') l + sum_j exp(s_j - m')
        a' = exp(m - m') a + sum_j exp(s_j - m') value_j

    It begins with m = -inf, l = 0, a = 0 and ends with a / l, the result, and
    m + log(l), its log-sum-exp. A row that has seen no key keeps m = -inf,
    l = 0, a = 0. Steps may be taken over any partition of the keys.

    Shapes: query (b, h_q, m, d), key (b, h_kv, n, d), value (b, h_kv, n, d_v),
    maximum and sum (b, h_q, m), accumulator (b, h_q, m, d_v). These three are
    f32, or f64 for f64 operands.

    Constraints:
    * C1. Query, key and value have rank 4 and one element type.
    * C2. Their batches agree, key and value have the same heads and rows,
      query and key the same depth.
    * C3. The heads of `key` divide those of `query`.
    * C4. `mask` is i1 or floating point and broadcasts to (b, h_q, m, n).
    * C5. `maximum`, `sum` and `accumulator` have the types above.
    * C6. `scale` is finite, `soft_cap` finite and positive.

    Example:
    ```mlir
    %m1, %l1, %a1 = lacuna.online_attention %q, %k, %v into %m, %l, %a
        scale = 0.125
        : (tensor<1x8x5x64xf32>, tensor<1x2x16x64xf32>, tensor<1x2x16x32xf32>,
           tensor<1x8x5xf32>, tensor<1x8x5xf32>, tensor<1x8x5x32xf32>)
        -> (tensor<1x8x5xf32>, tensor<1x8x5xf32>, tensor<1x8x5x32xf32>)
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$query,
    Lacuna_FloatTensor:$key,
    Lacuna_FloatTensor:$value,
    Lacuna_FloatTensor:$maximum,
    Lacuna_FloatTensor:$sum,
    Lacuna_FloatTensor:$accumulator,
    Optional<AnyRankedTensor>:$mask,
    F64Attr:$scale,
    OptionalAttr<F64Attr>:$soft_cap);
  let results = (outs Lacuna_FloatTensor:$new_maximum,
                      Lacuna_FloatTensor:$new_sum,
                      Lacuna_FloatTensor:$new_accumulator);
  let assemblyFormat = [{
    $query `,` $key `,` $value `into` $maximum `,` $sum `,` $accumulator
    (`mask` $mask^)? `scale` `=` $scale (`soft_cap` `=` $soft_cap^)?
    attr-dict `:` functional-type(operands, results)
  }];
}

#endif // LACUNA_ONLINEATTENTION_TD
