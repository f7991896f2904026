//===- Indexing.td - gathering, scattering, ordering ----------------------------===//
#ifndef LACUNA_INDEXING_TD
#define LACUNA_INDEXING_TD

include "Lacuna/Dialect.td"
include "Lacuna/Attributes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Lacuna_GatherOp : Lacuna_Op<"gather", [Pure]> {
  let summary = "slices picked along an axis";
  let description = [{
    result[..., indices..., ...] = data[..., index, ...]; negative indices count from
    the end; out of range is an error at run time.
  }];
  let arguments = (ins
    AnyRankedTensor:$data,
    Lacuna_IntegerTensor:$indices,
    I64Attr:$axis);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_GatherElementsOp : Lacuna_Op<"gather_elements", [Pure]> {
  let summary = "elements picked along an axis";
  let description = [{
    result[i][j] = data[indices[i][j]][j] for axis 0.
  }];
  let arguments = (ins
    AnyRankedTensor:$data,
    Lacuna_IntegerTensor:$indices,
    I64Attr:$axis);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_GatherNdOp : Lacuna_Op<"gather_nd", [Pure]> {
  let summary = "slices picked by index tuples";
  let description = [{

  }];
  let arguments = (ins
    AnyRankedTensor:$data,
    Lacuna_IntegerTensor:$indices,
    DefaultValuedAttr<I64Attr, "0">:$batch_dims);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_ScatterElementsOp : Lacuna_Op<"scatter_elements", [Pure]> {
  let summary = "elements written along an axis";
  let description = [{

  }];
  let arguments = (ins
    AnyRankedTensor:$data,
    Lacuna_IntegerTensor:$indices,
    AnyRankedTensor:$updates,
    I64Attr:$axis,
    DefaultValuedAttr<Lacuna_ScatterReduction, "ScatterReduction::None">:$reduction);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_ScatterNdOp : Lacuna_Op<"scatter_nd", [Pure]> {
  let summary = "slices written by index tuples";
  let description = [{

  }];
  let arguments = (ins
    AnyRankedTensor:$data,
    Lacuna_IntegerTensor:$indices,
    AnyRankedTensor:$updates,
    DefaultValuedAttr<Lacuna_ScatterReduction, "ScatterReduction::None">:$reduction);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_EmbeddingOp : Lacuna_Op<"embedding", [Pure]> {
  let summary = "rows of a table";
  let description = [{
    result[...] = table[ids[...]]; `padding_index` gets no gradient.
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$table,
    Lacuna_IntegerTensor:$ids,
    OptionalAttr<I64Attr>:$padding_index);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_OneHotOp : Lacuna_Op<"one_hot", [Pure]> {
  let summary = "values at an index, others elsewhere";
  let description = [{
    `values`: [off, on].
  }];
  let arguments = (ins
    Lacuna_IntegerTensor:$indices,
    AnyRankedTensor:$values,
    I64Attr:$depth,
    I64Attr:$axis);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_TopKOp : Lacuna_Op<"top_k", [Pure]> {
  let summary = "the k largest (smallest) along an axis";
  let description = [{
    Equal values: the lower index first.
  }];
  let arguments = (ins
    AnyRankedTensor:$input,
    I64Attr:$k,
    I64Attr:$axis,
    DefaultValuedAttr<Lacuna_Extreme, "Extreme::Max">:$kind,
    DefaultValuedAttr<BoolAttr, "true">:$sorted);
  let results = (outs AnyRankedTensor:$values, Lacuna_IntegerTensor:$indices);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_ArgExtremeOp : Lacuna_Op<"arg_extreme", [Pure]> {
  let summary = "index of the largest (smallest) along an axis";
  let description = [{
    i64; the first of equals, or with `select_last` the last. The axis is kept as 1 or dropped by the result type.
  }];
  let arguments = (ins
    AnyRankedTensor:$input,
    Lacuna_Extreme:$kind,
    I64Attr:$axis,
    UnitAttr:$select_last);
  let results = (outs Lacuna_IntegerTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_CumulativeOp : Lacuna_Op<"cumulative", [Pure, SameOperandsAndResultType]> {
  let summary = "running sum or product along an axis";
  let description = [{

  }];
  let arguments = (ins
    AnyRankedTensor:$input,
    Lacuna_CumulativeKind:$kind,
    I64Attr:$axis,
    UnitAttr:$exclusive,
    UnitAttr:$reverse);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $input attr-dict `:` type($input)
  }];
}

def Lacuna_ReverseSequenceOp : Lacuna_Op<"reverse_sequence", [Pure]> {
  let summary = "reverses the first elements of each line";
  let description = [{

  }];
  let arguments = (ins
    AnyRankedTensor:$input,
    Lacuna_IntegerTensor:$lengths,
    I64Attr:$batch_axis,
    I64Attr:$time_axis);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_RandomOp : Lacuna_Op<"random", [Pure]> {
  let summary = "numbers from a counter-based generator";
  let description = [{
    Element i is a function of (seed, i): equal seeds give equal numbers. uniform:
    [alpha, beta); normal: mean alpha, deviation beta; bernoulli: 1 with probability alpha.
  }];
  let arguments = (ins
    Optional<Lacuna_IntegerTensor>:$seed,
    Lacuna_RandomKind:$kind,
    DefaultValuedAttr<I64Attr, "0">:$fixed_seed,
    DefaultValuedAttr<F64Attr, "0.0">:$alpha,
    DefaultValuedAttr<F64Attr, "1.0">:$beta);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_DropoutOp : Lacuna_Op<"dropout", [Pure]> {
  let summary = "zeroes elements at random";
  let description = [{
    y = x keep / (1 - rate) with keep from the counter-based generator of `seed` [ ]: equal seeds replay.
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_IntegerTensor:$seed,
    F64Attr:$rate);
  let results = (outs Lacuna_FloatTensor:$result, AnyRankedTensor:$mask);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

#endif // LACUNA_INDEXING_TD
