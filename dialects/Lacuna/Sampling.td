//===- Sampling.td - Sampling at given places -----------------------------===//
#ifndef LACUNA_SAMPLING_TD
#define LACUNA_SAMPLING_TD

include "Lacuna/Attributes.td"
include "Lacuna/Dialect.td"

def Lacuna_GridSampleOp : Lacuna_InferredOp<"grid_sample"> {
  let summary = "samples at given places";
  let description = [{
    out[n, c, p] = input[n, c] at grid[n, p], whose last dimension names a place
    in the input, its last coordinate first, each in -1 to 1: from edge to edge
    of the first and last element, or with `align_corners` from centre to
    centre. `nearest` rounds half to even; `linear` blends the elements around
    the place, `cubic` (a = -0.75) four a dimension. Elements outside read as
    `padding`: 0, the nearest element of the border, or the input mirrored at
    its edges (with `align_corners` at the centres of its outer elements).

    Shapes: input (N, C, d...), grid (N, p..., dims), result (N, C, p...), with
    as many p as d.

    Constraints:
    * C1. `input` has rank 3 to 5; `grid` has the same.
    * C2. `grid` has the input's batch, and a coordinate for each dimension.
    * C3. `cubic` is of at most two spatial dimensions.

    Example:
    ```mlir
    %r = lacuna.grid_sample linear %x, %grid padding = border
        : (tensor<1x3x8x8xf32>, tensor<1x5x6x2xf32>) -> tensor<1x3x5x6xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_FloatTensor:$grid,
    DefaultValuedAttr<Lacuna_ResizeMode, "ResizeMode::Linear">:$mode,
    DefaultValuedAttr<Lacuna_SamplePadding, "SamplePadding::Zeros">:$padding,
    UnitAttr:$align_corners);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    `` $mode operands (`padding` `=` `` $padding^)?
    (`align_corners` $align_corners^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def Lacuna_AffineGridOp : Lacuna_InferredOp<"affine_grid"> {
  let summary = "sampling grids of affine maps";
  let description = [{
    out[n, p, i] = sum over j of theta[n, i, j] x_j + theta[n, i, dims], where x
    are the coordinates of pixel p, its last one first: (2 p + 1) / size - 1, or
    with `align_corners` 2 p / (size - 1) - 1 (0 when the size is 1). What
    `grid_sample` takes.

    Shapes: theta (N, dims, dims + 1) -> (N, size..., dims).

    Constraints:
    * C1. `size` has 2 or 3 entries of 1 to 2^30.
    * C2. `theta` has shape (N, dims, dims + 1).

    Example:
    ```mlir
    %g = lacuna.affine_grid %theta size = [5, 6]
        : (tensor<1x2x3xf32>) -> tensor<1x5x6x2xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$theta,
    DenseI64ArrayAttr:$size,
    UnitAttr:$align_corners);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $theta `size` `=` $size (`align_corners` $align_corners^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif // LACUNA_SAMPLING_TD
