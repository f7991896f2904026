//===- Metrics.td - segmentation metrics ---------------------------------------===//
#ifndef LACUNA_METRICS_TD
#define LACUNA_METRICS_TD

include "Lacuna/Dialect.td"
include "Lacuna/Attributes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Lacuna_ConfusionMatrixOp : Lacuna_Op<"confusion_matrix", [Pure]> {
  let summary = "counts of (label, prediction) pairs";
  let description = [{
    i64 [classes, classes], rows are labels; `ignore_index` labels are left out, labels or predictions out of range are errors at run time.
  }];
  let arguments = (ins
    Lacuna_IntegerTensor:$prediction,
    Lacuna_IntegerTensor:$label,
    I64Attr:$classes,
    OptionalAttr<I64Attr>:$ignore_index);
  let results = (outs Lacuna_IntegerTensor:$matrix);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

def Lacuna_SegmentationScoresOp : Lacuna_Op<"segmentation_scores", [Pure]> {
  let summary = "PA, MPA, MIoU and FWIoU of a confusion matrix";
  let description = [{
    f64 scalars, and IoU per class. `absent`: what a class in neither counts as.
  }];
  let arguments = (ins
    Lacuna_IntegerTensor:$matrix,
    DefaultValuedAttr<Lacuna_AbsentClass, "AbsentClass::Skip">:$absent);
  let results = (outs Lacuna_FloatTensor:$pixel_accuracy, Lacuna_FloatTensor:$mean_pixel_accuracy, Lacuna_FloatTensor:$mean_iou, Lacuna_FloatTensor:$frequency_weighted_iou, Lacuna_FloatTensor:$class_iou);
  let assemblyFormat = [{
    operands attr-dict `:` functional-type(operands, results)
  }];
}

#endif // LACUNA_METRICS_TD
