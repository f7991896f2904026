//===- Normalization.td - normalisation ----------------------------------------------===//
#ifndef LACUNA_NORMALIZATION_TD
#define LACUNA_NORMALIZATION_TD

include "Lacuna/Dialect.td"
include "Lacuna/Attributes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Lacuna_BatchNormOp : Lacuna_Op<"batch_norm", [Pure]> {
  let summary = "batch normalisation with given statistics";
  let description = [{
    (x - mean[c]) / sqrt(variance[c] + epsilon) scale[c] + bias[c]
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
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_BatchNormTrainingOp : Lacuna_Op<"batch_norm_training", [Pure]> {
  let summary = "batch normalisation with statistics of the batch";
  let description = [{
    y uses the biased variance; new_mean = (1 - momentum) running + momentum batch,
    new_variance likewise with the biased or unbiased variance.
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
  let results = (outs Lacuna_FloatTensor:$result, Lacuna_FloatTensor:$new_mean, Lacuna_FloatTensor:$new_variance);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_LayerNormOp : Lacuna_Op<"layer_norm", [Pure, AttrSizedOperandSegments, AttrSizedResultSegments]> {
  let summary = "normalisation over the dimensions from `axis` on";
  let description = [{
    (x - mean) / sqrt(variance + epsilon) scale + bias; scale and bias have the
    shape of the normalised dimensions. Optional: mean and 1 / sqrt(variance +
    epsilon), the normalised dimensions kept as 1.
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Optional<Lacuna_FloatTensor>:$scale,
    Optional<Lacuna_FloatTensor>:$bias,
    I64Attr:$axis,
    DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon);
  let results = (outs Lacuna_FloatTensor:$result, Optional<Lacuna_FloatTensor>:$mean, Optional<Lacuna_FloatTensor>:$inverse_deviation);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_RmsNormOp : Lacuna_Op<"rms_norm", [Pure]> {
  let summary = "division by the root mean square";
  let description = [{
    x / sqrt(mean(x^2) + epsilon) scale, over the dimensions from `axis` on.
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Optional<Lacuna_FloatTensor>:$scale,
    I64Attr:$axis,
    DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_GroupNormOp : Lacuna_Op<"group_norm", [Pure, AttrSizedOperandSegments]> {
  let summary = "normalisation over space and groups of channels";
  let description = [{
    scale and bias: one a channel.
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
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_InstanceNormOp : Lacuna_Op<"instance_norm", [Pure, AttrSizedOperandSegments]> {
  let summary = "normalisation over space";
  let description = [{
    scale and bias: one a channel.
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Optional<Lacuna_FloatTensor>:$scale,
    Optional<Lacuna_FloatTensor>:$bias,
    DefaultValuedAttr<F64Attr, "1.0e-5">:$epsilon,
    DefaultValuedAttr<Lacuna_Layout, "Layout::ChannelsFirst">:$layout);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_LocalResponseNormOp : Lacuna_Op<"local_response_norm", [Pure]> {
  let summary = "division by the energy of neighbouring channels";
  let description = [{
    x / (bias + alpha / size sum x^2)^beta over channels c - floor((size - 1) / 2) ... c + ceil((size - 1) / 2).
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
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_LpNormalizeOp : Lacuna_Op<"lp_normalize", [Pure, SameOperandsAndResultType]> {
  let summary = "division by the p-norm along an axis";
  let description = [{
    A line of zeros stays 0.
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    I64Attr:$axis,
    DefaultValuedAttr<I64Attr, "2">:$p);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $input attr-dict `:` type($input)
  }];
}

#endif // LACUNA_NORMALIZATION_TD
