// RUN: not lacuna check %s 2>&1 | FileCheck %s

// Indices beyond the plane, beyond the tensor and below 0 end the call.
// CHECK-DAG: @plane: {{.*}}an index is outside of the result
// CHECK-DAG: @whole: {{.*}}an index is outside of the result
// CHECK-DAG: @below: {{.*}}an index is outside of the result
// CHECK: 0 expectations met

func.func @plane() {
  %x = arith.constant dense<1.0> : tensor<1x2x2xf32>
  %i = arith.constant dense<[[[0, 3], [4, 1]]]> : tensor<1x2x2xi64>
  %r = lacuna.max_unpool %x, %i
      : (tensor<1x2x2xf32>, tensor<1x2x2xi64>) -> tensor<1x2x4xf32>
  check.expect_equal %r, %r : tensor<1x2x4xf32>
  return
}

func.func @whole() {
  %x = arith.constant dense<1.0> : tensor<1x2x2xf32>
  %i = arith.constant dense<[[[0, 3], [4, 8]]]> : tensor<1x2x2xi64>
  %r = lacuna.max_unpool %x, %i index_mode = whole
      : (tensor<1x2x2xf32>, tensor<1x2x2xi64>) -> tensor<1x2x4xf32>
  check.expect_equal %r, %r : tensor<1x2x4xf32>
  return
}

func.func @below() {
  %x = arith.constant dense<1.0> : tensor<1x2x2xf32>
  %i = arith.constant dense<[[[0, -1], [2, 3]]]> : tensor<1x2x2xi32>
  %r = lacuna.max_unpool %x, %i layout = channels_last
      : (tensor<1x2x2xf32>, tensor<1x2x2xi32>) -> tensor<1x4x2xf32>
  check.expect_equal %r, %r : tensor<1x4x2xf32>
  return
}
