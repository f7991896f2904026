//===- GroupNormalization.td - Normalisation over channels and space ------===//
#ifndef LACUNA_GROUPNORMALIZATION_TD
#define LACUNA_GROUPNORMALIZATION_TD

include "Lacuna/Attributes.td"
include "Lacuna/Dialect.td"

def Lacuna_GroupNormOp
    : Lacuna_InferredOp<"group_norm", [AttrSizedOperandSegments]> {
  let summary = "normalisation over space and groups of channels";
  let description = [{
    result = (x - mean) / sqrt(variance + epsilon) scale[c] + bias[c], with
    mean and biased variance over all elements of an example whose channels are
    in the same group, C / groups neighbours. f16 and bf16 are computed in f32.

    Shapes and dtypes: input (N, C, d...) or channels last; scale and bias (C);
    the result has the input's type.

    Constraints:
    * C1. `input` has rank 2 to 8.
    * C2. `groups` is positive and divides the channels.
    * C3. `scale` and `bias` have the input's element type.
    * C4. `scale` and `bias` have one element a channel.
    * C5. `epsilon` is finite and not negative.

    Example:
    ```mlir
    %r = lacuna.group_norm %x scale %s bias %b groups = 4
        : (tensor<1x8x4x4xf32>, tensor<8xf32>, tensor<8xf32>)
        -> tensor<1x8x4x4xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Optional<Lacuna_FloatTensor>:$scale,
    Optional<Lacuna_FloatTensor>:$bias,
    I64Attr:$groups,
    DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $input (`scale` $scale^)? (`bias` $bias^)? `groups` `=` $groups
    (`epsilon` `=` $epsilon^)? (`layout` `=` `` $layout^)? attr-dict `:`
    functional-type(operands, results)
  }];
  let hasCanonicalizeMethod = 1;
}

def Lacuna_InstanceNormOp
    : Lacuna_InferredOp<"instance_norm", [AttrSizedOperandSegments]> {
  let summary = "normalisation over space";
  let description = [{
    As `group_norm` with groups of one channel.

    Shapes and dtypes: input (N, C, d...) or channels last; scale and bias (C);
    the result has the input's type.

    Constraints:
    * C1. `input` has rank 2 to 8.
    * C2. `scale` and `bias` have the input's element type.
    * C3. `scale` and `bias` have one element a channel.
    * C4. `epsilon` is finite and not negative.

    Example:
    ```mlir
    %r = lacuna.instance_norm %x layout = channels_last
        : (tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Optional<Lacuna_FloatTensor>:$scale,
    Optional<Lacuna_FloatTensor>:$bias,
    DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $input (`scale` $scale^)? (`bias` $bias^)? (`epsilon` `=` $epsilon^)?
    (`layout` `=` `` $layout^)? attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_LocalResponseNormOp : Lacuna_InferredOp<"local_response_norm"> {
  let summary = "division by the energy of neighbouring channels";
  let description = [{
    result[c] = x[c] / (bias + alpha / size sum x[j]^2)^beta over channels j =
    c - floor((size - 1) / 2) … c + ceil((size - 1) / 2), cut at the ends.

    Shapes and dtypes: input (N, C, d...) or channels last; the result has the
    input's type.

    Constraints:
    * C1. `input` has rank 2 to 8.
    * C2. `size` is 1 to 2^20.
    * C3. `alpha`, `beta` and `bias` are finite.

    Example:
    ```mlir
    %r = lacuna.local_response_norm %x size = 5 alpha = 1.0e-4 beta = 0.75
        bias = 2.0 : (tensor<1x96x55x55xf32>) -> tensor<1x96x55x55xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    I64Attr:$size,
    DefaultValuedAttr<F64Attr, "1.0e-4">:$alpha,
    DefaultValuedAttr<F64Attr, "0.75">:$beta,
    DefaultValuedAttr<F64Attr, "1.0">:$bias,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $input `size` `=` $size (`alpha` `=` $alpha^)? (`beta` `=` $beta^)?
    (`bias` `=` $bias^)? (`layout` `=` `` $layout^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def Lacuna_LpNormalizeOp
    : Lacuna_InferredOp<"lp_normalize", [SameOperandsAndResultType]> {
  let summary = "division by the p-norm along an axis";
  let description = [{
    result[i] = x[i] / (sum over j of |x[j]|^p)^(1/p); a line of zeros stays 0.

    Shapes and dtypes: any float tensor; the result has the input's type.

    Constraints:
    * C1. `axis` is a dimension of `input`; negative ones count from the end.
    * C2. `p` is 1 or 2.

    Example: `%r = lacuna.lp_normalize %x axis = 1 p = 1 : tensor<4x8xf32>`
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    I64Attr:$axis,
    DefaultValuedAttr<I64Attr, "2">:$p);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $input `axis` `=` $axis (`p` `=` $p^)? attr-dict `:` type($input)
  }];
}

#endif // LACUNA_GROUPNORMALIZATION_TD
