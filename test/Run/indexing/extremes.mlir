// RUN: lacuna check %s

// Where extremes stand; one-hot vectors. From Inputs/make-indexing.py.

func.func @arg_max() {
  %0 = arith.constant dense<[[1.0e+00, 3.0e+00, 3.0e+00, -2.0e+00], [0x7FC00000, 5.0e+00, 0x7FC00000, 5.0e+00], [0.0e+00, -0.0e+00, 0.0e+00, 0.0e+00]]> : tensor<3x4xf32>
  %r = lacuna.arg_extreme max %0 axis = 1 : (tensor<3x4xf32>) -> (tensor<3xi64>)
  %e0 = arith.constant dense<[1, 0, 0]> : tensor<3xi64>
  check.expect_equal %r, %e0 : tensor<3xi64>
  return
}

func.func @arg_max_down() {
  %0 = arith.constant dense<[[1.0e+00, 0x7FF8000000000000, 0.0e+00], [3.0e+00, 5.0e+00, -0.0e+00], [3.0e+00, 0x7FF8000000000000, 0.0e+00], [-2.0e+00, 5.0e+00, 0.0e+00]]> : tensor<4x3xf64>
  %r = lacuna.arg_extreme max %0 axis = 0 : (tensor<4x3xf64>) -> (tensor<1x3xi64>)
  %e0 = arith.constant dense<[[1, 0, 0]]> : tensor<1x3xi64>
  check.expect_equal %r, %e0 : tensor<1x3xi64>
  return
}

func.func @arg_min() {
  %0 = arith.constant dense<[[1.0e+00, 3.0e+00, 3.0e+00, -2.0e+00], [0x7FC00000, 5.0e+00, 0x7FC00000, 5.0e+00], [0.0e+00, -0.0e+00, 0.0e+00, 0.0e+00]]> : tensor<3x4xf32>
  %r = lacuna.arg_extreme min %0 axis = 1 : (tensor<3x4xf32>) -> (tensor<3xi64>)
  %e0 = arith.constant dense<[3, 0, 0]> : tensor<3xi64>
  check.expect_equal %r, %e0 : tensor<3xi64>
  return
}

func.func @arg_min_down() {
  %0 = arith.constant dense<[[1.0e+00, 0x7FF8000000000000, 0.0e+00], [3.0e+00, 5.0e+00, -0.0e+00], [3.0e+00, 0x7FF8000000000000, 0.0e+00], [-2.0e+00, 5.0e+00, 0.0e+00]]> : tensor<4x3xf64>
  %r = lacuna.arg_extreme min %0 axis = 0 : (tensor<4x3xf64>) -> (tensor<1x3xi64>)
  %e0 = arith.constant dense<[[3, 0, 0]]> : tensor<1x3xi64>
  check.expect_equal %r, %e0 : tensor<1x3xi64>
  return
}

func.func @arg_max_last() {
  %0 = arith.constant dense<[[1.0e+00, 3.0e+00, 3.0e+00, -2.0e+00], [0x7FC00000, 5.0e+00, 0x7FC00000, 5.0e+00], [0.0e+00, -0.0e+00, 0.0e+00, 0.0e+00]]> : tensor<3x4xf32>
  %r = lacuna.arg_extreme max %0 axis = 1 select_last : (tensor<3x4xf32>) -> (tensor<3xi64>)
  %e0 = arith.constant dense<[2, 2, 3]> : tensor<3xi64>
  check.expect_equal %r, %e0 : tensor<3xi64>
  return
}

func.func @arg_max_last_down() {
  %0 = arith.constant dense<[[1.0e+00, 0x7FF8000000000000, 0.0e+00], [3.0e+00, 5.0e+00, -0.0e+00], [3.0e+00, 0x7FF8000000000000, 0.0e+00], [-2.0e+00, 5.0e+00, 0.0e+00]]> : tensor<4x3xf64>
  %r = lacuna.arg_extreme max %0 axis = 0 select_last : (tensor<4x3xf64>) -> (tensor<1x3xi64>)
  %e0 = arith.constant dense<[[2, 2, 3]]> : tensor<1x3xi64>
  check.expect_equal %r, %e0 : tensor<1x3xi64>
  return
}

func.func @arg_min_last() {
  %0 = arith.constant dense<[[1.0e+00, 3.0e+00, 3.0e+00, -2.0e+00], [0x7FC00000, 5.0e+00, 0x7FC00000, 5.0e+00], [0.0e+00, -0.0e+00, 0.0e+00, 0.0e+00]]> : tensor<3x4xf32>
  %r = lacuna.arg_extreme min %0 axis = 1 select_last : (tensor<3x4xf32>) -> (tensor<3xi64>)
  %e0 = arith.constant dense<[3, 2, 3]> : tensor<3xi64>
  check.expect_equal %r, %e0 : tensor<3xi64>
  return
}

