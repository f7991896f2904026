//===- Convolution.td - Convolution and its transpose ---------------------===//
#ifndef LACUNA_CONVOLUTION_TD
#define LACUNA_CONVOLUTION_TD

include "Lacuna/Attributes.td"
include "Lacuna/Dialect.td"

def Lacuna_ConvolutionOp : Lacuna_InferredOp<"convolution"> {
  let summary = "N-dimensional (atrous) convolution";
  let description = [{
    out[n, o, p] = bias[o] + sum over i, k of
    input[n, g I/groups + i, p stride + k dilation - pad] filter[o, i, k]

    with g = o / (O / groups); what lies outside of the input is 0. One to three
    spatial dimensions. `groups` = channels is a depthwise convolution. f16 and
    bf16 accumulate in f32 and round once.

    Shapes: input (N, I, d...) or, `layout = channels_last`, (N, d..., I);
    filter (O, I / groups, k...) in both layouts; bias (O); result as the input
    with O channels and floor((d + pads_begin + pads_end - dilation (k - 1) - 1)
    / stride) + 1 elements a spatial dimension.

    Constraints:
    * C1. `input` and `filter` have the same rank, 3 to 5.
    * C2. All operands have the same element type.
    * C3. `strides`, `dilations`, `pads_begin` and `pads_end` have one entry a
      spatial dimension; strides and dilations are positive, pads not negative,
      all at most 2^30.
    * C4. `groups` is positive and divides O.
    * C5. The input has `groups` times as many channels as the filter.
    * C6. `bias` has one element a filter.

    Example:
    ```mlir
    %r = lacuna.convolution %x, %f strides = [1, 1] dilations = [12, 12]
        pads = [12, 12] to [12, 12] groups = 2
        : (tensor<1x8x33x33xf32>, tensor<16x4x3x3xf32>)
        -> tensor<1x16x33x33xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_FloatTensor:$filter,
    Optional<Lacuna_FloatTensor>:$bias,
    DenseI64ArrayAttr:$strides,
    DenseI64ArrayAttr:$dilations,
    DenseI64ArrayAttr:$pads_begin,
    DenseI64ArrayAttr:$pads_end,
    DefaultValuedAttr<I64Attr, "1">:$groups,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    operands `strides` `=` $strides `dilations` `=` $dilations
    `pads` `=` $pads_begin `to` $pads_end (`groups` `=` $groups^)?
    (`layout` `=` `` $layout^)? attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_TransposedConvolutionOp
    : Lacuna_InferredOp<"transposed_convolution"> {
  let summary = "the adjoint of convolution, as an upsampling";
  let description = [{
    Each input element adds filter * element to a window of the output:

    out[n, g O/groups + o, p stride + k dilation - pads_begin] +=
    input[n, i, p] filter[i, o, k], with g = i / (I / groups)

    on top of bias[g O/groups + o]. f16 and bf16 accumulate in f32.

    Shapes: input (N, I, d...) or channels last; filter (I, O / groups, k...);
    bias (O); result (N, O, ...) with (d - 1) stride - pads_begin - pads_end +
    dilation (k - 1) + output_padding + 1 elements a spatial dimension.
    `output_padding` adds elements at the end only. Pads may be negative.

    Constraints:
    * C1. `input` and `filter` have the same rank, 3 to 5.
    * C2. All operands have the same element type.
    * C3. `strides`, `dilations`, `pads_begin`, `pads_end` and `output_padding`
      have one entry a spatial dimension; strides and dilations are positive,
      output padding is not negative, all at most 2^30.
    * C4. `groups` is positive and divides I.
    * C5. The input has as many channels as the filter's first dimension.
    * C6. `bias` has one element a result channel.

    Example:
    ```mlir
    %r = lacuna.transposed_convolution %x, %f strides = [2, 2]
        dilations = [1, 1] pads = [1, 1] to [1, 1] output_padding = [1, 1]
        : (tensor<1x8x5x5xf32>, tensor<8x4x3x3xf32>) -> tensor<1x4x10x10xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_FloatTensor:$filter,
    Optional<Lacuna_FloatTensor>:$bias,
    DenseI64ArrayAttr:$strides,
    DenseI64ArrayAttr:$dilations,
    DenseI64ArrayAttr:$pads_begin,
    DenseI64ArrayAttr:$pads_end,
    DenseI64ArrayAttr:$output_padding,
    DefaultValuedAttr<I64Attr, "1">:$groups,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    operands `strides` `=` $strides `dilations` `=` $dilations
    `pads` `=` $pads_begin `to` $pads_end
    `output_padding` `=` $output_padding (`groups` `=` $groups^)?
    (`layout` `=` `` $layout^)? attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_PackFilterOp : Lacuna_InferredOp<"pack_filter"> {
  let summary = "a filter in the order a CPU convolution reads it";
  let description = [{
    filter (O, I / groups, k...) -> (groups ceil(O / groups / lanes), taps,
    I / groups, lanes): element (g p + j, t, i, l) is filter[g O / groups +
    j lanes + l, i, t], 0 past the group's outputs. A depthwise filter (one
    input and output channel a group) is packed as a single group:
    (ceil(O / lanes), taps, 1, lanes).

    Constraints:
    * C1. `filter` has rank 3 to 5 and static sizes.
    * C2. `groups` is positive and divides O.
    * C3. `lanes` is 1 to 1024.

    Example:
    ```mlir
    %p = lacuna.pack_filter %f groups = 1 lanes = 8
        : tensor<16x4x3x3xf32> -> tensor<2x9x4x8xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$filter,
    I64Attr:$groups,
    I64Attr:$lanes);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $filter `groups` `=` $groups `lanes` `=` $lanes attr-dict `:`
    type($filter) `->` type($result)
  }];
}

def Lacuna_PackedConvolutionOp : Lacuna_Op<"packed_convolution", [Pure]> {
  let summary = "channels-last convolution with a packed filter";
  let description = [{
    As `convolution` with channels last and no bias (a fused consumer adds it);
    `panels` comes from `pack_filter`; `kernel` is the filter's spatial size.

    Constraints:
    * C1. `input` and the result have the same rank, 3 to 5, and static sizes;
      `panels` has rank 4.
    * C2. All types have the same element type.
    * C3. `kernel` and the window's attributes have one entry a spatial
      dimension, as in `convolution`.
    * C4. `groups` is positive and divides the channels of input and result.
    * C5. `panels` has the shape that `pack_filter` gives.
    * C6. The result has the size of the convolution.

    Example:
    ```mlir
    %r = lacuna.packed_convolution %x, %p kernel = [3, 3] strides = [1, 1]
        dilations = [6, 6] pads = [6, 6] to [6, 6]
        : (tensor<1x33x33x4xf32>, tensor<2x9x4x8xf32>)
        -> tensor<1x33x33x16xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_FloatTensor:$panels,
    DenseI64ArrayAttr:$kernel,
    DenseI64ArrayAttr:$strides,
    DenseI64ArrayAttr:$dilations,
    DenseI64ArrayAttr:$pads_begin,
    DenseI64ArrayAttr:$pads_end,
    DefaultValuedAttr<I64Attr, "1">:$groups);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    operands `kernel` `=` $kernel `strides` `=` $strides
    `dilations` `=` $dilations `pads` `=` $pads_begin `to` $pads_end
    (`groups` `=` $groups^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

def Lacuna_InterleaveOp : Lacuna_InferredOp<"interleave"> {
  let summary = "phases of an upsampling side by side";
  let description = [{
    out[n, p, c] = phase number (p mod strides) at [n, p / strides, c], channels
    last; phases are numbered with the last dimension's running fastest. They
    are the operands, or the parts of the channels of a single operand.

    Constraints:
    * C1. `strides` and `size` have one entry a spatial dimension of the
      operands, which have rank 3 to 5; strides are 1 to 2^30.
    * C2. There are as many operands as phases, or one.
    * C3. All operands have the same type, with size / strides elements, rounded
      up, a spatial dimension; the phases divide the channels of a single one.

    Example:
    ```mlir
    %r = lacuna.interleave %a, %b strides = [2] size = [9]
        : (tensor<1x5x8xf32>, tensor<1x5x8xf32>) -> tensor<1x9x8xf32>
    ```
  }];
  let arguments = (ins
    Variadic<Lacuna_FloatTensor>:$phases,
    DenseI64ArrayAttr:$strides,
    DenseI64ArrayAttr:$size);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $phases `strides` `=` $strides `size` `=` $size attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif // LACUNA_CONVOLUTION_TD
