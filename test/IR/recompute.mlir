// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @regions
func.func @regions(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: lacuna.recompute(%{{.*}}) {
  %r = lacuna.recompute (%x) {
  ^bb0(%a: tensor<4xf32>):
    %y = lacuna.activation gelu %a : tensor<4xf32>
    lacuna.yield %y : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: lacuna.no_grad(%{{.*}}) {
  %n = lacuna.no_grad (%x) {
  ^bb0(%a: tensor<4xf32>):
    // CHECK: lacuna.barrier %{{.*}} : tensor<4xf32>
    %y = lacuna.barrier %a : tensor<4xf32>
    // CHECK: lacuna.detach %{{.*}} : tensor<4xf32>
    %z = lacuna.detach %y : tensor<4xf32>
    lacuna.yield %z : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  return %r, %n : tensor<4xf32>, tensor<4xf32>
}
