// RUN: lacuna-opt %s --lacuna-outline-kernels | FileCheck %s

// Each large value is used before the next is made: one of them lives at a
// time, beside a small one.
// CHECK-LABEL: func.func @main(
// CHECK-SAME: lacuna.arena_bytes = 1088 : i64
// CHECK-SAME: lacuna.live_bytes = 1088 : i64
// CHECK: lacuna.launch @kernel_grow(
// CHECK: lacuna.launch @kernel_shrink(
// CHECK: lacuna.launch @kernel_grow(
// CHECK: lacuna.launch @kernel_join(
func.func @main(%x: tensor<1xf32>, %y: tensor<1xf32>) -> tensor<1xf32> {
  %a = lacuna.kernel "grow" (%x) {
  ^bb0(%in: tensor<1xf32>):
    %out = tensor.pad %in low[0] high[255] {
    ^bb0(%i: index):
      %zero = arith.constant 0.0 : f32
      tensor.yield %zero : f32
    } : tensor<1xf32> to tensor<256xf32>
    lacuna.yield %out : tensor<256xf32>
  } : (tensor<1xf32>) -> tensor<256xf32>
  %b = lacuna.kernel "grow" (%y) {
  ^bb0(%in: tensor<1xf32>):
    %out = tensor.pad %in low[0] high[255] {
    ^bb0(%i: index):
      %zero = arith.constant 0.0 : f32
      tensor.yield %zero : f32
    } : tensor<1xf32> to tensor<256xf32>
    lacuna.yield %out : tensor<256xf32>
  } : (tensor<1xf32>) -> tensor<256xf32>
  %small = lacuna.kernel "shrink" (%a) {
  ^bb0(%in: tensor<256xf32>):
    %out = tensor.extract_slice %in[0] [1] [1] : tensor<256xf32> to tensor<1xf32>
    lacuna.yield %out : tensor<1xf32>
  } : (tensor<256xf32>) -> tensor<1xf32>
  %sum = lacuna.kernel "join" (%small, %b) {
  ^bb0(%one: tensor<1xf32>, %in: tensor<256xf32>):
    %two = tensor.extract_slice %in[3] [1] [1] : tensor<256xf32> to tensor<1xf32>
    %out = arith.addf %one, %two : tensor<1xf32>
    lacuna.yield %out : tensor<1xf32>
  } : (tensor<1xf32>, tensor<256xf32>) -> tensor<1xf32>
  return %sum : tensor<1xf32>
}
