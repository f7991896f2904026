// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @gradient
// CHECK: lacuna.gradient %arg0 by %arg1, %arg2 : (tensor<f32>, tensor<4xf32>, tensor<?x8xf32>) -> (tensor<4xf32>, tensor<?x8xf32>)
func.func @gradient(%loss: tensor<f32>, %x: tensor<4xf32>, %w: tensor<?x8xf32>)
    -> (tensor<4xf32>, tensor<?x8xf32>) {
  %0:2 = lacuna.gradient %loss by %x, %w
      : (tensor<f32>, tensor<4xf32>, tensor<?x8xf32>)
      -> (tensor<4xf32>, tensor<?x8xf32>)
  return %0#0, %0#1 : tensor<4xf32>, tensor<?x8xf32>
}
