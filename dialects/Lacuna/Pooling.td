//===- Pooling.td - pooling, pyramids and unpooling ----------------------------===//
#ifndef LACUNA_POOLING_TD
#define LACUNA_POOLING_TD

include "Lacuna/Dialect.td"
include "Lacuna/Attributes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Lacuna_MaxPoolOp : Lacuna_Op<"max_pool", [Pure]> {
  let summary = "maximum over windows";
  let description = [{
    With `indices`: where each maximum stood (the first of equals), counted over
    the whole tensor or over the spatial plane (`index_mode`); `column_major`
    counts the plane column by column. A last window that would start in the
    right padding is dropped. Padding is never the maximum.
  }];
  let arguments = (ins
    AnyRankedTensor:$input,
    DenseI64ArrayAttr:$kernel,
    DenseI64ArrayAttr:$strides,
    DenseI64ArrayAttr:$dilations,
    DenseI64ArrayAttr:$pads_begin,
    DenseI64ArrayAttr:$pads_end,
    UnitAttr:$ceil_mode,
    DefaultValuedAttr<Lacuna_IndexMode, "IndexMode::Plane">:$index_mode,
    UnitAttr:$column_major,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs AnyRankedTensor:$result, Optional<Lacuna_IntegerTensor>:$indices);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_AveragePoolOp : Lacuna_Op<"average_pool", [Pure]> {
  let summary = "mean over windows";
  let description = [{
    The divisor counts elements of the input, with `count_include_pad` also
    padding, never the overhang of `ceil_mode`.
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
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_LpPoolOp : Lacuna_Op<"lp_pool", [Pure]> {
  let summary = "p-norm over windows";
  let description = [{
    (sum |x|^p)^(1/p) over each window.
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
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_GlobalPoolOp : Lacuna_Op<"global_pool", [Pure]> {
  let summary = "pooling over all of space";
  let description = [{
    Spatial dimensions become 1.
  }];
  let arguments = (ins
    AnyRankedTensor:$input,
    Lacuna_PoolMode:$mode,
    DefaultValuedAttr<F64Attr, "2.0">:$p,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_AdaptivePoolOp : Lacuna_Op<"adaptive_pool", [Pure]> {
  let summary = "pooling into a given number of bins";
  let description = [{
    Bin i of n over a elements is [floor(i a / n), ceil((i + 1) a / n)).
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_PoolMode:$mode,
    DenseI64ArrayAttr:$output_size,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_PoolingPyramidOp : Lacuna_Op<"pooling_pyramid", [Pure]> {
  let summary = "pooling into several grids of bins at once";
  let description = [{
    One level for each entry n of `bins`, n bins a dimension; windows are adaptive
    bins, or SPP-net's own: ceil(a / n) wide with stride floor(a / n). `maps`: one
    result a level; otherwise each level is flattened in channels-first order and
    all are concatenated: (N, C sum n^2).
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    DenseI64ArrayAttr:$bins,
    Lacuna_PoolMode:$mode,
    DefaultValuedAttr<Lacuna_PyramidWindows, "PyramidWindows::Adaptive">:$windows,
    UnitAttr:$maps,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Variadic<Lacuna_FloatTensor>:$results);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_MaxUnpoolOp : Lacuna_Op<"max_unpool", [Pure]> {
  let summary = "puts maxima back where they stood";
  let description = [{
    Everything else is 0. Equal indices: the last wins.
  }];
  let arguments = (ins
    AnyRankedTensor:$input,
    Lacuna_IntegerTensor:$indices,
    DefaultValuedAttr<Lacuna_IndexMode, "IndexMode::Plane">:$index_mode,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

#endif // LACUNA_POOLING_TD
