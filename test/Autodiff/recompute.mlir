// The body is copied behind a barrier on its inputs; what only gradients read
// is asked of the op; contributions to one value are added by one op, and an
// argument without influence has zeros.
// RUN: lacuna-opt %s --lacuna-differentiate | FileCheck %s

// CHECK-LABEL: func.func @f
// CHECK-SAME: (%[[X:.*]]: tensor<3x5xf32>, %{{.*}}: tensor<4xf32>)
// CHECK: lacuna.recompute(%[[X]])
// CHECK: lacuna.layer_norm {{.*}} mean tensor<3x1xf32> inverse_deviation tensor<3x1xf32>
// CHECK: %[[B:.*]] = lacuna.barrier %[[X]] {lacuna.backward}
// CHECK: lacuna.layer_norm %[[B]] {{.*}}lacuna.backward
// CHECK: %[[SUM:.*]] = linalg.generic {{.*}} ins(%{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} : tensor<3x5xf32>, tensor<3x5xf32>, tensor<3x5xf32>)
// CHECK: %[[ZERO:.*]] = linalg.fill {{.*}} -> tensor<4xf32>
// CHECK: return %{{.*}}, %[[SUM]], %[[ZERO]]
func.func @f(%x: tensor<3x5xf32> {lacuna.requires_grad},
             %y: tensor<4xf32> {lacuna.requires_grad}) -> tensor<f32> {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %a = lacuna.recompute (%x) {
  ^bb0(%i: tensor<3x5xf32>):
    %n = lacuna.layer_norm %i axis = 1 : tensor<3x5xf32> -> tensor<3x5xf32>
    lacuna.yield %n : tensor<3x5xf32>
  } : (tensor<3x5xf32>) -> tensor<3x5xf32>
  %b = lacuna.activation tanh %x : tensor<3x5xf32>
  %c = lacuna.softmax %x axis = 0 : tensor<3x5xf32>
  %e = tensor.concat dim(0) %a, %b, %c : (tensor<3x5xf32>, tensor<3x5xf32>, tensor<3x5xf32>) -> tensor<9x5xf32>
  %loss = linalg.reduce { arith.addf } ins(%e : tensor<9x5xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1]
  return %loss : tensor<f32>
}
