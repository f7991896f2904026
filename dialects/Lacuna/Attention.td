//===- Attention.td - scaled dot product attention -------------------------------===//
#ifndef LACUNA_ATTENTION_TD
#define LACUNA_ATTENTION_TD

include "Lacuna/Dialect.td"
include "Lacuna/Attributes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Lacuna_AttentionOp : Lacuna_Op<"attention", [Pure, AttrSizedOperandSegments]> {
  let summary = "softmax(scale query key^T) value, never materialised";
  let description = [{
    results[b, h, i, :] = sum_j softmax_j(s[b, h, i, j]) value[b, h', j, :] with
    s = score(scale * query[b, h, i] . key[b, h', j]), soft-capped by
    cap * tanh(s / cap), plus an additive mask or -inf where a mask forbids;
    h' = h / (h_q / h_kv). A row that sees no key gives 0 and log-sum-exp -inf.

    Query i stands at key position i (`top_left`) or i + s_k - s_q
    (`bottom_right`); causality and the window (`window_left` keys before,
    `window_right` after) are relative to it. With `causal = none` the window is
    aligned top left. `key_lengths` [b] limits the keys of each batch entry.
    With `cu_seqlens` the operands are packed: [total, h, d].
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
    OptionalAttr<F64Attr>:$soft_cap);
  let results = (outs Lacuna_FloatTensor:$results, Optional<Lacuna_FloatTensor>:$log_sum_exp);
  let regions = (region MaxSizedRegion<1>:$score);
  let assemblyFormat = [{
    `(` operands `)` attr-dict (`score` $score^)? `:`
    functional-type(operands, results)
  }];
}

def Lacuna_RotaryEmbeddingOp : Lacuna_Op<"rotary_embedding", [Pure]> {
  let summary = "rotates pairs of features by position";
  let description = [{
    With x split into pairs (halves of the first `rotary_dims` features, or
    neighbours when `interleaved`): (x1, x2) -> (x1 cos - x2 sin, x1 sin + x2 cos).
    `cosine`, `sine`: [b, s, d/2], or [positions, d/2] picked by `position_ids` [b, s].
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
    operands attr-dict `:` functional-type(operands, results)
  }];
}

#endif // LACUNA_ATTENTION_TD
