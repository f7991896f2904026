// RUN: not lacuna check %s | FileCheck %s

// CHECK: check.mlir:[[#@LINE+5]]:3: @differs: 1 of 2 elements differ; worst at [1]: got 3, expected 2
func.func @differs() {
  %a = arith.constant dense<[1.0, 3.0]> : tensor<2xf32>
  %b = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %c = lacuna.activation relu %a : tensor<2xf32>
  check.expect_close %c, %b rtol = 0.1 atol = 0.1 : tensor<2xf32>
  return
}

// CHECK: @nothing_to_check: {{.*}}`nothing_to_check` must have no arguments and at least one `check` op
func.func @nothing_to_check(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = lacuna.activation relu %x : tensor<2xf32>
  return %c : tensor<2xf32>
}
// CHECK: 0 expectations met, 2 missed
