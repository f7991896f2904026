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

#endif // LACUNA_CONVOLUTION_TD
