//===- Activation.td - activations, gates and softmax -----------------------------===//
#ifndef LACUNA_ACTIVATION_TD
#define LACUNA_ACTIVATION_TD

include "Lacuna/Dialect.td"
include "Lacuna/Attributes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Lacuna_ActivationOp : Lacuna_Op<"activation", [Pure, Elementwise, SameOperandsAndResultType]> {
  let summary = "a scalar function of each element";
  let description = [{
    `alpha` and `beta` are the parameters of the kinds that have some; absent, the
    kind's default stands (PyTorch's): leaky_relu 0.01; elu, celu 1; thresholded_relu 1;
    softplus beta 1, threshold 20 (alpha = beta, beta = threshold); hard_sigmoid
    alpha 1/6, beta 0.5; hard_tanh -1, 1; soft_shrink, hard_shrink 0.5; silu 1;
    shrink bias 0, lambd 0.5; scaled_tanh alpha tanh(beta x) 1, 1.
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_ActivationKind:$kind,
    OptionalAttr<F64Attr>:$alpha,
    OptionalAttr<F64Attr>:$beta);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $kind $input attr-dict `:` type($input)
  }];
}

def Lacuna_PreluOp : Lacuna_Op<"prelu", [Pure]> {
  let summary = "x where positive, slope x elsewhere";
  let description = [{
    `slope` is broadcast to `input` from the right.
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_FloatTensor:$slope);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_GatedOp : Lacuna_Op<"gated", [Pure]> {
  let summary = "half of the input times a function of the other half";
  let description = [{
    (a, b) = halves along `axis`; a f(b), or with `gate_first` f(a) b. f: sigmoid,
    relu, gelu, silu or the identity.
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_GateKind:$kind,
    I64Attr:$axis,
    UnitAttr:$gate_first);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_SoftmaxOp : Lacuna_Op<"softmax", [Pure, SameOperandsAndResultType]> {
  let summary = "exp(x) / sum exp(x) along an axis";
  let description = [{
    Shifted by the maximum. `log`: its logarithm. `negate`: of -x (softmin). A line
    of -inf gives 0 (log: -inf).
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    I64Attr:$axis,
    UnitAttr:$log,
    UnitAttr:$negate);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $input attr-dict `:` type($input)
  }];
}

def Lacuna_MaxoutOp : Lacuna_Op<"maxout", [Pure]> {
  let summary = "maximum over groups of channels";
  let description = [{
    Dimension `axis` of size c becomes c / groups; result j is the maximum of inputs j groups ... (j + 1) groups - 1.
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    I64Attr:$groups,
    I64Attr:$axis);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_HardmaxOp : Lacuna_Op<"hardmax", [Pure, SameOperandsAndResultType]> {
  let summary = "1 at the first maximum along an axis, 0 elsewhere";
  let description = [{

  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    I64Attr:$axis);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $input attr-dict `:` type($input)
  }];
}

#endif // LACUNA_ACTIVATION_TD
