// RUN: lacuna-opt %s -canonicalize | FileCheck %s

// Groups of one channel.
// CHECK-LABEL: func @instance
// CHECK: lacuna.instance_norm %arg0 scale %arg1 epsilon = 1.000000e-03 : (
func.func @instance(%x: tensor<1x4x4xf32>, %s: tensor<4xf32>)
    -> tensor<1x4x4xf32> {
  %r = lacuna.group_norm %x scale %s groups = 4 epsilon = 1.0e-3
      : (tensor<1x4x4xf32>, tensor<4xf32>) -> tensor<1x4x4xf32>
  return %r : tensor<1x4x4xf32>
}

// CHECK-LABEL: func @unused_statistics
// CHECK: %[[R:.*]], %[[I:.*]] = lacuna.layer_norm %arg0 axis = 1 : tensor<2x4xf32> -> tensor<2x4xf32> inverse_deviation tensor<2x1xf32>
// CHECK: return %[[R]], %[[I]]
func.func @unused_statistics(%x: tensor<2x4xf32>)
    -> (tensor<2x4xf32>, tensor<2x1xf32>) {
  %r:3 = lacuna.layer_norm %x axis = 1 : tensor<2x4xf32> -> tensor<2x4xf32>
      mean tensor<2x1xf32> inverse_deviation tensor<2x1xf32>
  return %r#0, %r#2 : tensor<2x4xf32>, tensor<2x1xf32>
}
