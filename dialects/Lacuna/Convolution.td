//===- Convolution.td - convolution and its transpose ------------------------------===//
#ifndef LACUNA_CONVOLUTION_TD
#define LACUNA_CONVOLUTION_TD

include "Lacuna/Dialect.td"
include "Lacuna/Attributes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Lacuna_ConvolutionOp : Lacuna_Op<"convolution", [Pure]> {
  let summary = "N-dimensional (atrous) convolution";
  let description = [{
    out[n, o, p] = bias[o] + sum over i, k of input[n, i, p stride + k dilation - pad]
    filter[o, i, k]; what lies outside of the input is 0. Filter: (O, I / groups, k...).
    Size: floor((in + pads_begin + pads_end - dilation (k - 1) - 1) / stride) + 1.
    f16 and bf16 accumulate in f32.
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
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_TransposedConvolutionOp : Lacuna_Op<"transposed_convolution", [Pure]> {
  let summary = "the adjoint of convolution, as an upsampling";
  let description = [{
    Each input element adds filter * element to a window of the output. Filter:
    (I, O / groups, k...). Size: (in - 1) stride - pads_begin - pads_end +
    dilation (k - 1) + output_padding + 1. Pads may be negative.
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
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_PackFilterOp : Lacuna_Op<"pack_filter", [Pure]> {
  let summary = "a filter in the order a CPU convolution reads it";
  let description = [{
    filter (O, I / groups, k...) -> (groups ceil(O / groups / lanes), taps,
    I / groups, lanes): element (g p + j, t, i, l) is filter[g O / groups +
    j lanes + l, i, t], 0 past the group's outputs. A depthwise filter (one
    input and output channel a group) is packed as a single group:
    (ceil(O / lanes), taps, 1, lanes).
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$filter,
    I64Attr:$groups,
    I64Attr:$lanes);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $filter attr-dict `:` type($filter) `->` type($result)
  }];
}

def Lacuna_PackedConvolutionOp : Lacuna_Op<"packed_convolution", [Pure]> {
  let summary = "channels-last convolution with a packed filter";
  let description = [{
    As `convolution` with channels last and no bias (a fused consumer adds it);
    `panels` comes from `pack_filter`; `kernel` is the filter's spatial size.
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
    operands attr-dict `:` functional-type(operands, results)
  }];
}

#endif // LACUNA_CONVOLUTION_TD
