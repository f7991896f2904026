// RUN: lacuna check %s

// Numbers from Philox4x32-10. From Inputs/make-indexing.py.

func.func @uniform() {
  %0 = arith.constant dense<77> : tensor<i64>
  %r = lacuna.random uniform seed %0 : (tensor<i64>) -> (tensor<3x4xf32>)
  %e0 = arith.constant dense<[[2.061637e-01, 1.3269323e-01, 1.04995966e-01, 1.4624e-02], [9.9546504e-01, 4.5221257e-01, 5.672503e-01, 9.066719e-01], [5.4289103e-03, 7.218762e-01, 5.9660196e-02, 3.951074e-01]]> : tensor<3x4xf32>
  check.expect_equal %r, %e0 : tensor<3x4xf32>
  return
}

func.func @uniform_fixed() {
  %r = lacuna.random uniform fixed_seed = 77 : () -> (tensor<3x4xf64>)
  %e0 = arith.constant dense<[[2.061637303049434e-01, 1.3269325615221095e-01, 1.0499597550556972e-01, 1.4624037056929162e-02], [9.954650495706646e-01, 4.522125956280362e-01, 5.67250334677651e-01, 9.066718873226726e-01], [5.428930105234375e-03, 7.218762050065596e-01, 5.966022981626806e-02, 3.951074329456543e-01]]> : tensor<3x4xf64>
  check.expect_equal %r, %e0 : tensor<3x4xf64>
  return
}

func.func @uniform_range() {
  %0 = arith.constant dense<77> : tensor<i64>
  %r = lacuna.random uniform seed %0 alpha = -2.0 beta = 3.0 : (tensor<i64>) -> (tensor<12xf64>)
  %e0 = arith.constant dense<[-9.691813484752831e-01, -1.3365337192389453e+00, -1.4750201224721513e+00, -1.9268798147153543e+00, 2.977325247853323e+00, 2.6106297814018076e-01, 8.362516733882548e-01, 2.533359436613363e+00, -1.9728553494738281e+00, 1.609381025032798e+00, -1.7016988509186597e+00, -2.4462835271728434e-02]> : tensor<12xf64>
  check.expect_close %r, %e0 rtol = 1.0e-14 atol = 1.0e-14 : tensor<12xf64>
  return
}

func.func @uniform_f16() {
  %0 = arith.constant dense<77> : tensor<i64>
  %r = lacuna.random uniform seed %0 : (tensor<i64>) -> (tensor<12xf16>)
  %e0 = arith.constant dense<[0x3298, 0x303C, 0x2EB8, 0x2340, 0x3BF6, 0x373C, 0x3889, 0x3B40, 0x1D80, 0x39C6, 0x2BA0, 0x3652]> : tensor<12xf16>
  check.expect_equal %r, %e0 : tensor<12xf16>
  return
}

func.func @normal() {
  %0 = arith.constant dense<77> : tensor<i64>
  %r = lacuna.random normal seed %0 alpha = 1.0 beta = 0.5 : (tensor<i64>) -> (tensor<12xf32>)
  %e0 = arith.constant dense<[1.2367846e+00, 2.3950788e-01, 1.6323147e+00, 1.0170149e+00, 9.8475724e-01, 7.7810377e-01, 4.910619e-01, 8.5106623e-01, 1.7961988e+00, 6.898918e-01, 1.4206847e+00, 1.2439833e+00]> : tensor<12xf32>
  check.expect_close %r, %e0 rtol = 1.0e-05 atol = 1.0e-05 : tensor<12xf32>
  return
}

func.func @bernoulli() {
  %0 = arith.constant dense<77> : tensor<i64>
  %r = lacuna.random bernoulli seed %0 alpha = 0.25 : (tensor<i64>) -> (tensor<12xi1>)
  %e0 = arith.constant dense<[true, true, true, true, false, false, false, false, true, false, true, false]> : tensor<12xi1>
  check.expect_equal %r, %e0 : tensor<12xi1>
  return
}

func.func @dropout() {
  %0 = arith.constant dense<[[8.8e-01, 2.7e-01, -6.0e-02, 1.05e+00], [1.49e+00, -3.6e-01, -3.1e-01, 9.0e-01], [-2.25e+00, 4.9e-01, 2.54e+00, 4.2e-01]]> : tensor<3x4xf32>
  %1 = arith.constant dense<77> : tensor<i64>
  %r:2 = lacuna.dropout %0, %1 rate = 0.3 : (tensor<3x4xf32>, tensor<i64>) -> (tensor<3x4xf32>, tensor<3x4xi1>)
  %e0 = arith.constant dense<[[0.0e+00, 0.0e+00, 0.0e+00, 0.0e+00], [2.1285715e+00, -5.1428574e-01, -4.4285715e-01, 1.2857143e+00], [0.0e+00, 7.0e-01, 0.0e+00, 6.0e-01]]> : tensor<3x4xf32>
  check.expect_close %r#0, %e0 rtol = 1.0e-06 atol = 1.0e-06 : tensor<3x4xf32>
  %e1 = arith.constant dense<[[false, false, false, false], [true, true, true, true], [false, true, false, true]]> : tensor<3x4xi1>
  check.expect_equal %r#1, %e1 : tensor<3x4xi1>
  return
}

func.func @dropout_all() {
  %0 = arith.constant dense<[[8.8e-01, 2.7e-01, -6.0e-02, 1.05e+00], [1.49e+00, -3.6e-01, -3.1e-01, 9.0e-01], [-2.25e+00, 4.9e-01, 2.54e+00, 4.2e-01]]> : tensor<3x4xf32>
  %1 = arith.constant dense<77> : tensor<i64>
  %r:2 = lacuna.dropout %0, %1 rate = 1.0 : (tensor<3x4xf32>, tensor<i64>) -> (tensor<3x4xf32>, tensor<3x4xi1>)
  %e0 = arith.constant dense<[[0.0e+00, 0.0e+00, 0.0e+00, 0.0e+00], [0.0e+00, 0.0e+00, 0.0e+00, 0.0e+00], [0.0e+00, 0.0e+00, 0.0e+00, 0.0e+00]]> : tensor<3x4xf32>
  check.expect_equal %r#0, %e0 : tensor<3x4xf32>
  %e1 = arith.constant dense<[[false, false, false, false], [false, false, false, false], [false, false, false, false]]> : tensor<3x4xi1>
  check.expect_equal %r#1, %e1 : tensor<3x4xi1>
  return
}
