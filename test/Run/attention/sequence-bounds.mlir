// RUN: not lacuna check %s 2>&1 | FileCheck %s

// Sequences that are not one behind the other end the call.
// CHECK-DAG: @first: cu_seqlens must begin with 0 and neither decrease nor exceed the total
// CHECK-DAG: @skipped: cu_seqlens must begin with 0 and neither decrease nor exceed the total
// CHECK-DAG: @decreasing: cu_seqlens must begin with 0 and neither decrease nor exceed the total
// CHECK-DAG: @far: cu_seqlens must begin with 0 and neither decrease nor exceed the total
// CHECK: 0 expectations met, 4 missed

func.func @first() {
  %c = arith.constant dense<[-2147483648, 1, 2]> : tensor<3xi32>
  %x = arith.constant dense<1.0> : tensor<2x1x4xf32>
  %r = lacuna.attention %x, %x, %x cu_seqlens_query %c
      : (tensor<2x1x4xf32>, tensor<2x1x4xf32>, tensor<2x1x4xf32>, tensor<3xi32>)
      -> tensor<2x1x4xf32>
  check.expect_equal %r, %r : tensor<2x1x4xf32>
  return
}

func.func @skipped() {
  %c = arith.constant dense<[1, 1, 2]> : tensor<3xi32>
  %x = arith.constant dense<1.0> : tensor<2x1x4xf32>
  %r = lacuna.attention %x, %x, %x cu_seqlens_query %c
      : (tensor<2x1x4xf32>, tensor<2x1x4xf32>, tensor<2x1x4xf32>, tensor<3xi32>)
      -> tensor<2x1x4xf32>
  check.expect_equal %r, %r : tensor<2x1x4xf32>
  return
}

func.func @decreasing() {
  %c = arith.constant dense<[0, 2, 1]> : tensor<3xi32>
  %x = arith.constant dense<1.0> : tensor<2x1x4xf32>
  %r = lacuna.attention %x, %x, %x cu_seqlens_query %c
      : (tensor<2x1x4xf32>, tensor<2x1x4xf32>, tensor<2x1x4xf32>, tensor<3xi32>)
      -> tensor<2x1x4xf32>
  check.expect_equal %r, %r : tensor<2x1x4xf32>
  return
}

func.func @far() {
  %c = arith.constant dense<[0, 2, 2147483647]> : tensor<3xi32>
  %x = arith.constant dense<1.0> : tensor<2x1x4xf32>
  %r = lacuna.attention %x, %x, %x cu_seqlens_query %c
      : (tensor<2x1x4xf32>, tensor<2x1x4xf32>, tensor<2x1x4xf32>, tensor<3xi32>)
      -> tensor<2x1x4xf32>
  check.expect_equal %r, %r : tensor<2x1x4xf32>
  return
}
