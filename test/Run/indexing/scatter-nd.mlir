// RUN: lacuna check %s

// Slices written by index tuples. From Inputs/make-indexing.py.

func.func @nd_none() {
  %0 = arith.constant dense<[[6.9e-01, -9.9e-01, -4.9e-01, 1.68e+00, 5.1e-01], [1.25e+00, 3.2e-01, 1.34e+00, 2.4e-01, -8.8e-01], [-1.71e+00, -1.09e+00, -1.34e+00, -1.38e+00, -9.6e-01], [-9.2e-01, -1.28e+00, -1.34e+00, 1.33e+00, 1.08e+00]]> : tensor<4x5xf32>
  %1 = arith.constant dense<[[2], [0], [2]]> : tensor<3x1xi64>
  %2 = arith.constant dense<[[-1.9e-01, 1.1e+00, -5.5e-01, -6.7e-01, -1.07e+00], [1.94e+00, 1.0e-02, 3.2e-01, -1.0e-02, 7.6e-01], [-2.1e-01, 2.5e-01, -2.9e-01, 8.6e-01, 5.4e-01]]> : tensor<3x5xf32>
  %r = lacuna.scatter_nd %0[%1], %2 : (tensor<4x5xf32>, tensor<3x1xi64>, tensor<3x5xf32>) -> (tensor<4x5xf32>)
  %e0 = arith.constant dense<[[1.94e+00, 1.0e-02, 3.2e-01, -1.0e-02, 7.6e-01], [1.25e+00, 3.2e-01, 1.34e+00, 2.4e-01, -8.8e-01], [-2.1e-01, 2.5e-01, -2.9e-01, 8.6e-01, 5.4e-01], [-9.2e-01, -1.28e+00, -1.34e+00, 1.33e+00, 1.08e+00]]> : tensor<4x5xf32>
  check.expect_equal %r, %e0 : tensor<4x5xf32>
  return
}

func.func @nd_add() {
  %0 = arith.constant dense<[[6.9e-01, -9.9e-01, -4.9e-01, 1.68e+00, 5.1e-01], [1.25e+00, 3.2e-01, 1.34e+00, 2.4e-01, -8.8e-01], [-1.71e+00, -1.09e+00, -1.34e+00, -1.38e+00, -9.6e-01], [-9.2e-01, -1.28e+00, -1.34e+00, 1.33e+00, 1.08e+00]]> : tensor<4x5xf32>
  %1 = arith.constant dense<[[2], [0], [2]]> : tensor<3x1xi64>
  %2 = arith.constant dense<[[-1.9e-01, 1.1e+00, -5.5e-01, -6.7e-01, -1.07e+00], [1.94e+00, 1.0e-02, 3.2e-01, -1.0e-02, 7.6e-01], [-2.1e-01, 2.5e-01, -2.9e-01, 8.6e-01, 5.4e-01]]> : tensor<3x5xf32>
  %r = lacuna.scatter_nd %0[%1], %2 reduction = add : (tensor<4x5xf32>, tensor<3x1xi64>, tensor<3x5xf32>) -> (tensor<4x5xf32>)
  %e0 = arith.constant dense<[[2.63e+00, -9.8e-01, -1.7000002e-01, 1.67e+00, 1.27e+00], [1.25e+00, 3.2e-01, 1.34e+00, 2.4e-01, -8.8e-01], [-2.1100001e+00, 2.6e-01, -2.18e+00, -1.1899999e+00, -1.49e+00], [-9.2e-01, -1.28e+00, -1.34e+00, 1.33e+00, 1.08e+00]]> : tensor<4x5xf32>
  check.expect_equal %r, %e0 : tensor<4x5xf32>
  return
}

func.func @nd_mul() {
  %0 = arith.constant dense<[[6.9e-01, -9.9e-01, -4.9e-01, 1.68e+00, 5.1e-01], [1.25e+00, 3.2e-01, 1.34e+00, 2.4e-01, -8.8e-01], [-1.71e+00, -1.09e+00, -1.34e+00, -1.38e+00, -9.6e-01], [-9.2e-01, -1.28e+00, -1.34e+00, 1.33e+00, 1.08e+00]]> : tensor<4x5xf32>
  %1 = arith.constant dense<[[2], [0], [2]]> : tensor<3x1xi64>
  %2 = arith.constant dense<[[-1.9e-01, 1.1e+00, -5.5e-01, -6.7e-01, -1.07e+00], [1.94e+00, 1.0e-02, 3.2e-01, -1.0e-02, 7.6e-01], [-2.1e-01, 2.5e-01, -2.9e-01, 8.6e-01, 5.4e-01]]> : tensor<3x5xf32>
  %r = lacuna.scatter_nd %0[%1], %2 reduction = mul : (tensor<4x5xf32>, tensor<3x1xi64>, tensor<3x5xf32>) -> (tensor<4x5xf32>)
  %e0 = arith.constant dense<[[1.3386e+00, -9.9e-03, -1.568e-01, -1.68e-02, 3.8759997e-01], [1.25e+00, 3.2e-01, 1.34e+00, 2.4e-01, -8.8e-01], [-6.8229e-02, -2.9975003e-01, -2.1373e-01, 7.95156e-01, 5.5468804e-01], [-9.2e-01, -1.28e+00, -1.34e+00, 1.33e+00, 1.08e+00]]> : tensor<4x5xf32>
  check.expect_equal %r, %e0 : tensor<4x5xf32>
  return
}