func.func @arg_min_last_down() {
  %0 = arith.constant dense<[[1.0e+00, 0x7FF8000000000000, 0.0e+00], [3.0e+00, 5.0e+00, -0.0e+00], [3.0e+00, 0x7FF8000000000000, 0.0e+00], [-2.0e+00, 5.0e+00, 0.0e+00]]> : tensor<4x3xf64>
  %r = lacuna.arg_extreme min %0 axis = 0 select_last : (tensor<4x3xf64>) -> (tensor<1x3xi64>)
  %e0 = arith.constant dense<[[3, 2, 3]]> : tensor<1x3xi64>
  check.expect_equal %r, %e0 : tensor<1x3xi64>
  return
}

func.func @arg_channels() {
  %0 = arith.constant dense<[[[4.4e-01, 2.6e-01, 1.0e-02, 2.0e-02, 1.53e+00, 1.5e-01, -3.6e-01, -1.7e-01, -3.9e-01, 2.3e-01, -1.9e-01, 6.6e-01, -1.01e+00, -9.0e-01, 1.69e+00, -4.8e-01, -1.0e-01, 9.0e-02, -5.6e-01, -4.0e-02, 1.17e+00, 6.0e-02, 5.0e-02, -4.2e-01, 9.3e-01, -1.51e+00, -1.2e-01, -6.3e-01, 7.0e-02, 1.38e+00, -6.8e-01, -3.2e-01, 2.0e-02, -8.1e-01, 1.3e+00, -9.0e-01, 9.5e-01], [3.4e-01, 1.6e+00, 4.7e-01, -5.6e-01, 9.0e-02, 2.6e-01, -1.1e+00, -1.12e+00, 1.66e+00, 1.0e+00, 9.0e-01, 2.1e-01, 9.0e-01, -2.02e+00, 4.0e-01, -6.6e-01, -6.6e-01, -9.0e-01, -2.3e-01, -1.0e-01, 1.16e+00, 4.8e-01, 1.39e+00, -9.0e-02, 1.67e+00, -1.31e+00, -1.39e+00, 0.0e+00, -7.4e-01, 8.9e-01, -1.16e+00, 9.2e-01, -9.0e-02, -1.91e+00, -2.0e-01, 8.8e-01, -1.7e-01], [2.08e+00, -2.14e+00, 1.02e+00, 7.5e-01, -1.37e+00, 5.1e-01, -2.16e+00, 6.9e-01, 8.2e-01, 1.12e+00, -1.29e+00, 1.23e+00, 1.0e-01, -1.2e+00, 2.0e+00, -1.1e-01, -1.3e-01, 8.7e-01, -1.72e+00, 5.7e-01, -6.9e-01, -3.0e-02, 3.4e-01, 1.7e-01, 2.3e-01, 2.6e-01, 1.43e+00, 1.68e+00, -2.29e+00, -9.0e-01, -5.9e-01, 2.14e+00, -3.1e-01, 2.3e-01, -6.3e-01, -3.26e+00, 2.3e-01]], [[-1.52e+00, -1.51e+00, -9.0e-02, 7.4e-01, -2.7e-01, 7.0e-02, -1.44e+00, -1.16e+00, 1.49e+00, 1.19e+00, -1.48e+00, -2.7e-01, -1.22e+00, -1.36e+00, 9.8e-01, 3.2e-01, 2.14e+00, -3.6e-01, 8.4e-01, -2.0e-02, -1.6e-01, 5.3e-01, -1.12e+00, -1.78e+00, -2.03e+00, 5.4e-01, -8.0e-02, 3.3e-01, 2.1e-01, -2.0e-01, -4.2e-01, -6.0e-01, 5.2e-01, 4.8e-01, -1.5e-01, 8.0e-01, 1.15e+00], [1.67e+00, 3.9e-01, 9.0e-01, 1.08e+00, 1.08e+00, -1.85e+00, 1.93e+00, 1.7e-01, -2.25e+00, -1.2e+00, -2.5e-01, 1.5e-01, -1.6e-01, 1.8e-01, -3.4e-01, 6.4e-01, -5.0e-01, -7.3e-01, -2.5e-01, -4.6e-01, 3.0e-01, 2.0e-02, -1.46e+00, 8.7e-01, 1.68e+00, -1.6e-01, 1.96e+00, 1.0e-02, 3.4e-01, 3.2e-01, 5.3e-01, -5.8e-01, -6.4e-01, -4.8e-01, 5.2e-01, 1.39e+00, 8.2e-01], [2.3e-01, 3.0e-02, -6.0e-02, 5.4e-01, 2.4e-01, -5.5e-01, -6.8e-01, 1.11e+00, 3.5e-01, 6.1e-01, 1.37e+00, -1.9e-01, -1.41e+00, 8.6e-01, -5.0e-01, 9.4e-01, 1.0e+00, 1.14e+00, 1.9e-01, -2.9e-01, -3.0e-02, 2.3e-01, -4.8e-01, -1.9e-01, -1.83e+00, -5.8e-01, -1.05e+00, -5.6e-01, 1.19e+00, -5.6e-01, -1.2e-01, 5.3e-01, 4.6e-01, 1.25e+00, -4.0e-01, -5.3e-01, 1.74e+00]]]> : tensor<2x3x37xf32>
  %r = lacuna.arg_extreme max %0 axis = 1 : (tensor<2x3x37xf32>) -> (tensor<2x37xi64>)
  %e0 = arith.constant dense<[[2, 1, 2, 2, 0, 2, 0, 2, 1, 2, 1, 2, 1, 0, 2, 2, 0, 2, 1, 2, 0, 1, 1, 2, 1, 2, 2, 2, 0, 0, 2, 2, 0, 2, 0, 1, 0], [1, 1, 1, 1, 1, 0, 1, 2, 0, 0, 2, 1, 1, 2, 0, 2, 0, 2, 0, 0, 1, 0, 2, 1, 1, 0, 1, 0, 2, 1, 1, 2, 0, 2, 1, 1, 2]]> : tensor<2x37xi64>
  check.expect_equal %r, %e0 : tensor<2x37xi64>
  return
}

