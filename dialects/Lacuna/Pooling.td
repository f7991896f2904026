//===- Pooling.td - Pooling, pyramids and unpooling -----------------------===//
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

def Lacuna_GlobalPoolOp : Lacuna_InferredOp<"global_pool"> {
  let summary = "pooling over all of space";
  let description = [{
    The maximum, mean or p-norm of each channel's plane. Shapes: input (N, C,
    d...) or channels last; every spatial size of the result is 1.

    Constraints:
    * C1. `input` has rank 3 to 5.
    * C2. `p` is positive and finite.
    * C3. Means and p-norms are of floating-point elements.

    Example:
    ```mlir
    %r = lacuna.global_pool average %x
        : (tensor<2x16x7x7xf32>) -> tensor<2x16x1x1xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_NumberTensor:$input,
    Lacuna_PoolMode:$mode,
    DefaultValuedAttr<F64Attr, "2.0">:$p,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_NumberTensor:$result);
  let assemblyFormat = [{
    `` $mode $input (`p` `=` $p^)? (`layout` `=` `` $layout^)? attr-dict `:`
    functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Lacuna_AdaptivePoolOp : Lacuna_InferredOp<"adaptive_pool"> {
  let summary = "pooling into a given number of bins";
  let description = [{
    Bin i of n over a elements is [floor(i a / n), ceil((i + 1) a / n)); each
    gives its maximum or mean. Shapes: input (N, C, d...) or channels last;
    `output_size` are the spatial sizes of the result.

    Constraints:
    * C1. `input` has rank 3 to 5.
    * C2. `output_size` has one entry a spatial dimension, 0 to 2^30.
    * C3. `mode` is max or average.

    Example:
    ```mlir
    %r = lacuna.adaptive_pool average %x output_size = [3, 3]
        : (tensor<1x8x10x10xf32>) -> tensor<1x8x3x3xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_PoolMode:$mode,
    DenseI64ArrayAttr:$output_size,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    `` $mode $input `output_size` `=` $output_size (`layout` `=` `` $layout^)?
    attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
}

def Lacuna_PoolingPyramidOp : Lacuna_InferredOp<"pooling_pyramid"> {
  let summary = "pooling into several grids of bins at once";
  let description = [{
    One level for each entry n of `bins`, n bins a spatial dimension. Windows
    are adaptive bins ([floor(i a / n), ceil((i + 1) a / n))), or SPP-net's own:
    ceil(a / n) wide with stride floor(a / n). Each gives its maximum or mean.

    Shapes: input (N, C, d...) or channels last. `maps`: one result a level,
    (N, C, n...) in the input's layout. Otherwise one result: each level
    flattened in channels-first order, and all concatenated:
    (N, C sum of n^rank).

    Constraints:
    * C1. `input` has rank 3 to 5.
    * C2. `bins` has 1 to 64 entries of 1 to 1024.
    * C3. `mode` is max or average.
    * C4. With `windows = spp` no spatial size is below the largest entry of
      `bins`.

    Example:
    ```mlir
    %r = lacuna.pooling_pyramid max %x bins = [1, 2, 4]
        : (tensor<1x256x13x13xf32>) -> tensor<1x5376xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    DenseI64ArrayAttr:$bins,
    Lacuna_PoolMode:$mode,
    DefaultValuedAttr<Lacuna_PyramidWindows,
                      "PyramidWindows::Adaptive">:$windows,
    UnitAttr:$maps,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Variadic<Lacuna_FloatTensor>:$results);
  let assemblyFormat = [{
    `` $mode $input `bins` `=` $bins (`windows` `=` `` $windows^)? (`maps` $maps^)?
    (`layout` `=` `` $layout^)? attr-dict `:` functional-type(operands, results)
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
