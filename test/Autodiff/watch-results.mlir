// Each op that computes floats gets a result that says how bad its worst is;
// constants, movement and private functions get none.
// RUN: lacuna-opt --lacuna-watch-results %s | FileCheck %s
// RUN: lacuna-opt --lacuna-watch-results %s -o %t.mlir
// RUN: lacuna run %t.mlir --random 1 | FileCheck %s --check-prefix=SEEN

// CHECK-LABEL: func.func @main
// CHECK-SAME: -> (tensor<3xf32> {lacuna.name = "y"}, tensor<f32> {lacuna.name = "watch.1", lacuna.watched = ["arith.mulf", #loc
// CHECK-SAME: {lacuna.name = "watch.2", lacuna.watched = ["math.exp", #loc
// CHECK-SAME: {lacuna.name = "watch.3", lacuna.watched = ["arith.subf", #loc
// CHECK-NOT: "watch.4"
// SEEN: watch.1 scalar f32 0
// SEEN: watch.2 scalar f32 1
// SEEN: watch.3 scalar f32 2
func.func @main(%x: tensor<3x1xf32> {lacuna.name = "x"})
    -> (tensor<3xf32> {lacuna.name = "y"}) {
  %c = arith.constant dense<1.0e+30> : tensor<3x1xf32>
  %q = arith.mulf %x, %c : tensor<3x1xf32>
  %e = math.exp %q : tensor<3x1xf32>
  %d = arith.subf %e, %e : tensor<3x1xf32>
  %y = tensor.collapse_shape %d [[0, 1]] : tensor<3x1xf32> into tensor<3xf32>
  return %y : tensor<3xf32>
}

// CHECK-LABEL: func.func private @part(%arg0: tensor<2xf32>) -> tensor<2xf32>
func.func private @part(%x: tensor<2xf32>) -> tensor<2xf32> {
  %e = math.exp %x : tensor<2xf32>
  return %e : tensor<2xf32>
}
