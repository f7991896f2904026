// RUN: lacuna-opt %s -lacuna-inline-regions | FileCheck %s

// CHECK-LABEL: func @nested
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: %[[A:.*]] = lacuna.activation gelu %[[X]]
// CHECK-NEXT: %[[K:.*]] = lacuna.barrier %[[X]]
// CHECK-NEXT: %[[B:.*]] = lacuna.activation gelu %[[K]]
// CHECK-NEXT: %[[C:.*]] = lacuna.activation relu %[[B]]
// CHECK-NEXT: return %[[A]], %[[C]]
func.func @nested(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %0 = lacuna.recompute (%x) {
  ^bb0(%a: tensor<4xf32>):
    %y = lacuna.activation gelu %a : tensor<4xf32>
    lacuna.yield %y : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  %1 = lacuna.recompute (%x) {
  ^bb0(%a: tensor<4xf32>):
    %b = lacuna.barrier %a : tensor<4xf32>
    %y = lacuna.activation gelu %b : tensor<4xf32>
    %r = lacuna.no_grad (%y) {
    ^bb0(%c: tensor<4xf32>):
      %z = lacuna.activation relu %c : tensor<4xf32>
      lacuna.yield %z : tensor<4xf32>
    } : (tensor<4xf32>) -> tensor<4xf32>
    %d = lacuna.detach %r : tensor<4xf32>
    lacuna.yield %d : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}
