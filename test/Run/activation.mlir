// RUN: lacuna check %s

// Expected numbers: Python's math module in f64.
func.func @sigmoid() {
  %x = arith.constant dense<[-2.0, 0.0, 0.5, 30.0]> : tensor<4xf32>
  %actual = lacuna.activation sigmoid %x : tensor<4xf32>
  %expected = arith.constant dense<[0.11920292202211755, 0.5, 0.6224593312018546, 0.9999999999999064]> : tensor<4xf32>
  check.expect_close %actual, %expected rtol = 2.4e-7 atol = 0.0 : tensor<4xf32>
  return
}

func.func @gelu_is_not_its_tanh_form() {
  %x = arith.constant dense<[-2.0, 1.0]> : tensor<2xf64>
  %erf = lacuna.activation gelu %x : tensor<2xf64>
  %erf_expected = arith.constant dense<[-0.045500263896358417, 0.8413447460685429]> : tensor<2xf64>
  check.expect_close %erf, %erf_expected rtol = 1.0e-14 atol = 0.0 : tensor<2xf64>
  %tanh = lacuna.activation gelu_tanh %x : tensor<2xf64>
  %tanh_expected = arith.constant dense<[-0.045402305912225414, 0.8411919906082768]> : tensor<2xf64>
  check.expect_close %tanh, %tanh_expected rtol = 1.0e-14 atol = 0.0 : tensor<2xf64>
  return
}
