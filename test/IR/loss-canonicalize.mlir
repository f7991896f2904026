// RUN: lacuna-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func @unused_probabilities
// CHECK: %[[R:.*]] = lacuna.cross_entropy %arg0, %arg1 ignore_index = 3 : (tensor<2x5xf32>, tensor<2xi64>) -> tensor<f32>
// CHECK: return %[[R]]
func.func @unused_probabilities(%x: tensor<2x5xf32>, %l: tensor<2xi64>)
    -> tensor<f32> {
  %r, %p = lacuna.cross_entropy %x, %l ignore_index = 3
      : (tensor<2x5xf32>, tensor<2xi64>) -> (tensor<f32>, tensor<2x5xf32>)
  return %r : tensor<f32>
}
