//===- AdaptivePooling.td - Pooling into bins, and pyramids ---------------===//
#ifndef LACUNA_ADAPTIVEPOOLING_TD
#define LACUNA_ADAPTIVEPOOLING_TD

include "Lacuna/Attributes.td"
include "Lacuna/Dialect.td"

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

#endif // LACUNA_ADAPTIVEPOOLING_TD
