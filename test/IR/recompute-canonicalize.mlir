// RUN: lacuna-opt %s -canonicalize -cse | FileCheck %s

// CHECK-LABEL: func @detached_twice
// CHECK-NEXT: %[[D:.*]] = lacuna.detach
// CHECK-NEXT: return %[[D]]
func.func @detached_twice(%x: tensor<4xf32>) -> tensor<4xf32> {
  %d = lacuna.detach %x : tensor<4xf32>
  %e = lacuna.detach %d : tensor<4xf32>
  return %e : tensor<4xf32>
}

// Equal work on both sides of a barrier stays work done twice.
// CHECK-LABEL: func @barriers_stay
// CHECK-COUNT-2: lacuna.activation
func.func @barriers_stay(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %y = lacuna.activation gelu %x : tensor<4xf32>
  %b = lacuna.barrier %x : tensor<4xf32>
  %z = lacuna.activation gelu %b : tensor<4xf32>
  return %y, %z : tensor<4xf32>, tensor<4xf32>
}
