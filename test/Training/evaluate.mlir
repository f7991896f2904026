// Loss and scores over all samples, the last batch not being full; the numbers
// are those that Inputs/make-goldens.py prints.
// RUN: lacuna evaluate %s --data %S/Inputs/scores.npz --batch 3 --confusion %t.svg | FileCheck %s
// RUN: lacuna evaluate %s --data %S/Inputs/scores.npz --batch 4 --json | FileCheck %s --check-prefix=JSON
// RUN: FileCheck %s --check-prefix=SVG --input-file=%t.svg
// RUN: not lacuna evaluate %s --data %S/Inputs/scores.npz --batch 4 --loss mse 2>&1 | FileCheck %s --check-prefix=LABEL
// RUN: not lacuna evaluate %s --data %S/Inputs/scores.npz --batch 4 --class-axis 2 2>&1 | FileCheck %s --check-prefix=AXIS

// CHECK: loss 0.938807 over 7 samples
// CHECK-NEXT: PA 0.5000 MPA 0.5000 MIoU 0.3333 FWIoU 0.3333
// CHECK: class labels predictions accuracy IoU
// CHECK-NEXT: 0 2 1 0.0000 0.0000
// CHECK-NEXT: 1 2 4 1.0000 0.5000
// CHECK-NEXT: 2 2 1 0.5000 0.5000
// JSON: {"loss": 0.9388{{[0-9]+}}, "samples": 7, "pixel_accuracy": 0.5, "mean_pixel_accuracy": 0.5, "mean_iou": 0.333333333, "frequency_weighted_iou": 0.333333333, "classes": [{"labels": 2, "predictions": 1, "accuracy": 0, "iou": 0}, {"labels": 2,
// SVG: 100.0%<title>2</title>
// LABEL: `label` must be samples for batches of f32[4x3], got i64[7]
// AXIS: `class-axis` must be a dimension of the prediction, not the first, got 2 for 'tensor<4x3xf32>'

func.func @main(%x: tensor<?x3xf32> {lacuna.name = "x"})
    -> (tensor<?x3xf32> {lacuna.name = "y"}) {
  return %x : tensor<?x3xf32>
}
