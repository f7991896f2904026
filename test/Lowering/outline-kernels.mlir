// RUN: lacuna-opt %s --lacuna-outline-kernels | FileCheck %s

// Equal kernels share one function; the value between them lies in the arena.
// CHECK: func.func private @kernel_double(%{{.*}}: index, %{{.*}}: index, %[[IN:.*]]: memref<4xf32>, %[[OUT:.*]]: memref<4xf32>) attributes {lacuna.kernel_function}
// CHECK: %[[X:.*]] = bufferization.to_tensor %[[IN]]
// CHECK: %[[Y:.*]] = arith.addf %[[X]], %[[X]]
// CHECK: bufferization.materialize_in_destination %[[Y]] in restrict writable %[[OUT]]
// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[IN:.*]]: memref<4xf32>, %[[OUT:.*]]: memref<4xf32>, %[[ARENA:.*]]: memref<64xi8>) attributes {lacuna.arena_bytes = 64 : i64, {{.*}}lacuna.entry_inputs = 1{{.*}}lacuna.live_bytes = 64
// CHECK: %[[BETWEEN:.*]] = memref.view %[[ARENA]]
// CHECK: lacuna.launch @kernel_double(%[[IN]], %[[BETWEEN]])
// CHECK: lacuna.launch @kernel_double(%[[BETWEEN]], %[[OUT]])
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %a = lacuna.kernel "double" (%x) {
  ^bb0(%y: tensor<4xf32>):
    %z = arith.addf %y, %y : tensor<4xf32>
    lacuna.yield %z : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  %b = lacuna.kernel "double" (%a) {
  ^bb0(%y: tensor<4xf32>):
    %z = arith.addf %y, %y : tensor<4xf32>
    lacuna.yield %z : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  return %b : tensor<4xf32>
}
