//===- Normalization.td - Normalisation -----------------------------------===//
#ifndef LACUNA_NORMALIZATION_TD
#define LACUNA_NORMALIZATION_TD

include "Lacuna/Attributes.td"
include "Lacuna/Dialect.td"

def Lacuna_BatchNormOp : Lacuna_InferredOp<"batch_norm"> {
  let summary = "batch normalisation with given statistics";
  let description = [{
    result = (x - mean[c]) / sqrt(variance[c] + epsilon) scale[c] + bias[c].

    Shapes and dtypes: input (N, C, d...) or channels last; the vectors (C);
    the result has the input's type.

    Constraints:
    * C1. `input` has rank 2 to 8.
    * C2. All operands have the same element type.
    * C3. `scale`, `bias`, `mean` and `variance` have one element a channel.
    * C4. `epsilon` is finite and not negative.

    Example:
    ```mlir
    %r = lacuna.batch_norm %x, %scale, %bias, %mean, %variance epsilon = 1.0e-3
        : (tensor<1x8x4x4xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>,
           tensor<8xf32>) -> tensor<1x8x4x4xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_FloatTensor:$scale,
    Lacuna_FloatTensor:$bias,
    Lacuna_FloatTensor:$mean,
    Lacuna_FloatTensor:$variance,
    DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    operands (`epsilon` `=` $epsilon^)? (`layout` `=` `` $layout^)? attr-dict
    `:` functional-type(operands, results)
  }];
}

def Lacuna_BatchNormTrainingOp : Lacuna_InferredOp<"batch_norm_training"> {
  let summary = "batch normalisation with statistics of the batch";
  let description = [{
    As `batch_norm`, with mean and biased variance of each channel of the
    input. new_mean = (1 - momentum) running_mean + momentum mean, and
    new_variance likewise, with the variance `running` says: divided by n - 1
    (unbiased; NaN for n = 1) or by n.

    Shapes and dtypes: as `batch_norm`; the new statistics have the types of
    the running ones.

    Constraints:
    * C1. `input` has rank 2 to 8.
    * C2. `scale` and `bias` have the input's element type.
    * C3. `scale`, `bias`, `running_mean` and `running_variance` have one
      element a channel.
    * C4. `epsilon` is finite and not negative.
    * C5. `momentum` is finite.

    Example:
    ```mlir
    %y, %m, %v = lacuna.batch_norm_training %x, %scale, %bias, %mean, %variance
        momentum = 0.5 running = biased
        : (tensor<4x8xf32>, tensor<8xf32>, tensor<8xf32>, tensor<8xf32>,
           tensor<8xf32>) -> (tensor<4x8xf32>, tensor<8xf32>, tensor<8xf32>)
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_FloatTensor:$scale,
    Lacuna_FloatTensor:$bias,
    Lacuna_FloatTensor:$running_mean,
    Lacuna_FloatTensor:$running_variance,
    DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon,
    DefaultValuedAttr<F64Attr, "0.1">:$momentum,
    DefaultValuedAttr<Lacuna_Variance, "Variance::Unbiased">:$running,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_FloatTensor:$result, Lacuna_FloatTensor:$new_mean,
                      Lacuna_FloatTensor:$new_variance);
  let assemblyFormat = [{
    operands (`epsilon` `=` $epsilon^)? (`momentum` `=` $momentum^)?
    (`running` `=` `` $running^)? (`layout` `=` `` $layout^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def Lacuna_LayerNormOp : Lacuna_InferredOp<"layer_norm", [
    AttrSizedOperandSegments, AttrSizedResultSegments]> {
  let summary = "normalisation over the dimensions from `axis` on";
  let description = [{
    result = (x - mean) / sqrt(variance + epsilon) scale + bias, with mean and
    biased variance over the dimensions from `axis` on. Optional results:
    `mean`, and `inverse_deviation` = 1 / sqrt(variance + epsilon). f16 and
    bf16 are computed in f32.

    Shapes and dtypes: any float tensor; `scale` and `bias` have the shape of
    the normalised dimensions; `mean` and `inverse_deviation` are f32 (f64 for
    f64) with these dimensions kept as 1.

    Constraints:
    * C1. `axis` is a dimension of `input`; negative ones count from the end.
    * C2. `scale` and `bias` have the input's element type.
    * C3. `scale` and `bias` have the sizes of the dimensions from `axis` on.
    * C4. `epsilon` is finite and not negative.

    Example:
    ```mlir
    %r, %m = lacuna.layer_norm %x scale = %s : tensor<8xf32> axis = -1
        : tensor<4x8xf32> -> tensor<4x8xf32> mean tensor<4x1xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Optional<Lacuna_FloatTensor>:$scale,
    Optional<Lacuna_FloatTensor>:$bias,
    I64Attr:$axis,
    DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon);
  let results = (outs Lacuna_FloatTensor:$result,
                      Optional<Lacuna_FloatTensor>:$mean,
                      Optional<Lacuna_FloatTensor>:$inverse_deviation);
  let assemblyFormat = [{
    $input (`scale` `=` $scale^ `:` type($scale))?
    (`bias` `=` $bias^ `:` type($bias))? `axis` `=` $axis
    (`epsilon` `=` $epsilon^)? attr-dict `:` type($input) `->` type($result)
    (`mean` type($mean)^)? (`inverse_deviation` type($inverse_deviation)^)?
  }];
  let hasCanonicalizeMethod = 1;
}

def Lacuna_RmsNormOp : Lacuna_InferredOp<"rms_norm"> {
  let summary = "division by the root mean square";
  let description = [{
    result = x / sqrt(mean(x^2) + epsilon) scale, the mean being over the
    dimensions from `axis` on. f16 and bf16 are computed in f32.

    Shapes and dtypes: any float tensor; `scale` has the shape of the
    normalised dimensions; the result has the input's type.

    Constraints:
    * C1. `axis` is a dimension of `input`; negative ones count from the end.
    * C2. `scale` has the input's element type.
    * C3. `scale` has the sizes of the dimensions from `axis` on.
    * C4. `epsilon` is finite and not negative.

    Example:
    ```mlir
    %r = lacuna.rms_norm %x scale %s axis = -1 epsilon = 1.0e-6
        : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Optional<Lacuna_FloatTensor>:$scale,
    I64Attr:$axis,
    DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $input (`scale` $scale^)? `axis` `=` $axis (`epsilon` `=` $epsilon^)?
    attr-dict `:` functional-type(operands, results)
  }];
}

#endif // LACUNA_NORMALIZATION_TD
