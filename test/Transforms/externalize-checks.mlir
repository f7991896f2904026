// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(lacuna-externalize-checks))' | FileCheck %s

// CHECK-LABEL: func.func @two
// CHECK-SAME: -> (tensor<2xi64>, tensor<2xf32>, tensor<2xf32>, tensor<2xi64>, tensor<2xi64>)
// CHECK-SAME: lacuna.checks = [{actual = 1 : i64, atol = 5.000000e-01 : f64, expected = 2 : i64, location = "{{.*}}externalize-checks.mlir:[[#@LINE+4]]:3", rtol = 2.500000e-01 : f64}
// CHECK-SAME: {actual = 3 : i64, atol = 0.000000e+00 : f64, expected = 4 : i64
func.func @two(%a: tensor<2xf32>, %b: tensor<2xf32>, %c: tensor<2xi64>) -> tensor<2xi64> {
  // CHECK-NOT: check.
  check.expect_close %a, %b rtol = 0.25 atol = 0.5 : tensor<2xf32>
  check.expect_equal %c, %c : tensor<2xi64>
  // CHECK: return %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} : tensor<2xi64>
  return %c : tensor<2xi64>
}

// A private function keeps its type: it cannot be run by itself.
// CHECK-LABEL: func.func private @kept
func.func private @kept(%a: tensor<2xf32>) {
  // CHECK: check.expect_equal
  check.expect_equal %a, %a : tensor<2xf32>
  return
}
