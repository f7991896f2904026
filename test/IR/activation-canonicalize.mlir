// RUN: lacuna-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func @twice
// CHECK: %[[R:.*]] = lacuna.activation relu %arg0
// CHECK-NEXT: return %[[R]]
func.func @twice(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = lacuna.activation relu %x : tensor<4xf32>
  %1 = lacuna.activation relu %0 : tensor<4xf32>
  return %1 : tensor<4xf32>
}

// Other bounds, or another kind, are another function.
// CHECK-LABEL: func @differently
// CHECK-COUNT-2: lacuna.activation hard_tanh
// CHECK-COUNT-2: lacuna.activation elu
func.func @differently(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = lacuna.activation hard_tanh %x : tensor<4xf32>
  %1 = lacuna.activation hard_tanh %0 alpha = -0.5 : tensor<4xf32>
  %2 = lacuna.activation elu %x : tensor<4xf32>
  %3 = lacuna.activation elu %2 : tensor<4xf32>
  return %1, %3 : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func @maxout_of_one
// CHECK-NEXT: return %arg0
func.func @maxout_of_one(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %r = lacuna.maxout %x axis = 1 groups = 1
      : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %r : tensor<2x4xf32>
}
