//===- Ordering.td - Extremes, running sums, reversal ---------------------===//
#ifndef LACUNA_ORDERING_TD
#define LACUNA_ORDERING_TD

include "Lacuna/Attributes.td"
include "Lacuna/Dialect.td"

def Lacuna_OneHotOp : Lacuna_InferredOp<"one_hot"> {
  let summary = "one value at an index, another elsewhere";
  let description = [{
    result[a..., d, z...] = values[1] if d is indices[a..., z...], else
    values[0]. Index -1 is `depth` - 1; out of range matches nowhere.
    Shapes: `indices` with a dimension of size `depth` inserted at `axis`.

    Constraints:
    * C1. `values` has the shape [2]: off, on.
    * C2. `depth` is 0 to 2^30.
    * C3. `axis` is a dimension of the result; -1 is the last one.

    Example:
    ```mlir
    %r = lacuna.one_hot %i, %values depth = 5 axis = -1
        : (tensor<3xi64>, tensor<2xf32>) -> tensor<3x5xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_IntegerTensor:$indices,
    AnyRankedTensor:$values,
    I64Attr:$depth,
    I64Attr:$axis);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $indices `,` $values `depth` `=` $depth `axis` `=` $axis attr-dict `:`
    functional-type(operands, results)
  }];
}

def Lacuna_TopKOp : Lacuna_InferredOp<"top_k"> {
  let summary = "the k largest or smallest along an axis";
  let description = [{
    In order, best first; `sorted` = false allows any order. Of equal elements
    the one with the lower index comes first. NaN is above all numbers, -0 is
    +0. Integers are signed. Shapes: the input's, with `k` along `axis`.

    Constraints:
    * C1. `axis` is a dimension of `input`.
    * C2. `k` is 0 to the size of the axis.
    * C3. `indices` is an i64 tensor.

    Example:
    ```mlir
    %v, %i = lacuna.top_k max %x k = 2 axis = 1
        : (tensor<3x5xf32>) -> (tensor<3x2xf32>, tensor<3x2xi64>)
    ```
  }];
  let arguments = (ins
    Lacuna_NumberTensor:$input,
    I64Attr:$k,
    I64Attr:$axis,
    Lacuna_Extreme:$kind,
    DefaultValuedAttr<BoolAttr, "true">:$sorted);
  let results = (outs Lacuna_NumberTensor:$values,
                      Lacuna_IntegerTensor:$indices);
  let assemblyFormat = [{
    `` $kind $input `k` `=` $k `axis` `=` $axis (`sorted` `=` $sorted^)?
    attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_ArgExtremeOp : Lacuna_InferredOp<"arg_extreme"> {
  let summary = "index of the largest or smallest along an axis";
  let description = [{
    The first of equals, or with `select_last` the last. NaN counts as the
    extreme either way. Integers are signed. Shapes: the input's without
    `axis`, or with size 1 there: the rank of the result says which.

    Constraints:
    * C1. `axis` is a dimension of `input`.
    * C2. The axis has at least one element.
    * C3. The result has the rank of `input` or one less, and i64 elements.

    Example:
    ```mlir
    %r = lacuna.arg_extreme max %x axis = 1
        : (tensor<1x21x8x8xf32>) -> tensor<1x8x8xi64>
    ```
  }];
  let arguments = (ins
    Lacuna_NumberTensor:$input,
    Lacuna_Extreme:$kind,
    I64Attr:$axis,
    UnitAttr:$select_last);
  let results = (outs Lacuna_IntegerTensor:$result);
  let assemblyFormat = [{
    `` $kind $input `axis` `=` $axis (`select_last` $select_last^)? attr-dict
    `:` functional-type(operands, results)
  }];
}

def Lacuna_CumulativeOp : Lacuna_InferredOp<"cumulative"> {
  let summary = "running sum or product along an axis";
  let description = [{
    result[i] = input[0] op ... op input[i]; `exclusive`: up to input[i - 1],
    beginning with 0 (sum) or 1 (prod); `reverse`: from the end. Sums of f16
    and bf16 run in f32, each result is rounded.

    Constraints:
    * C1. `axis` is a dimension of `input`.
    * C2. `input` is not of i1 elements.

    Example:
    ```mlir
    %r = lacuna.cumulative sum %x axis = 1 exclusive
        : (tensor<3x5xf32>) -> tensor<3x5xf32>
    ```
  }];
  let arguments = (ins
    Lacuna_NumberTensor:$input,
    Lacuna_CumulativeKind:$kind,
    I64Attr:$axis,
    UnitAttr:$exclusive,
    UnitAttr:$reverse);
  let results = (outs Lacuna_NumberTensor:$result);
  let assemblyFormat = [{
    `` $kind $input `axis` `=` $axis (`exclusive` $exclusive^)?
    (`reverse` $reverse^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasFolder = 1;
}

def Lacuna_ReverseSequenceOp : Lacuna_InferredOp<"reverse_sequence"> {
  let summary = "reverses the first elements of each line";
  let description = [{
    Along `time_axis`, result[t] = input[n - 1 - t] for t < n and input[t]
    behind, with n = lengths[index along batch_axis]. A length that is negative
    or above the size of the axis fails the call.

    Constraints:
    * C1. `batch_axis` and `time_axis` are different dimensions of `input`.
    * C2. `lengths` has the shape [size of batch_axis].

    Example:
    ```mlir
    %r = lacuna.reverse_sequence %x, %lengths batch_axis = 0 time_axis = 1
        : (tensor<2x7x4xf32>, tensor<2xi64>) -> tensor<2x7x4xf32>
    ```
  }];
  let arguments = (ins
    AnyRankedTensor:$input,
    Lacuna_IntegerTensor:$lengths,
    I64Attr:$batch_axis,
    I64Attr:$time_axis);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = [{
    $input `,` $lengths `batch_axis` `=` $batch_axis `time_axis` `=` $time_axis
    attr-dict `:` functional-type(operands, results)
  }];
}

#endif // LACUNA_ORDERING_TD
