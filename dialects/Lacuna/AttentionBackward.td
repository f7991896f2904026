//===- AttentionBackward.td - The gradient of attention -------------------===//
#ifndef LACUNA_ATTENTIONBACKWARD_TD
#define LACUNA_ATTENTIONBACKWARD_TD

include "Lacuna/Attributes.td"
include "Lacuna/Dialect.td"

def Lacuna_AttentionBackwardOp : Lacuna_InferredOp<"attention_backward",
    [AttrSizedOperandSegments]> {
  let summary = "cotangents of the operands of attention";
  let description = [{
    Of `attention` with the same operands, options and score region, whose
    results are `output` and `log_sum_exp`, and whose result has the cotangent
    `d_output`. With p = exp(s - log_sum_exp), s the scores after all steps:

        d_value_j = sum_i p_ij d_output_i
        ds_ij     = p_ij (d_output_i . value_j - d_output_i . output_i)
        d_query_i = scale sum_j ds'_ij key_j
        d_key_j   = scale sum_i ds'_ij query_i

    summed over the query heads that share a key head. ds' is ds taken back
    through the soft cap and through `score_backward`, which gives the cotangent
    of the region's score from (score, b, h, i, j, cotangent). Probabilities are
    computed again, tile by tile: memory is O(sequence depth). A row that sees
    no key has and gives gradients of 0. What no sequence of packed operands
    holds has 0 too.

    `d_query` holds `splits` sums that are to be added up, the n-th over every
    `splits`-th tile of keys: as many tasks as there are key heads, times
    `splits`, share the work, and each adds in one order. `d_scores` is ds, all
    of it: the cotangent of a mask that is added.

    Shapes and dtypes: operands as those of `attention`; d_query (splits, shape
    of query) in f32 (f64 for f64); d_key and d_value as key and value;
    d_scores (b, h_q, s_q, s_k) as d_query.

    Constraints:
    * C1 to C10. As `attention`.
    * C11. `output` and `d_output` are as the result of `attention`.
    * C12. `log_sum_exp` is as that of `attention`.
    * C13. `splits` is 1 to 2^20.
    * C14. `score_backward` comes with `score`, has its arguments and one more
      of the score's type, and yields a score.
    * C15. There is no `d_scores` of packed operands.

    Example:
    ```mlir
    %dq, %dk, %dv = lacuna.attention_backward %q, %k, %v, %o, %lse, %do
        causal = top_left splits = 2
        : (tensor<1x8x5x64xf32>, tensor<1x2x9x64xf32>, tensor<1x2x9x32xf32>,
           tensor<1x8x5x32xf32>, tensor<1x8x5xf32>, tensor<1x8x5x32xf32>)
        -> (tensor<2x1x8x5x64xf32>, tensor<1x2x9x64xf32>, tensor<1x2x9x32xf32>)
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$query,
    Lacuna_FloatTensor:$key,
    Lacuna_FloatTensor:$value,
    Lacuna_FloatTensor:$output,
    Lacuna_FloatTensor:$log_sum_exp,
    Lacuna_FloatTensor:$d_output,
    Optional<AnyRankedTensor>:$mask,
    Optional<Lacuna_IntegerTensor>:$key_lengths,
    Optional<Lacuna_IntegerTensor>:$cu_seqlens_query,
    Optional<Lacuna_IntegerTensor>:$cu_seqlens_key,
    OptionalAttr<F64Attr>:$scale,
    DefaultValuedAttr<Lacuna_AttentionLayout, "AttentionLayout::BHSD">:$layout,
    DefaultValuedAttr<Lacuna_Causal, "Causal::None">:$causal,
    OptionalAttr<I64Attr>:$window_left,
    OptionalAttr<I64Attr>:$window_right,
    OptionalAttr<F64Attr>:$soft_cap,
    DefaultValuedAttr<I64Attr, "1">:$splits);
  let results = (outs Lacuna_FloatTensor:$d_query, Lacuna_FloatTensor:$d_key,
                      Lacuna_FloatTensor:$d_value,
                      Optional<Lacuna_FloatTensor>:$d_scores);
  let regions = (region MaxSizedRegion<1>:$score,
                        MaxSizedRegion<1>:$score_backward);
  let assemblyFormat = [{
    $query `,` $key `,` $value `,` $output `,` $log_sum_exp `,` $d_output
    (`mask` $mask^)? (`key_lengths` $key_lengths^)?
    (`cu_seqlens_query` $cu_seqlens_query^)?
    (`cu_seqlens_key` $cu_seqlens_key^)?
    (`scale` `=` $scale^)? (`layout` `=` `` $layout^)?
    (`causal` `=` `` $causal^)? (`window_left` `=` $window_left^)?
    (`window_right` `=` $window_right^)? (`soft_cap` `=` $soft_cap^)?
    (`splits` `=` $splits^)? attr-dict (`score` $score^)?
    (`score_backward` $score_backward^)? `:`
    functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Whether the operands hold sequences one behind the other.
    bool isPacked() { return bool(getCuSeqlensQuery()); }
  }];
}

#endif // LACUNA_ATTENTIONBACKWARD_TD