func.func @arg_integers() {
  %0 = arith.constant dense<[[[44, 26, 1, 2, 153, 15, -36, -17, -39, 23, -19, 66, -101, -90, 169, -48, -10, 9, -56, -4, 117, 6, 5, -42, 93, -151, -12, -63, 7, 138, -68, -32, 2, -81, 130, -90, 95], [34, 160, 47, -56, 9, 26, -110, -112, 166, 100, 90, 21, 90, -202, 40, -66, -66, -90, -23, -10, 115, 48, 139, -9, 167, -131, -139, 0, -74, 89, -115, 92, -9, -191, -20, 88, -17], [208, -214, 102, 75, -137, 51, -216, 69, 82, 112, -129, 123, 10, -120, 200, -11, -13, 87, -172, 56, -69, -3, 34, 17, 23, 26, 143, 168, -229, -90, -59, 214, -31, 23, -63, -326, 23]], [[-152, -151, -9, 74, -27, 7, -144, -115, 149, 119, -148, -27, -122, -136, 98, 32, 214, -36, 84, -2, -16, 53, -112, -178, -202, 54, -8, 33, 21, -20, -42, -60, 52, 48, -15, 80, 114], [167, 39, 90, 108, 108, -185, 193, 17, -225, -120, -25, 15, -16, 18, -34, 64, -50, -73, -25, -46, 30, 2, -146, 87, 168, -16, 196, 1, 34, 32, 53, -57, -64, -48, 52, 139, 82], [23, 3, -6, 54, 24, -55, -68, 111, 35, 61, 137, -19, -141, 86, -50, 94, 100, 113, 19, -28, -3, 23, -48, -19, -183, -57, -105, -56, 119, -56, -12, 53, 46, 125, -40, -53, 174]]]> : tensor<2x3x37xi16>
  %r = lacuna.arg_extreme min %0 axis = -1 : (tensor<2x3x37xi16>) -> (tensor<2x3xi64>)
  %e0 = arith.constant dense<[[25, 13, 35], [24, 8, 24]]> : tensor<2x3xi64>
  check.expect_equal %r, %e0 : tensor<2x3xi64>
  return
}

func.func @one_hot() {
  %0 = arith.constant dense<[[1, -1], [3, 7]]> : tensor<2x2xi64>
  %1 = arith.constant dense<[2.0e+00, 5.0e+00]> : tensor<2xf32>
  %r = lacuna.one_hot %0, %1 depth = 4 axis = -1 : (tensor<2x2xi64>, tensor<2xf32>) -> (tensor<2x2x4xf32>)
  %e0 = arith.constant dense<[[[2.0e+00, 5.0e+00, 2.0e+00, 2.0e+00], [2.0e+00, 2.0e+00, 2.0e+00, 5.0e+00]], [[2.0e+00, 2.0e+00, 2.0e+00, 5.0e+00], [2.0e+00, 2.0e+00, 2.0e+00, 2.0e+00]]]> : tensor<2x2x4xf32>
  check.expect_equal %r, %e0 : tensor<2x2x4xf32>
  return
}

func.func @one_hot_front() {
  %0 = arith.constant dense<[[1, -1], [3, 7]]> : tensor<2x2xi32>
  %1 = arith.constant dense<[2, 5]> : tensor<2xi8>
  %r = lacuna.one_hot %0, %1 depth = 4 axis = 0 : (tensor<2x2xi32>, tensor<2xi8>) -> (tensor<4x2x2xi8>)
  %e0 = arith.constant dense<[[[2, 2], [2, 2]], [[5, 2], [2, 2]], [[2, 2], [2, 2]], [[2, 5], [5, 2]]]> : tensor<4x2x2xi8>
  check.expect_equal %r, %e0 : tensor<4x2x2xi8>
  return
}
