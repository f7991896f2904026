//===- Pooling.td - Pooling over windows, and unpooling -------------------===//
#ifndef LACUNA_POOLING_TD
#define LACUNA_POOLING_TD

include "Lacuna/Attributes.td"
include "Lacuna/Dialect.td"

defvar Lacuna_PoolConstraints = [{
    * C1. `input` has rank 3 to 5.
    * C2. `kernel`, `strides`, `dilations`, `pads_begin` and `pads_end` have one
      entry a spatial dimension; all are positive but pads, which are not
      negative, and all at most 2^30.
}];

def Lacuna_MaxPoolOp : Lacuna_InferredOp<"max_pool"> {
  let summary = "maximum over windows";
  let description = [{
    out[n, c, p] = max over k of input[n, c, p stride + k dilation - pads_begin].
    Padding is never the maximum. NaN wins. `ceil_mode` rounds the number of
    windows up, but drops a last window that would start in the right padding.
    With `indices`: where each maximum stood (the first of equals), counted over
    the whole tensor or over the spatial plane (`index_mode`), in channels-first
    order whatever the layout; `column_major` counts the plane column by column.

    Shapes: input (N, C, d...) or channels last; result and `indices` alike,
    with the number of windows as spatial sizes.

    Constraints:
}] # Lacuna_PoolConstraints # [{
    * C3. `indices` is an i64 tensor.

    Example:
    ```mlir
    %r = lacuna.max_pool %x kernel = [3, 3] strides = [2, 2]
        dilations = [1, 1] pads = [1, 1] to [1, 1]
        : (tensor<1x4x8x8xf32>) -> tensor<1x4x4x4xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_NumberTensor:$input,
    DenseI64ArrayAttr:$kernel,
    DenseI64ArrayAttr:$strides,
    DenseI64ArrayAttr:$dilations,
    DenseI64ArrayAttr:$pads_begin,
    DenseI64ArrayAttr:$pads_end,
    UnitAttr:$ceil_mode,
    DefaultValuedAttr<Lacuna_IndexMode, "IndexMode::Plane">:$index_mode,
    UnitAttr:$column_major,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_NumberTensor:$result,
                      Optional<Lacuna_IntegerTensor>:$indices);
  let assemblyFormat = [{
    $input `kernel` `=` $kernel `strides` `=` $strides
    `dilations` `=` $dilations `pads` `=` $pads_begin `to` $pads_end
    (`ceil_mode` $ceil_mode^)? (`index_mode` `=` `` $index_mode^)?
    (`column_major` $column_major^)? (`layout` `=` `` $layout^)?
    attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Lacuna_AveragePoolOp : Lacuna_InferredOp<"average_pool"> {
  let summary = "mean over windows";
  let description = [{
    out[n, c, p] = sum over k of input[n, c, p stride + k dilation - pads_begin]
    / count. The count is of elements of the input, with `count_include_pad`
    also of padding, never of the overhang of `ceil_mode`. An empty window
    gives 0. Sums of f16 and bf16 are taken in f32. Shapes as `max_pool`.

    Constraints:
}] # Lacuna_PoolConstraints # [{
    Example:
    ```mlir
    %r = lacuna.average_pool %x kernel = [2] strides = [2] dilations = [1]
        pads = [0] to [0] ceil_mode : (tensor<1x4x7xf32>) -> tensor<1x4x4xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    DenseI64ArrayAttr:$kernel,
    DenseI64ArrayAttr:$strides,
    DenseI64ArrayAttr:$dilations,
    DenseI64ArrayAttr:$pads_begin,
    DenseI64ArrayAttr:$pads_end,
    UnitAttr:$ceil_mode,
    UnitAttr:$count_include_pad,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $input `kernel` `=` $kernel `strides` `=` $strides
    `dilations` `=` $dilations `pads` `=` $pads_begin `to` $pads_end
    (`ceil_mode` $ceil_mode^)? (`count_include_pad` $count_include_pad^)?
    (`layout` `=` `` $layout^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Lacuna_LpPoolOp : Lacuna_InferredOp<"lp_pool"> {
  let summary = "p-norm over windows";
  let description = [{
    (sum |x|^p)^(1/p) over each window; padding counts as 0. Shapes as
    `max_pool`.

    Constraints:
}] # Lacuna_PoolConstraints # [{
    * C3. `p` is positive and finite.

    Example:
    ```mlir
    %r = lacuna.lp_pool %x kernel = [2] strides = [2] dilations = [1]
        pads = [0] to [0] p = 3.0 : (tensor<1x4x8xf32>) -> tensor<1x4x4xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    DenseI64ArrayAttr:$kernel,
    DenseI64ArrayAttr:$strides,
    DenseI64ArrayAttr:$dilations,
    DenseI64ArrayAttr:$pads_begin,
    DenseI64ArrayAttr:$pads_end,
    UnitAttr:$ceil_mode,
    DefaultValuedAttr<F64Attr, "2.0">:$p,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $input `kernel` `=` $kernel `strides` `=` $strides
    `dilations` `=` $dilations `pads` `=` $pads_begin `to` $pads_end
    (`ceil_mode` $ceil_mode^)? (`p` `=` $p^)? (`layout` `=` `` $layout^)?
    attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_MaxUnpoolOp : Lacuna_InferredOp<"max_unpool"> {
  let summary = "puts maxima back where they stood";
  let description = [{
    out[indices[e]] = input[e] for every element e, 0 elsewhere. Indices count
    in the result, over the whole tensor or over the spatial plane
    (`index_mode`), in channels-first order. Equal indices: the last wins. Out
    of range is an error at run time. Shapes: input and indices (N, C, d...) or channels last;
    the spatial sizes of the result are those of its type.

    Constraints:
    * C1. `input` has rank 3 to 5 and the shape of `indices`.
    * C2. The result has the input's rank.

    Example:
    ```mlir
    %r = lacuna.max_unpool %x, %i
        : (tensor<1x2x2x2xf32>, tensor<1x2x2x2xi64>) -> tensor<1x2x4x4xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_NumberTensor:$input,
    Lacuna_IntegerTensor:$indices,
    DefaultValuedAttr<Lacuna_IndexMode, "IndexMode::Plane">:$index_mode,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_NumberTensor:$result);
  let assemblyFormat = [{
    operands (`index_mode` `=` `` $index_mode^)? (`layout` `=` `` $layout^)?
    attr-dict `:` functional-type(operands, results)
  }];
}

#endif // LACUNA_POOLING_TD
