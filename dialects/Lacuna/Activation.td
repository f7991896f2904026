//===- Activation.td - Activations, gates and softmax ---------------------===//
#ifndef LACUNA_ACTIVATION_TD
#define LACUNA_ACTIVATION_TD

include "Lacuna/Attributes.td"
include "Lacuna/Dialect.td"

def Lacuna_ActivationOp
    : Lacuna_InferredOp<"activation", [Elementwise, SameOperandsAndResultType]> {
  let summary = "a scalar function of each element";
  let description = [{
    result[i] = f(input[i]), f being `kind`. `alpha` and `beta` are the
    parameters of the kinds that have some; absent, the default stands:

    | kind | alpha | beta |
    |------|-------|------|
    | leaky_relu: x or alpha x | 0.01 | |
    | elu, celu | 1 | |
    | selu: beta elu(x, alpha) | 1.6732… | 1.0507… |
    | thresholded_relu: x above alpha | 1 | |
    | softplus: log(1 + e^(alpha x)) / alpha, x where alpha x > beta | 1 | 20 |
    | hard_sigmoid: alpha x + beta within 0 … 1 | 1/6 | 0.5 |
    | hard_tanh: x within alpha … beta | -1 | 1 |
    | soft_shrink, hard_shrink: 0 within -alpha … alpha | 0.5 | |
    | silu: x sigmoid(alpha x) | 1 | |
    | shrink: 0 within -beta … beta, moved by alpha outside | 0 | 0.5 |
    | scaled_tanh: alpha tanh(beta x) | 1 | 1 |

    `step` is 0 or 1 with 1 at 0, `sign` -1, 0 or 1; `gelu` has the error
    function, `gelu_tanh` its approximation, `quick_gelu` is x sigmoid(1.702 x).
    NaN gives NaN; where a limit exists, infinities give it.

    Shapes and dtypes: any float tensor; the result has the input's type.

    Constraints:
    * C1. `alpha` and `beta` are finite.
    * C2. `kind` has the parameters that are given.
    * C3. `alpha` of celu and softplus is not 0.
    * C4. `alpha` of hard_tanh is at most `beta`.

    Example: `%r = lacuna.activation leaky_relu %x alpha = 0.2 : tensor<4xf32>`
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_ActivationKind:$kind,
    OptionalAttr<F64Attr>:$alpha,
    OptionalAttr<F64Attr>:$beta);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $kind $input (`alpha` `=` $alpha^)? (`beta` `=` $beta^)? attr-dict `:`
    type($input)
  }];
  let hasFolder = 1;
}

def Lacuna_PreluOp : Lacuna_InferredOp<"prelu"> {
  let summary = "x where positive, slope x elsewhere";
  let description = [{
    result[i] = x > 0 ? x : slope x, with x = input[i] and `slope` broadcast to
    the input from the right, as NumPy does.

    Shapes and dtypes: any float tensor; the result has the input's type.

    Constraints:
    * C1. `slope` has the element type of `input`.
    * C2. `slope` broadcasts to the shape of `input`.

    Example:
    ```mlir
    %r = lacuna.prelu %x, %slope
        : (tensor<2x3x8xf32>, tensor<3x1xf32>) -> tensor<2x3x8xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_FloatTensor:$slope);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_GatedOp : Lacuna_InferredOp<"gated"> {
  let summary = "half of the input times a function of the other half";
  let description = [{
    With a, b = the halves of the input along `axis`: result = a f(b), or
    f(a) b with `gate_first`. f is the sigmoid (glu), relu (reglu), gelu
    (geglu), silu (swiglu) or the identity (bilinear).

    Shapes and dtypes: any float tensor; the result is half as large along
    `axis`.

    Constraints:
    * C1. `axis` is a dimension of `input`; negative ones count from the end.
    * C2. The size along `axis` is even.

    Example:
    ```mlir
    %r = lacuna.gated swiglu %x axis = -1 gate_first
        : (tensor<4x512xf32>) -> tensor<4x256xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    Lacuna_GateKind:$kind,
    I64Attr:$axis,
    UnitAttr:$gate_first);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $kind $input `axis` `=` $axis (`gate_first` $gate_first^)? attr-dict `:`
    functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    /// f; none for the identity.
    std::optional<::lacuna::ActivationKind> getFunction();
  }];
}

def Lacuna_SoftmaxOp
    : Lacuna_InferredOp<"softmax", [SameOperandsAndResultType]> {
  let summary = "exp(x) / sum of exp(x) along an axis";
  let description = [{
    result[i] = exp(x[i] - m) / sum over j of exp(x[j] - m), m being the
    maximum of the line. `log`: its logarithm, x[i] - m - log(sum). `negate`:
    of -x (softmin). A line of -inf gives 0 (`log`: -inf), never NaN. f16 and
    bf16 are computed in f32.

    Shapes and dtypes: any float tensor; the result has the input's type.

    Constraints:
    * C1. `axis` is a dimension of `input`; negative ones count from the end.

    Example: `%r = lacuna.softmax %x axis = -1 log : tensor<8x128xf32>`
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    I64Attr:$axis,
    UnitAttr:$log,
    UnitAttr:$negate);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $input `axis` `=` $axis (`log` $log^)? (`negate` $negate^)? attr-dict `:`
    type($input)
  }];
}

def Lacuna_MaxoutOp : Lacuna_InferredOp<"maxout"> {
  let summary = "maximum over groups of channels";
  let description = [{
    result[..., j, ...] = max of input[..., j groups + k, ...] over k = 0 …
    groups - 1: `groups` neighbours along `axis` become one. NaN wins.

    Shapes and dtypes: any float tensor; the result is `groups` times smaller
    along `axis`.

    Constraints:
    * C1. `axis` is a dimension of `input`; negative ones count from the end.
    * C2. `groups` is positive and divides the size along `axis`.

    Example:
    ```mlir
    %r = lacuna.maxout %x axis = 1 groups = 2
        : (tensor<1x8x4x4xf32>) -> tensor<1x4x4x4xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    I64Attr:$groups,
    I64Attr:$axis);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $input `axis` `=` $axis `groups` `=` $groups attr-dict `:`
    functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Lacuna_HardmaxOp
    : Lacuna_InferredOp<"hardmax", [SameOperandsAndResultType]> {
  let summary = "1 at the first maximum along an axis, 0 elsewhere";
  let description = [{
    result[i] = 1 where i is the first index of the largest element of its
    line, 0 elsewhere. NaN is smaller than any number.

    Shapes and dtypes: any float tensor; the result has the input's type.

    Constraints:
    * C1. `axis` is a dimension of `input`; negative ones count from the end.

    Example: `%r = lacuna.hardmax %x axis = 1 : tensor<4x10xf32>`
  }];
  let arguments = (ins
    Lacuna_FloatTensor:$input,
    I64Attr:$axis);
  let results = (outs Lacuna_FloatTensor:$result);
  let assemblyFormat = [{
    $input `axis` `=` $axis attr-dict `:` type($input)
  }];
}

#endif // LACUNA_ACTIVATION_TD
