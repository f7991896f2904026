//===- ConvolutionGradient.td - The gradient by a filter ------------------===//
#ifndef LACUNA_CONVOLUTIONGRADIENT_TD
#define LACUNA_CONVOLUTIONGRADIENT_TD

include "Lacuna/Attributes.td"
include "Lacuna/Dialect.td"

def Lacuna_ConvolutionFilterGradientOp
    : Lacuna_InferredOp<"convolution_filter_gradient"> {
  let summary = "the gradient of a convolution by its filter";
  let description = [{
    out[o, i, k] = sum over n, p of
    cotangent[n, o, p] input[n, g I/groups + i, p stride + k dilation - pad]

    with g = o / (O / groups), for the convolution of `input` that gave a
    result of the cotangent's shape. What lies outside of the input is 0. Pads
    may be negative. f16 and bf16 accumulate in f32 and round once; the order
    of the sum does not depend on the number of threads.

    Shapes: input (N, I, d...) and cotangent (N, O, p...), or both channels
    last; result (O, I / groups, kernel...), or (O, kernel..., I / groups) with
    a `result_layout` of channels_last; of the input's element type.

    Constraints:
    * C1. `input` and `cotangent` have the same rank, 3 to 5, the same batch
      and the same element type.
    * C2. `kernel`, `strides`, `dilations`, `pads_begin` and `pads_end` have one
      entry a spatial dimension, all but pads positive and at most 2^30.
    * C3. `groups` is positive and divides the channels of both operands.
    * C4. The cotangent has the spatial sizes of the convolution's result.

    Example:
    ```mlir
    %r = lacuna.convolution_filter_gradient %x, %d kernel = [3, 3]
        strides = [1, 1] dilations = [2, 2] pads = [2, 2] to [2, 2]
        : (tensor<1x8x9x9xf32>, tensor<1x16x9x9xf32>) -> tensor<16x8x3x3xf32>
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
    DefaultValuedAttr<I64Attr, "1">:$groups,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout,
    DefaultValuedAttr<Lacuna_Layout,
                      "Layout::ChannelsFirst">:$result_layout);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    operands `kernel` `=` $kernel `strides` `=` $strides
    `dilations` `=` $dilations `pads` `=` $pads_begin `to` $pads_end
    (`groups` `=` $groups^)? (`layout` `=` `` $layout^)?
    (`result_layout` `=` `` $result_layout^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif // LACUNA_CONVOLUTIONGRADIENT_TD
