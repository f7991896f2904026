//===- Resampling.td - Resizing and shuffles ------------------------------===//
#ifndef LACUNA_RESAMPLING_TD
#define LACUNA_RESAMPLING_TD

include "Lacuna/Attributes.td"
include "Lacuna/Dialect.td"

def Lacuna_ResizeOp : Lacuna_InferredOp<"resize"> {
  let summary = "interpolation to another size";
  let description = [{
    Any dimensions may change, each on its own. Output o of m reads the input of
    n elements at coordinate x, with s = scales[d]:

    * `half_pixel`: (o + 0.5) / s - 0.5
    * `pytorch_half_pixel`: the same, but 0 when m is 1
    * `align_corners`: o (n - 1) / (m - 1), 0 when m is 1
    * `asymmetric`: o / s
    * `half_pixel_symmetric`: half_pixel, moved so that a size m that is not
      n s stays centred
    * `tf_crop_and_resize`: `region` holds the starts, then the ends of what is
      read, as parts of n - 1; outside of the input the result is
      `extrapolation_value`

    `nearest` takes one element, chosen by `rounding`; `linear` blends two and
    `cubic` four (with `cubic_coefficient`: -0.75 as PyTorch, or -0.5). Indices
    beyond the edge read the edge; with `exclude_outside` they weigh nothing and
    the other weights are scaled to sum 1. `antialias` widens the filter by
    1 / s where s < 1. Sums of f16 and bf16 are taken in f32.

    `scales` are as given or recomputed (m / n) by whoever builds the op; where
    they are fractional, n s stands for m in `align_corners` and
    `tf_crop_and_resize`. The result has the sizes of its type.

    Constraints:
    * C1. `input` and the result have the same rank, 1 to 6.
    * C2. `scales` has one entry a dimension, finite and positive.
    * C3. `region` is there just with `tf_crop_and_resize` and has two finite
      entries a dimension.
    * C4. All but `nearest` is of floating-point elements.
    * C5. A dimension without elements keeps its size.

    Example:
    ```mlir
    %r = lacuna.resize linear %x coordinates = half_pixel
        scales = [1.0, 1.0, 8.0, 8.0]
        : (tensor<1x21x65x65xf32>) -> tensor<1x21x520x520xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_NumberTensor:$input,
    Lacuna_ResizeMode:$mode,
    Lacuna_Coordinates:$coordinates,
    DenseF64ArrayAttr:$scales,
    DefaultValuedAttr<Lacuna_NearestRounding,
                      "NearestRounding::RoundPreferFloor">:$rounding,
    DefaultValuedAttr<F64Attr, "-0.75">:$cubic_coefficient,
    UnitAttr:$exclude_outside,
    UnitAttr:$antialias,
    DefaultValuedAttr<F64Attr, "0.0">:$extrapolation_value,
    OptionalAttr<DenseF64ArrayAttr>:$region);
  let results = (outs Lacuna_NumberTensor:$result);
  let assemblyFormat = [{
    `` $mode $input `coordinates` `=` `` $coordinates `scales` `=` $scales
    (`rounding` `=` `` $rounding^)?
    (`cubic_coefficient` `=` $cubic_coefficient^)?
    (`exclude_outside` $exclude_outside^)? (`antialias` $antialias^)?
    (`extrapolation_value` `=` $extrapolation_value^)?
    (`region` `=` $region^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Lacuna_ResampleOp
    : Lacuna_InferredOp<"resample", [AttrSizedOperandSegments]> {
  let summary = "weighted sums of elements at tabled positions";
  let description = [{
    What a resize comes down to. For output index o along an axis:

    out[.., o, ..] = sum over k of weights[k, o] input[.., positions[k, o], ..]

    and so for all `axes` at once. Without weights there is one position an
    output, and the element is copied. With `extrapolates`, where a position is
    negative the result is `extrapolation_value`. `row_block` and `row_span`,
    for two axes with ascending positions: of any `row_block` neighbouring
    outputs of the first axis, aligned to that number, the positions lie in
    `row_span` neighbouring elements.

    Constraints:
    * C1. `axes` are dimensions of `input`, ascending.
    * C2. There is a table of positions for each axis, of rank 2, and the same
      number of tables of weights or none.
    * C3. Weights have the shape of their positions and `input` is of
      floating-point elements; without weights positions have one row.

    Example:
    ```mlir
    %r = lacuna.resample %x at %p by %w axes = [2]
        : tensor<1x8x5xf32>, (tensor<2x9xi32>), (tensor<2x9xf32>)
        -> tensor<1x8x9xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_NumberTensor:$input,
    Variadic<Lacuna_IntegerTensor>:$positions,
    Variadic<Lacuna_FloatTensor>:$weights,
    DenseI64ArrayAttr:$axes,
    DefaultValuedAttr<I64Attr, "0">:$row_block,
    DefaultValuedAttr<I64Attr, "0">:$row_span,
    UnitAttr:$extrapolates,
    DefaultValuedAttr<F64Attr, "0.0">:$extrapolation_value);
  let results = (outs Lacuna_NumberTensor:$result);
  let assemblyFormat = [{
    $input `at` $positions (`by` $weights^)? `axes` `=` $axes
    (`row_block` `=` $row_block^)? (`row_span` `=` $row_span^)?
    (`extrapolates` $extrapolates^)?
    (`extrapolation_value` `=` $extrapolation_value^)? attr-dict `:`
    type($input) `,` `(` type($positions) `)` (`,` `(` type($weights)^ `)`)?
    `->` type($result)
  }];
}

defvar Lacuna_ShuffleConstraints = [{
    * C1. `input` has rank 4.
    * C2. `block` is 1 to 4096.
}];

def Lacuna_PixelShuffleOp : Lacuna_InferredOp<"pixel_shuffle"> {
  let summary = "channels to space";
  let description = [{
    (N, C b^2, H, W) -> (N, C, H b, W b): pixel (h b + i, w b + j) of channel c
    is channel c b^2 + i b + j of pixel (h, w) in the order `crd` (PyTorch), and
    channel (i b + j) C + c in the order `dcr` (TensorFlow, ONNX's default).

    Constraints:
}] # Lacuna_ShuffleConstraints # [{
    * C3. `block` squared divides the channels.

    Example:
    ```mlir
    %r = lacuna.pixel_shuffle %x block = 2
        : (tensor<1x16x8x8xf32>) -> tensor<1x4x16x16xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_NumberTensor:$input,
    I64Attr:$block,
    DefaultValuedAttr<Lacuna_ShuffleOrder, "ShuffleOrder::CRD">:$order,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_NumberTensor:$result);
  let assemblyFormat = [{
    $input `block` `=` $block (`order` `=` `` $order^)?
    (`layout` `=` `` $layout^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Lacuna_PixelUnshuffleOp : Lacuna_InferredOp<"pixel_unshuffle"> {
  let summary = "space to channels";
  let description = [{
    The inverse of `pixel_shuffle`: (N, C, H b, W b) -> (N, C b^2, H, W).

    Constraints:
}] # Lacuna_ShuffleConstraints # [{
    * C3. `block` divides the spatial sizes.

    Example:
    ```mlir
    %r = lacuna.pixel_unshuffle %x block = 2 order = dcr
        : (tensor<1x4x16x16xf32>) -> tensor<1x16x8x8xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_NumberTensor:$input,
    I64Attr:$block,
    DefaultValuedAttr<Lacuna_ShuffleOrder, "ShuffleOrder::CRD">:$order,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_NumberTensor:$result);
  let assemblyFormat = [{
    $input `block` `=` $block (`order` `=` `` $order^)?
    (`layout` `=` `` $layout^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

#endif // LACUNA_RESAMPLING_TD
