//===- Loss.td - losses -----------------------------------------------------===//
#ifndef LACUNA_LOSS_TD
#define LACUNA_LOSS_TD

include "Lacuna/Dialect.td"
include "Lacuna/Attributes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Lacuna_CrossEntropyOp : Lacuna_Op<"cross_entropy", [Pure]> {
  let summary = "negative log-likelihood of softmax(logits)";
  let description = [{
    logits (N, C, d...), labels (N, d...), weight (C). mean: sum of weighted losses /
    sum of weights, both without ignored labels. Optional: log-probabilities.
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$logits,
    Lacuna_IntegerTensor:$labels,
    Optional<Lacuna_FloatTensor>:$weight,
    DefaultValuedAttr<Lacuna_LossReduction, "LossReduction::Mean">:$reduction,
    OptionalAttr<I64Attr>:$ignore_index);
  let results = (outs Lacuna_FloatTensor:$loss, Optional<Lacuna_FloatTensor>:$log_probabilities);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_NllLossOp : Lacuna_Op<"nll_loss", [Pure]> {
  let summary = "negative log-likelihood of given log-probabilities";
  let description = [{
    As cross_entropy, on log-probabilities.
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_IntegerTensor:$labels,
    Optional<Lacuna_FloatTensor>:$weight,
    DefaultValuedAttr<Lacuna_LossReduction, "LossReduction::Mean">:$reduction,
    OptionalAttr<I64Attr>:$ignore_index);
  let results = (outs Lacuna_FloatTensor:$loss);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

#endif // LACUNA_LOSS_TD
