//===- Gradient.td - Derivatives as values --------------------------------===//
#ifndef LACUNA_GRADIENT_TD
#define LACUNA_GRADIENT_TD

include "Lacuna/Dialect.td"

def Lacuna_GradientOp : Lacuna_InferredOp<"gradient"> {
  let summary = "the derivative of a value by others";
  let description = [{
    gradients[i] = d loss / d sources[i], where what lies between them is
    computed by the ops before this one. Other values that `loss` depends on
    are held constant. Sources may be arguments of the function or values
    inside it; a gradient of a value that contains gradients differentiates
    twice. `Differentiate` replaces the op by what computes it.

    Shapes and dtypes: float tensors; each gradient is as its source.

    Constraints:
    * C1. `loss` has one element.

    Example:
    ```mlir
    %dx, %dw = lacuna.gradient %loss by %x, %w
        : (tensor<f32>, tensor<4xf32>, tensor<4x8xf32>)
        -> (tensor<4xf32>, tensor<4x8xf32>)
    ```
  }];
  let arguments = (ins Lacuna_FloatTensor:$loss,
                       Variadic<Lacuna_FloatTensor>:$sources);
  let results = (outs Variadic<Lacuna_FloatTensor>:$gradients);
  let assemblyFormat = [{
    $loss `by` $sources attr-dict `:` functional-type(operands, results)
  }];
}

#endif // LACUNA_GRADIENT_TD
