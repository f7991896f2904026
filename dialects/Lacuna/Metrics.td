//===- Metrics.td - Segmentation metrics ----------------------------------===//
#ifndef LACUNA_METRICS_TD
#define LACUNA_METRICS_TD

include "Lacuna/Attributes.td"
include "Lacuna/Dialect.td"

def Lacuna_ConfusionMatrixOp : Lacuna_InferredOp<"confusion_matrix"> {
  let summary = "counts of (label, prediction) pairs";
  let description = [{
    matrix[l, p] = number of positions with label l and prediction p; positions
    whose label is `ignore_index` are left out. Other labels or predictions out
    of range are errors at run time. Matrices of parts of a data set add up.

    Shapes and dtypes: any integer tensors of one shape; the result is i64
    [classes, classes].

    Constraints:
    * C1. `prediction` and `label` have the same shape.
    * C2. `classes` is 1 to 65536.

    Example:
    ```mlir
    %m = lacuna.confusion_matrix %prediction, %label classes = 21
        ignore_index = 255
        : (tensor<1x65x65xi64>, tensor<1x65x65xi8>) -> tensor<21x21xi64>
    ```
  }];
  let arguments = (ins
    Lacuna_IntegerTensor:$prediction,
    Lacuna_IntegerTensor:$label,
    I64Attr:$classes,
    OptionalAttr<I64Attr>:$ignore_index);
  let results = (outs Lacuna_IntegerTensor:$matrix);
  let assemblyFormat = [{
    $prediction `,` $label `classes` `=` $classes
    (`ignore_index` `=` $ignore_index^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

def Lacuna_SegmentationScoresOp : Lacuna_InferredOp<"segmentation_scores"> {
  let summary = "PA, MPA, MIoU and FWIoU of a confusion matrix";
  let description = [{
    With t_i = sum over j of matrix[i, j] (labels), s_i = sum of matrix[j, i]
    (predictions) and d_i = matrix[i, i]:

    * pixel_accuracy = sum d_i / sum t_i
    * mean_pixel_accuracy = mean of d_i / t_i over classes with t_i > 0
    * class_iou[i] = d_i / (t_i + s_i - d_i)
    * mean_iou = mean of class_iou
    * frequency_weighted_iou = sum t_i class_iou[i] / sum t_i, where t_i > 0

    A class in neither labels nor predictions has the class_iou that `absent`
    says: `skip` gives NaN and leaves the class out of mean_iou, `zero`, `one`
    and `nan` count as such. A mean of nothing is NaN.

    Shapes and dtypes: i64 [classes, classes]; f64 scalars and [classes].

    Constraints:
    * C1. `matrix` is an i64 tensor of rank 2.
    * C2. `matrix` is square.

    Example:
    ```mlir
    %pa, %mpa, %miou, %fwiou, %iou = lacuna.segmentation_scores %m
        absent = zero : (tensor<21x21xi64>)
        -> (tensor<f64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<21xf64>)
    ```
  }];
  let arguments = (ins
    Lacuna_IntegerTensor:$matrix,
    DefaultValuedAttr<Lacuna_AbsentClass, "AbsentClass::Skip">:$absent);
  let results = (outs Lacuna_FloatTensor:$pixel_accuracy,
                      Lacuna_FloatTensor:$mean_pixel_accuracy,
                      Lacuna_FloatTensor:$mean_iou,
                      Lacuna_FloatTensor:$frequency_weighted_iou,
                      Lacuna_FloatTensor:$class_iou);
  let assemblyFormat = [{
    $matrix (`absent` `=` `` $absent^)? attr-dict `:`
    functional-type(operands, results)
  }];
}

#endif // LACUNA_METRICS_TD
