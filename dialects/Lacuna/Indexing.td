//===- Indexing.td - Gathering and scattering -----------------------------===//
#ifndef LACUNA_INDEXING_TD
#define LACUNA_INDEXING_TD

include "Lacuna/Attributes.td"
include "Lacuna/Dialect.td"

defvar Lacuna_IndexRule = [{
    Index -1 is the last element. An index out of range fails the call.
}];

def Lacuna_GatherOp : Lacuna_InferredOp<"gather"> {
  let summary = "slices picked along an axis";
  let description = [{
    result[a..., i..., z...] = data[a..., indices[i...], z...], where the axis
    stands between a and z.
}] # Lacuna_IndexRule # [{
    Shapes: data (A..., n, Z...), indices (I...), result (A..., I..., Z...).

    Constraints:
    * C1. `axis` is a dimension of `data`; -1 is the last one.

    Example:
    ```mlir
    %r = lacuna.gather %x[%i] axis = 1
        : (tensor<2x9x4xf32>, tensor<3xi64>) -> tensor<2x3x4xf32>
    ```
  }];
  let arguments = (ins
    AnyRankedTensor:$data,
    Lacuna_IntegerTensor:$indices,
    I64Attr:$axis);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $data `[` $indices `]` `axis` `=` $axis attr-dict `:`
    functional-type(operands, results)
  }];
}

def Lacuna_GatherElementsOp : Lacuna_InferredOp<"gather_elements"> {
  let summary = "elements picked along an axis";
  let description = [{
    result[i, j] = data[indices[i, j], j] for axis 0 of a matrix, and so on.
}] # Lacuna_IndexRule # [{
    Shapes: the result has the shape of `indices`.

    Constraints:
    * C1. `axis` is a dimension of `data`.
    * C2. `indices` has the rank of `data`, and along other dimensions than
      `axis` at most its sizes.

    Example:
    ```mlir
    %r = lacuna.gather_elements %x[%i] axis = 0
        : (tensor<9x4xf32>, tensor<3x4xi64>) -> tensor<3x4xf32>
    ```
  }];
  let arguments = (ins
    AnyRankedTensor:$data,
    Lacuna_IntegerTensor:$indices,
    I64Attr:$axis);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $data `[` $indices `]` `axis` `=` $axis attr-dict `:`
    functional-type(operands, results)
  }];
}

def Lacuna_GatherNdOp : Lacuna_InferredOp<"gather_nd"> {
  let summary = "slices picked by index tuples";
  let description = [{
    result[b..., i..., z...] = data[b..., t..., z...] with the tuple
    t = indices[b..., i..., :]; b are the first `batch_dims` indices.
}] # Lacuna_IndexRule # [{
    Shapes: data (B..., N1 to Nk, Z...), indices (B..., I..., k), result
    (B..., I..., Z...).

    Constraints:
    * C1. `indices` has a rank above `batch_dims`, which is not negative.
    * C2. The first `batch_dims` sizes of `data` and `indices` agree.
    * C3. The last size of `indices` is known and with `batch_dims` at most the
      rank of `data`.

    Example:
    ```mlir
    %r = lacuna.gather_nd %x[%i]
        : (tensor<9x8x4xf32>, tensor<3x2xi64>) -> tensor<3x4xf32>
    ```
  }];
  let arguments = (ins
    AnyRankedTensor:$data,
    Lacuna_IntegerTensor:$indices,
    DefaultValuedAttr<I64Attr, "0">:$batch_dims);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $data `[` $indices `]` (`batch_dims` `=` $batch_dims^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

defvar Lacuna_ScatterRule = [{
    `reduction` says what an update does to the element that is there: replace
    it (none), or add, mul, max, min (integers are signed, NaN wins). Equal
    indices are applied in row-major order of the updates, so that the last one
    wins; each step rounds to the element type.
}];

def Lacuna_ScatterElementsOp : Lacuna_InferredOp<"scatter_elements"> {
  let summary = "elements written along an axis";
  let description = [{
    A copy of `data` with result[indices[i, j], j] = updates[i, j] for axis 0
    of a matrix, and so on.
}] # Lacuna_ScatterRule # Lacuna_IndexRule # [{
    Constraints:
    * C1. `axis` is a dimension of `data`.
    * C2. `indices` has the rank of `data`, and along other dimensions than
      `axis` at most its sizes.
    * C3. `updates` has the shape of `indices` and the elements of `data`.
    * C4. `reduction` is none for i1.

    Example:
    ```mlir
    %r = lacuna.scatter_elements %x[%i], %u axis = 1 reduction = add
        : (tensor<2x5xf32>, tensor<2x3xi64>, tensor<2x3xf32>)
        -> tensor<2x5xf32>
    ```
  }];
  let arguments = (ins
    AnyRankedTensor:$data,
    Lacuna_IntegerTensor:$indices,
    AnyRankedTensor:$updates,
    I64Attr:$axis,
    DefaultValuedAttr<Lacuna_ScatterReduction,
                      "ScatterReduction::None">:$reduction);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $data `[` $indices `]` `,` $updates `axis` `=` $axis
    (`reduction` `=` `` $reduction^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def Lacuna_ScatterNdOp : Lacuna_InferredOp<"scatter_nd"> {
  let summary = "slices written by index tuples";
  let description = [{
    A copy of `data` with result[t..., z...] = updates[i..., z...] for each
    tuple t = indices[i..., :].
}] # Lacuna_ScatterRule # Lacuna_IndexRule # [{
    Shapes: data (N1 to Nk, Z...), indices (I..., k), updates (I..., Z...).

    Constraints:
    * C1. `indices` has a rank of at least 1; its last size is known and at
      most the rank of `data`.
    * C2. `updates` has the shape (I..., Z...) and the elements of `data`.
    * C3. `reduction` is none for i1.

    Example:
    ```mlir
    %r = lacuna.scatter_nd %x[%i], %u
        : (tensor<9x4xf32>, tensor<3x1xi64>, tensor<3x4xf32>)
        -> tensor<9x4xf32>
    ```
  }];
  let arguments = (ins
    AnyRankedTensor:$data,
    Lacuna_IntegerTensor:$indices,
    AnyRankedTensor:$updates,
    DefaultValuedAttr<Lacuna_ScatterReduction,
                      "ScatterReduction::None">:$reduction);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $data `[` $indices `]` `,` $updates (`reduction` `=` `` $reduction^)?
    attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_EmbeddingOp : Lacuna_InferredOp<"embedding"> {
  let summary = "rows of a table";
  let description = [{
    result[i..., :] = table[ids[i...], :]. The row `padding_index` is read like
    any other but gets no gradient.
}] # Lacuna_IndexRule # [{
    Constraints:
    * C1. `table` has rank 2.
    * C2. `padding_index` is a row of `table`, if its size is known.

    Example:
    ```mlir
    %r = lacuna.embedding %table[%ids]
        : (tensor<1000x64xf32>, tensor<2x7xi64>) -> tensor<2x7x64xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$table,
    Lacuna_IntegerTensor:$ids,
    OptionalAttr<I64Attr>:$padding_index);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $table `[` $ids `]` (`padding_index` `=` $padding_index^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif // LACUNA_INDEXING_TD
