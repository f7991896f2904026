// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s

// CHECK-LABEL: func.func @round_trip
func.func @round_trip(%a: tensor<2x?xf32>, %b: tensor<4xi1>) {
  // CHECK: check.expect_close %{{.*}}, %{{.*}} rtol = 1.000000e-05 atol = 0.000000e+00 : tensor<2x?xf32>
  check.expect_close %a, %a rtol = 1.0e-5 atol = 0.0 : tensor<2x?xf32>
  // CHECK: check.expect_equal %{{.*}}, %{{.*}} : tensor<4xi1>
  check.expect_equal %b, %b : tensor<4xi1>
  return
}
