//===- Loss.td - Losses ---------------------------------------------------===//
#ifndef LACUNA_LOSS_TD
#define LACUNA_LOSS_TD

include "Lacuna/Attributes.td"
include "Lacuna/Dialect.td"

def Lacuna_CrossEntropyOp : Lacuna_InferredOp<"cross_entropy"> {
  let summary = "negative log-likelihood of softmax(logits)";
  let description = [{
    loss[n, p] = -weight[l] log softmax(logits[n, :, p])[l], l = labels[n, p];
    0 where l is `ignore_index`. `sum` adds them up, `mean` divides their sum by
    the sum of weight[l] over the labels that are not ignored (NaN when all
    are). Sums of f16 and bf16 are taken in f32. A label out of range that is
    not `ignore_index` is an error at run time. Optional result: log softmax.

    Shapes and dtypes: logits (N, C, d...), labels (N, d...) of integers,
    weight (C); loss a scalar, or as labels without reduction, of the logits'
    element type; `log_probabilities` as logits.

    Constraints:
    * C1. `logits` has rank 2 to 8.
    * C2. `labels` has the shape of `logits` without its second dimension.
    * C3. `weight` has the logits' element type and one element a class.

    Example:
    ```mlir
    %r = lacuna.cross_entropy %x, %labels reduction = sum ignore_index = 255
        : (tensor<2x21x65x65xf32>, tensor<2x65x65xi64>) -> tensor<f32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$logits,
    Lacuna_IntegerTensor:$labels,
    Optional<Lacuna_FloatTensor>:$weight,
    DefaultValuedAttr<Lacuna_LossReduction, "LossReduction::Mean">:$reduction,
    OptionalAttr<I64Attr>:$ignore_index);
  let results = (outs Lacuna_FloatTensor:$loss,
                      Optional<Lacuna_FloatTensor>:$log_probabilities);
  let assemblyFormat = [{
    $logits `,` $labels (`weight` $weight^)? (`reduction` `=` `` $reduction^)?
    (`ignore_index` `=` $ignore_index^)? attr-dict `:`
    functional-type(operands, results)
  }];
  let hasCanonicalizeMethod = 1;
}

def Lacuna_NllLossOp : Lacuna_InferredOp<"nll_loss"> {
  let summary = "negative log-likelihood of given log-probabilities";
  let description = [{
    As `cross_entropy`, with log-probabilities in place of log softmax:
    loss[n, p] = -weight[l] input[n, l, p], l = labels[n, p].

    Shapes and dtypes: input (N, C, d...), labels (N, d...) of integers, weight
    (C); loss a scalar, or as labels without reduction, of the input's element
    type.

    Constraints:
    * C1. `input` has rank 2 to 8.
    * C2. `labels` has the shape of `input` without its second dimension.
    * C3. `weight` has the input's element type and one element a class.

    Example:
    ```mlir
    %r = lacuna.nll_loss %x, %labels weight %w reduction = none
        : (tensor<8x10xf32>, tensor<8xi64>, tensor<10xf32>) -> tensor<8xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_IntegerTensor:$labels,
    Optional<Lacuna_FloatTensor>:$weight,
    DefaultValuedAttr<Lacuna_LossReduction, "LossReduction::Mean">:$reduction,
    OptionalAttr<I64Attr>:$ignore_index);
  let results = (outs Lacuna_FloatTensor:$loss);
  let assemblyFormat = [{
    $input `,` $labels (`weight` $weight^)? (`reduction` `=` `` $reduction^)?
    (`ignore_index` `=` $ignore_index^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif // LACUNA_LOSS_TD
