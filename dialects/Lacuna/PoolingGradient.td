//===- PoolingGradient.td - Gradients of maxima ---------------------------===//
// Those of means and norms are `resample`s with the tables turned.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_POOLINGGRADIENT_TD
#define LACUNA_POOLINGGRADIENT_TD

include "Lacuna/Attributes.td"
include "Lacuna/Dialect.td"

def Lacuna_MaxPoolGradientOp : Lacuna_InferredOp<"max_pool_gradient"> {
  let summary = "the gradient of max_pool";
  let description = [{
    Each element of the cotangent is added where its window of `input` has its
    maximum: at the first of equals, or the first NaN. The order of the sums
    does not depend on the number of threads.

    Shapes: input (N, C, d...), cotangent (N, C, windows...), or both channels
    last; the result has the input's type. f16 and bf16 are added as they are.

    Constraints:
    * C1. `input` has rank 3 to 5.
    * C2. The window's attributes are as in `max_pool`.
    * C3. `cotangent` has the type of the pool's result.

    Example:
    ```mlir
    %r = lacuna.max_pool_gradient %x, %d kernel = [3] strides = [2]
        dilations = [1] pads = [1] to [1]
        : (tensor<1x4x8xf32>, tensor<1x4x4xf32>) -> tensor<1x4x8xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_FloatTensor:$cotangent,
    DenseI64ArrayAttr:$kernel,
    DenseI64ArrayAttr:$strides,
    DenseI64ArrayAttr:$dilations,
    DenseI64ArrayAttr:$pads_begin,
    DenseI64ArrayAttr:$pads_end,
    UnitAttr:$ceil_mode,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    operands `kernel` `=` $kernel `strides` `=` $strides
    `dilations` `=` $dilations `pads` `=` $pads_begin `to` $pads_end
    (`ceil_mode` $ceil_mode^)? (`layout` `=` `` $layout^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def Lacuna_AdaptiveMaxPoolGradientOp
    : Lacuna_InferredOp<"adaptive_max_pool_gradient"> {
  let summary = "the gradient of maxima over bins";
  let description = [{
    As `max_pool_gradient`, with bins instead of windows, as many as the
    cotangent has elements in space: adaptive ones, or SPP-net's (see
    `pooling_pyramid`).

    Shapes: input (N, C, d...), cotangent (N, C, bins...), or both channels
    last; the result has the input's type.

    Constraints:
    * C1. `input` has rank 3 to 5.
    * C2. `cotangent` has the input's rank, batch, channels and element type.
    * C3. With `windows = spp` no spatial size of the input is below that of
      the cotangent.

    Example:
    ```mlir
    %r = lacuna.adaptive_max_pool_gradient %x, %d
        : (tensor<1x4x7x7xf32>, tensor<1x4x3x3xf32>) -> tensor<1x4x7x7xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_FloatTensor:$cotangent,
    DefaultValuedAttr<Lacuna_PyramidWindows,
                      "PyramidWindows::Adaptive">:$windows,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    operands (`windows` `=` `` $windows^)? (`layout` `=` `` $layout^)? attr-dict
    `:` functional-type(operands, results)
  }];
}

#endif // LACUNA_POOLINGGRADIENT_TD