func.func @nd_max() {
  %0 = arith.constant dense<[[6.9e-01, -9.9e-01, -4.9e-01, 1.68e+00, 5.1e-01], [1.25e+00, 3.2e-01, 1.34e+00, 2.4e-01, -8.8e-01], [-1.71e+00, -1.09e+00, -1.34e+00, -1.38e+00, -9.6e-01], [-9.2e-01, -1.28e+00, -1.34e+00, 1.33e+00, 1.08e+00]]> : tensor<4x5xf32>
  %1 = arith.constant dense<[[2], [0], [2]]> : tensor<3x1xi64>
  %2 = arith.constant dense<[[-1.9e-01, 1.1e+00, -5.5e-01, -6.7e-01, -1.07e+00], [1.94e+00, 1.0e-02, 3.2e-01, -1.0e-02, 7.6e-01], [-2.1e-01, 2.5e-01, -2.9e-01, 8.6e-01, 5.4e-01]]> : tensor<3x5xf32>
  %r = lacuna.scatter_nd %0[%1], %2 reduction = max : (tensor<4x5xf32>, tensor<3x1xi64>, tensor<3x5xf32>) -> (tensor<4x5xf32>)
  %e0 = arith.constant dense<[[1.94e+00, 1.0e-02, 3.2e-01, 1.68e+00, 7.6e-01], [1.25e+00, 3.2e-01, 1.34e+00, 2.4e-01, -8.8e-01], [-1.9e-01, 1.1e+00, -2.9e-01, 8.6e-01, 5.4e-01], [-9.2e-01, -1.28e+00, -1.34e+00, 1.33e+00, 1.08e+00]]> : tensor<4x5xf32>
  check.expect_equal %r, %e0 : tensor<4x5xf32>
  return
}

func.func @nd_min() {
  %0 = arith.constant dense<[[6.9e-01, -9.9e-01, -4.9e-01, 1.68e+00, 5.1e-01], [1.25e+00, 3.2e-01, 1.34e+00, 2.4e-01, -8.8e-01], [-1.71e+00, -1.09e+00, -1.34e+00, -1.38e+00, -9.6e-01], [-9.2e-01, -1.28e+00, -1.34e+00, 1.33e+00, 1.08e+00]]> : tensor<4x5xf32>
  %1 = arith.constant dense<[[2], [0], [2]]> : tensor<3x1xi64>
  %2 = arith.constant dense<[[-1.9e-01, 1.1e+00, -5.5e-01, -6.7e-01, -1.07e+00], [1.94e+00, 1.0e-02, 3.2e-01, -1.0e-02, 7.6e-01], [-2.1e-01, 2.5e-01, -2.9e-01, 8.6e-01, 5.4e-01]]> : tensor<3x5xf32>
  %r = lacuna.scatter_nd %0[%1], %2 reduction = min : (tensor<4x5xf32>, tensor<3x1xi64>, tensor<3x5xf32>) -> (tensor<4x5xf32>)
  %e0 = arith.constant dense<[[6.9e-01, -9.9e-01, -4.9e-01, -1.0e-02, 5.1e-01], [1.25e+00, 3.2e-01, 1.34e+00, 2.4e-01, -8.8e-01], [-1.71e+00, -1.09e+00, -1.34e+00, -1.38e+00, -1.07e+00], [-9.2e-01, -1.28e+00, -1.34e+00, 1.33e+00, 1.08e+00]]> : tensor<4x5xf32>
  check.expect_equal %r, %e0 : tensor<4x5xf32>
  return
}

func.func @nd_elements() {
  %0 = arith.constant dense<[[6.9e-01, -9.9e-01, -4.9e-01, 1.68e+00, 5.1e-01], [1.25e+00, 3.2e-01, 1.34e+00, 2.4e-01, -8.8e-01], [-1.71e+00, -1.09e+00, -1.34e+00, -1.38e+00, -9.6e-01], [-9.2e-01, -1.28e+00, -1.34e+00, 1.33e+00, 1.08e+00]]> : tensor<4x5xf64>
  %1 = arith.constant dense<[[0, 4], [-1, 0], [0, 4]]> : tensor<3x2xi64>
  %2 = arith.constant dense<[-1.9e-01, 1.1e+00, -5.5e-01]> : tensor<3xf64>
  %r = lacuna.scatter_nd %0[%1], %2 : (tensor<4x5xf64>, tensor<3x2xi64>, tensor<3xf64>) -> (tensor<4x5xf64>)
  %e0 = arith.constant dense<[[6.9e-01, -9.9e-01, -4.9e-01, 1.68e+00, -5.5e-01], [1.25e+00, 3.2e-01, 1.34e+00, 2.4e-01, -8.8e-01], [-1.71e+00, -1.09e+00, -1.34e+00, -1.38e+00, -9.6e-01], [1.1e+00, -1.28e+00, -1.34e+00, 1.33e+00, 1.08e+00]]> : tensor<4x5xf64>
  check.expect_equal %r, %e0 : tensor<4x5xf64>
  return
}
