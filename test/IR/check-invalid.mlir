// RUN: lacuna-opt %s --split-input-file --verify-diagnostics

func.func @expect_close_c1(%a: tensor<2xf32>) {
  // expected-error @+1 {{`rtol` must be finite and not negative, got `-1.000000e+00`}}
  check.expect_close %a, %a rtol = -1.0 atol = 0.0 : tensor<2xf32>
  return
}

// -----

func.func @expect_close_types(%a: tensor<2xf32>, %b: tensor<3xf32>) {
  // expected-error @+1 {{failed to verify that `expected` must have the type of `actual`}}
  "check.expect_close"(%a, %b) {rtol = 0.0, atol = 0.0} : (tensor<2xf32>, tensor<3xf32>) -> ()
  return
}
