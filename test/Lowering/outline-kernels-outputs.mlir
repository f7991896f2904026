// RUN: lacuna-opt %s --lacuna-outline-kernels | FileCheck %s

// Until the second result is written its memory holds what both are made of;
// the first one is written too early. No arena is left.
// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[IN:.*]]: memref<64xf32>, %[[FIRST:.*]]: memref<64xf32>, %[[SECOND:.*]]: memref<32x4xbf16>, %{{.*}}: memref<0xi8>) attributes {lacuna.arena_bytes = 0 : i64
// CHECK: %[[BYTES:.*]] = builtin.unrealized_conversion_cast %[[SECOND]] : memref<32x4xbf16> to memref<256xi8>
// CHECK: %[[BETWEEN:.*]] = memref.view %[[BYTES]][%{{.*}}][] : memref<256xi8> to memref<64xf32>
// CHECK: lacuna.launch @kernel_double(%[[IN]], %[[BETWEEN]])
// CHECK: lacuna.launch @kernel_double(%[[BETWEEN]], %[[FIRST]])
// CHECK: lacuna.launch @kernel_round(%[[FIRST]], %[[SECOND]])
func.func @main(%x: tensor<64xf32>) -> (tensor<64xf32>, tensor<32x4xbf16>) {
  %a = lacuna.kernel "double" (%x) {
  ^bb0(%y: tensor<64xf32>):
    %z = arith.addf %y, %y : tensor<64xf32>
    lacuna.yield %z : tensor<64xf32>
  } : (tensor<64xf32>) -> tensor<64xf32>
  %b = lacuna.kernel "double" (%a) {
  ^bb0(%y: tensor<64xf32>):
    %z = arith.addf %y, %y : tensor<64xf32>
    lacuna.yield %z : tensor<64xf32>
  } : (tensor<64xf32>) -> tensor<64xf32>
  %c = lacuna.kernel "round" (%b) {
  ^bb0(%y: tensor<64xf32>):
    %low = arith.truncf %y : tensor<64xf32> to tensor<64xbf16>
    %twice = tensor.concat dim(0) %low, %low : (tensor<64xbf16>, tensor<64xbf16>) -> tensor<128xbf16>
    %z = tensor.expand_shape %twice [[0, 1]] output_shape [32, 4] : tensor<128xbf16> into tensor<32x4xbf16>
    lacuna.yield %z : tensor<32x4xbf16>
  } : (tensor<64xf32>) -> tensor<32x4xbf16>
  return %b, %c : tensor<64xf32>, tensor<32x4xbf16>
}
