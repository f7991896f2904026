// RUN: lacuna check %s

// The best of each line, in order. From Inputs/make-indexing.py.

func.func @top_k() {
  %0 = arith.constant dense<[2.0e+00, 0x7FC00000, -1.0e+00, 2.0e+00, 7.0e+00, -0.0e+00, 0.0e+00, 0x7FC00000]> : tensor<8xf32>
  %r:2 = lacuna.top_k max %0 k = 5 axis = 0 : (tensor<8xf32>) -> (tensor<5xf32>, tensor<5xi64>)
  %e0 = arith.constant dense<[0x7FC00000, 0x7FC00000, 7.0e+00, 2.0e+00, 2.0e+00]> : tensor<5xf32>
  check.expect_equal %r#0, %e0 : tensor<5xf32>
  %e1 = arith.constant dense<[1, 7, 4, 0, 3]> : tensor<5xi64>
  check.expect_equal %r#1, %e1 : tensor<5xi64>
  return
}

func.func @top_k_smallest() {
  %0 = arith.constant dense<[2.0e+00, 0x7FF8000000000000, -1.0e+00, 2.0e+00, 7.0e+00, -0.0e+00, 0.0e+00, 0x7FF8000000000000]> : tensor<8xf64>
  %r:2 = lacuna.top_k min %0 k = 4 axis = 0 : (tensor<8xf64>) -> (tensor<4xf64>, tensor<4xi64>)
  %e0 = arith.constant dense<[-1.0e+00, -0.0e+00, 0.0e+00, 2.0e+00]> : tensor<4xf64>
  check.expect_equal %r#0, %e0 : tensor<4xf64>
  %e1 = arith.constant dense<[2, 5, 6, 0]> : tensor<4xi64>
  check.expect_equal %r#1, %e1 : tensor<4xi64>
  return
}

func.func @top_k_all() {
  %0 = arith.constant dense<[[-3, 4, -1, 8, 2, -4, 6, -8, -9, -5, -6], [-6, 2, -6, -2, 5, 1, -1, 2, 5, 8, 7], [3, 0, -3, 5, 4, 8, -3, -4, -9, 3, 2]]> : tensor<3x11xi64>
  %r:2 = lacuna.top_k max %0 k = 11 axis = 1 : (tensor<3x11xi64>) -> (tensor<3x11xi64>, tensor<3x11xi64>)
  %e0 = arith.constant dense<[[8, 6, 4, 2, -1, -3, -4, -5, -6, -8, -9], [8, 7, 5, 5, 2, 2, 1, -1, -2, -6, -6], [8, 5, 4, 3, 3, 2, 0, -3, -3, -4, -9]]> : tensor<3x11xi64>
  check.expect_equal %r#0, %e0 : tensor<3x11xi64>
  %e1 = arith.constant dense<[[3, 6, 1, 4, 2, 0, 5, 9, 10, 7, 8], [9, 10, 4, 8, 1, 7, 5, 6, 3, 0, 2], [5, 3, 4, 0, 9, 10, 1, 2, 6, 7, 8]]> : tensor<3x11xi64>
  check.expect_equal %r#1, %e1 : tensor<3x11xi64>
  return
}

func.func @top_k_down() {
  %0 = arith.constant dense<[[-3, 4, -1, 8, 2, -4, 6, -8, -9, -5, -6], [-6, 2, -6, -2, 5, 1, -1, 2, 5, 8, 7], [3, 0, -3, 5, 4, 8, -3, -4, -9, 3, 2]]> : tensor<3x11xi8>
  %r:2 = lacuna.top_k min %0 k = 2 axis = 0 : (tensor<3x11xi8>) -> (tensor<2x11xi8>, tensor<2x11xi64>)
  %e0 = arith.constant dense<[[-6, 0, -6, -2, 2, -4, -3, -8, -9, -5, -6], [-3, 2, -3, 5, 4, 1, -1, -4, -9, 3, 2]]> : tensor<2x11xi8>
  check.expect_equal %r#0, %e0 : tensor<2x11xi8>
  %e1 = arith.constant dense<[[1, 2, 1, 1, 0, 0, 2, 0, 0, 0, 0], [0, 1, 2, 2, 2, 1, 1, 2, 2, 2, 2]]> : tensor<2x11xi64>
  check.expect_equal %r#1, %e1 : tensor<2x11xi64>
  return
}

func.func @top_k_none() {
  %0 = arith.constant dense<[[-3, 4, -1, 8, 2, -4, 6, -8, -9, -5, -6], [-6, 2, -6, -2, 5, 1, -1, 2, 5, 8, 7], [3, 0, -3, 5, 4, 8, -3, -4, -9, 3, 2]]> : tensor<3x11xi8>
  %r:2 = lacuna.top_k min %0 k = 0 axis = 0 : (tensor<3x11xi8>) -> (tensor<0x11xi8>, tensor<0x11xi64>)
  %e0 = arith.constant dense<> : tensor<0x11xi8>
  check.expect_equal %r#0, %e0 : tensor<0x11xi8>
  %e1 = arith.constant dense<> : tensor<0x11xi64>
  check.expect_equal %r#1, %e1 : tensor<0x11xi64>
  return
}
