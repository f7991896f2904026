//===- Attention.td - Scaled dot product attention ------------------------===//
#ifndef LACUNA_ATTENTION_TD
#define LACUNA_ATTENTION_TD

include "Lacuna/Attributes.td"
include "Lacuna/Dialect.td"

def Lacuna_AttentionOp : Lacuna_InferredOp<"attention",
    [AttrSizedOperandSegments]> {
  let summary = "softmax(scale query key^T) value, never materialised";
  let description = [{
    results[b, h, i, :] = sum_j softmax_j(s[b, h, i, j]) value[b, h', j, :]
    with h' = h / (h_q / h_kv) and s made in these steps:
    1. scale * query[b, h, i, :] . key[b, h', j, :]; scale: 1 / sqrt(d).
    2. The `score` region, from (score, b, h, i, j).
    3. `soft_cap`: cap * tanh(s / cap).
    4. `mask`: added, or where it is i1, -inf where it is false.
    5. -inf for keys that causality, window and lengths hide.
    A row that sees no key gives 0, and `log_sum_exp` -inf. That is
    log(sum_j exp(s[b, h, i, j])), in f32 (f64 for f64).

    Query i stands at key position i (causal none, top_left) or i + s_k - s_q
    (bottom_right). Causal hides keys behind it; `window_left` and
    `window_right` hide keys further before or behind than that many.
    `key_lengths` [b]: how many keys each batch entry has.

    Shapes: query (b, h_q, s_q, d), key (b, h_kv, s_k, d), value
    (b, h_kv, s_k, d_v), results (b, h_q, s_q, d_v); layout bshd: heads behind
    the sequence. `log_sum_exp` (b, h_q, s_q) in either layout. With
    `cu_seqlens` the operands are packed, (total, h, d), sequence n being the
    rows cu_seqlens[n] to cu_seqlens[n + 1], which may be none; `log_sum_exp`
    is (total, h_q). `cu_seqlens_key` is `cu_seqlens_query` if not given. They
    must begin with 0 and neither decrease nor exceed the total, or the call
    fails. Rows behind the last sequence give 0, as if they saw no key.

    `key_parts` = c: the keys are taken in c runs of one length (the last may be
    shorter or empty), each with results of its own. Both results then begin
    with a dimension c and are f32 (f64 for f64). `SplitAttention` makes this
    form and puts the parts together.

    The CPU back end emits its own tiled loops from this op. `TileAttention`
    gives the same algorithm as ops, with `online_attention` as its step.

    Constraints:
    * C1. Query, key and value have rank 4 (packed: 3) and one element type.
    * C2. Batches agree, key and value have the same heads and sequence, query
      and key the same depth.
    * C3. The heads of `key` divide those of `query`.
    * C4. `mask` is i1 or floating point and broadcasts to (b, h_q, s_q, s_k).
    * C5. `key_lengths` has the shape (b).
    * C6. `cu_seqlens_query` and `cu_seqlens_key` have rank 1, one size, at
      least 1; the second needs the first; packed operands have neither `mask`
      nor `key_lengths`, and layout bhsd.
    * C7. `window_left` and `window_right` are 0 to 2^40; `window_right` is not
      given with causal.
    * C8. `scale` is finite, `soft_cap` finite and positive.
    * C9. `score` takes (score, index, index, index, index) and yields a score,
      whose type is f32, the element type, or f64 where that is it.
    * C10. `score` holds scalar element-wise ops and `tensor.extract` only, and
      reads nothing from outside but constants and extracted tensors.
    * C11. `key_parts` is 1 to 2^16 and comes with `log_sum_exp`, and not with
      packed operands.

    Example:
    ```mlir
    %r = lacuna.attention %q, %k, %v causal = bottom_right score {
    ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
      %t = arith.negf %s : f32
      lacuna.yield %t : f32
    } : (tensor<1x8x5x64xf32>, tensor<1x2x9x64xf32>, tensor<1x2x9x32xf32>)
        -> tensor<1x8x5x32xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$query,
    Lacuna_FloatTensor:$key,
    Lacuna_FloatTensor:$value,
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
    OptionalAttr<I64Attr>:$key_parts);
  let results = (outs Lacuna_FloatTensor:$results,
                      Optional<Lacuna_FloatTensor>:$log_sum_exp);
  let regions = (region MaxSizedRegion<1>:$score);
  let assemblyFormat = [{
    $query `,` $key `,` $value (`mask` $mask^)? (`key_lengths` $key_lengths^)?
    (`cu_seqlens_query` $cu_seqlens_query^)?
    (`cu_seqlens_key` $cu_seqlens_key^)?
    (`scale` `=` $scale^)? (`layout` `=` `` $layout^)?
    (`causal` `=` `` $causal^)? (`window_left` `=` $window_left^)?
    (`window_right` `=` $window_right^)? (`soft_cap` `=` $soft_cap^)?
    (`key_parts` `=` $key_parts^)? attr-dict (`score` $score^)? `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
  let extraClassDeclaration = [{
    /// Whether the operands hold sequences one behind the other.
    bool isPacked() { return bool(getCuSeqlensQuery()); }
  }];
}

def Lacuna_RotaryEmbeddingOp : Lacuna_InferredOp<"rotary_embedding"> {
  let summary = "rotates pairs of features by position";
  let description = [{
    The first `rotary_dims` features of each row (0: all) fall into pairs:
    first half with second half, or neighbours when `interleaved`. Each pair
    (x1, x2) becomes (x1 cos - x2 sin, x1 sin + x2 cos); other features stay.
    The angles of row s of batch entry b stand in row [b, s] of `cosine` and
    `sine`, or in row position_ids[b, s], which fails the call when it is out
    of range. Computed in f32 (f64 for f64).

    Shapes: input (b, h, s, d), or (b, s, h, d) in layout bshd; cosine and sine
    (b or 1, s, rotary_dims / 2), or with `position_ids` (b or 1, s) they are
    (positions, rotary_dims / 2).

    Constraints:
    * C1. `input` has rank 4.
    * C2. `rotary_dims` is even and 0 to d; d is even when it is 0.
    * C3. `cosine` and `sine` have the shape above and the elements of `input`.
    * C4. `position_ids` has the shape above.

    Example:
    ```mlir
    %r = lacuna.rotary_embedding %x, %cos, %sin layout = bshd
        : (tensor<1x7x8x64xf32>, tensor<1x7x32xf32>, tensor<1x7x32xf32>)
        -> tensor<1x7x8x64xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_FloatTensor:$cosine,
    Lacuna_FloatTensor:$sine,
    Optional<Lacuna_IntegerTensor>:$position_ids,
    UnitAttr:$interleaved,
    DefaultValuedAttr<I64Attr, "0">:$rotary_dims,
    DefaultValuedAttr<Lacuna_AttentionLayout, "AttentionLayout::BHSD">:$layout);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $input `,` $cosine `,` $sine (`position_ids` $position_ids^)?
    (`interleaved` $interleaved^)? (`rotary_dims` `=` $rotary_dims^)?
    (`layout` `=` `` $layout^)? attr-dict `:` functional-type(operands, results)
  }];
}

#endif // LACUNA_ATTENTION_TD
