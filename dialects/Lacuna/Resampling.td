//===- Resampling.td - resampling -------------------------------------------------===//
#ifndef LACUNA_RESAMPLING_TD
#define LACUNA_RESAMPLING_TD

include "Lacuna/Dialect.td"
include "Lacuna/Attributes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Lacuna_ResizeOp : Lacuna_Op<"resize", [Pure]> {
  let summary = "interpolation to another size";
  let description = [{
    Any dimensions may change. `scales`: one a dimension, as given or recomputed by
    whoever builds the op (output / input); coordinates use them. `region` holds the
    starts, then the ends of tf_crop_and_resize, normalised.
  }];
  let arguments = (ins
    AnyRankedTensor:$input,
    Lacuna_ResizeMode:$mode,
    Lacuna_Coordinates:$coordinates,
    DenseF64ArrayAttr:$scales,
    DefaultValuedAttr<Lacuna_NearestRounding, "NearestRounding::RoundPreferFloor">:$rounding,
    DefaultValuedAttr<F64Attr, "-0.75">:$cubic_coefficient,
    UnitAttr:$exclude_outside,
    UnitAttr:$antialias,
    DefaultValuedAttr<F64Attr, "0.0">:$extrapolation_value,
    OptionalAttr<DenseF64ArrayAttr>:$region);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_PixelShuffleOp : Lacuna_Op<"pixel_shuffle", [Pure]> {
  let summary = "channels to space";
  let description = [{
    (N, C b^2, H, W) -> (N, C, H b, W b); channel order CRD (PyTorch) or DCR (TensorFlow, ONNX default).
  }];
  let arguments = (ins
    AnyRankedTensor:$input,
    I64Attr:$block,
    DefaultValuedAttr<Lacuna_ShuffleOrder, "ShuffleOrder::CRD">:$order,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_PixelUnshuffleOp : Lacuna_Op<"pixel_unshuffle", [Pure]> {
  let summary = "space to channels";
  let description = [{
    The inverse of pixel_shuffle.
  }];
  let arguments = (ins
    AnyRankedTensor:$input,
    I64Attr:$block,
    DefaultValuedAttr<Lacuna_ShuffleOrder, "ShuffleOrder::CRD">:$order,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_GridSampleOp : Lacuna_Op<"grid_sample", [Pure]> {
  let summary = "samples at given places";
  let description = [{
    input (N, C, spatial...), grid (N, out..., dims) with the last dimension first, in [-1, 1].
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_FloatTensor:$grid,
    DefaultValuedAttr<Lacuna_ResizeMode, "ResizeMode::Linear">:$mode,
    DefaultValuedAttr<Lacuna_SamplePadding, "SamplePadding::Zeros">:$padding,
    UnitAttr:$align_corners);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_AffineGridOp : Lacuna_Op<"affine_grid", [Pure]> {
  let summary = "sampling grids of affine maps";
  let description = [{
    theta (N, dims, dims + 1) -> (N, size..., dims).
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$theta,
    DenseI64ArrayAttr:$size,
    UnitAttr:$align_corners);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

#endif // LACUNA_RESAMPLING_TD
