// RUN: lacuna check %s

// Elements written by index. From Inputs/make-indexing.py.

func.func @elements_0_none() {
  %0 = arith.constant dense<[[2.0e-01, -4.0e-02, -3.3e-01, 5.3e-01, 1.31e+00], [-3.3e-01, -1.64e+00, 5.1e-01, 1.09e+00, -1.8e-01], [-6.5e-01, 1.0e+00, -4.8e-01, 1.25e+00, 1.25e+00], [-1.08e+00, 4.7e-01, -6.0e-02, -1.8e-01, 6.8e-01]]> : tensor<4x5xf32>
  %1 = arith.constant dense<[[2, -4, 1, -1], [-3, -2, -4, 1], [3, -2, 1, 2]]> : tensor<3x4xi64>
  %2 = arith.constant dense<[[-3.6e-01, -2.2e-01, -5.5e-01, -1.22e+00], [1.42e+00, -1.9e-01, -1.4e+00, -1.8e-01], [1.06e+00, 3.7e-01, 7.0e-02, -1.67e+00]]> : tensor<3x4xf32>
  %r = lacuna.scatter_elements %0[%1], %2 axis = 0 : (tensor<4x5xf32>, tensor<3x4xi64>, tensor<3x4xf32>) -> (tensor<4x5xf32>)
  %e0 = arith.constant dense<[[2.0e-01, -2.2e-01, -1.4e+00, 5.3e-01, 1.31e+00], [1.42e+00, -1.64e+00, 7.0e-02, -1.8e-01, -1.8e-01], [-3.6e-01, 3.7e-01, -4.8e-01, -1.67e+00, 1.25e+00], [1.06e+00, 4.7e-01, -6.0e-02, -1.22e+00, 6.8e-01]]> : tensor<4x5xf32>
  check.expect_equal %r, %e0 : tensor<4x5xf32>
  return
}

func.func @elements_0_add() {
  %0 = arith.constant dense<[[2.0e-01, -4.0e-02, -3.3e-01, 5.3e-01, 1.31e+00], [-3.3e-01, -1.64e+00, 5.1e-01, 1.09e+00, -1.8e-01], [-6.5e-01, 1.0e+00, -4.8e-01, 1.25e+00, 1.25e+00], [-1.08e+00, 4.7e-01, -6.0e-02, -1.8e-01, 6.8e-01]]> : tensor<4x5xf32>
  %1 = arith.constant dense<[[2, -4, 1, -1], [-3, -2, -4, 1], [3, -2, 1, 2]]> : tensor<3x4xi64>
  %2 = arith.constant dense<[[-3.6e-01, -2.2e-01, -5.5e-01, -1.22e+00], [1.42e+00, -1.9e-01, -1.4e+00, -1.8e-01], [1.06e+00, 3.7e-01, 7.0e-02, -1.67e+00]]> : tensor<3x4xf32>
  %r = lacuna.scatter_elements %0[%1], %2 axis = 0 reduction = add : (tensor<4x5xf32>, tensor<3x4xi64>, tensor<3x4xf32>) -> (tensor<4x5xf32>)
  %e0 = arith.constant dense<[[2.0e-01, -2.6e-01, -1.73e+00, 5.3e-01, 1.31e+00], [1.0899999e+00, -1.64e+00, 2.9999979e-02, 9.1e-01, -1.8e-01], [-1.01e+00, 1.1800001e+00, -4.8e-01, -4.1999996e-01, 1.25e+00], [-2.00001e-02, 4.7e-01, -6.0e-02, -1.4000001e+00, 6.8e-01]]> : tensor<4x5xf32>
  check.expect_equal %r, %e0 : tensor<4x5xf32>
  return
}

func.func @elements_0_mul() {
  %0 = arith.constant dense<[[2.0e-01, -4.0e-02, -3.3e-01, 5.3e-01, 1.31e+00], [-3.3e-01, -1.64e+00, 5.1e-01, 1.09e+00, -1.8e-01], [-6.5e-01, 1.0e+00, -4.8e-01, 1.25e+00, 1.25e+00], [-1.08e+00, 4.7e-01, -6.0e-02, -1.8e-01, 6.8e-01]]> : tensor<4x5xf32>
  %1 = arith.constant dense<[[2, -4, 1, -1], [-3, -2, -4, 1], [3, -2, 1, 2]]> : tensor<3x4xi64>
  %2 = arith.constant dense<[[-3.6e-01, -2.2e-01, -5.5e-01, -1.22e+00], [1.42e+00, -1.9e-01, -1.4e+00, -1.8e-01], [1.06e+00, 3.7e-01, 7.0e-02, -1.67e+00]]> : tensor<3x4xf32>
  %r = lacuna.scatter_elements %0[%1], %2 axis = 0 reduction = mul : (tensor<4x5xf32>, tensor<3x4xi64>, tensor<3x4xf32>) -> (tensor<4x5xf32>)
  %e0 = arith.constant dense<[[2.0e-01, 8.8e-03, 4.62e-01, 5.3e-01, 1.31e+00], [-4.686e-01, -1.64e+00, -1.9635e-02, -1.9620001e-01, -1.8e-01], [2.34e-01, -7.03e-02, -4.8e-01, -2.0874999e+00, 1.25e+00], [-1.1448e+00, 4.7e-01, -6.0e-02, 2.196e-01, 6.8e-01]]> : tensor<4x5xf32>
  check.expect_equal %r, %e0 : tensor<4x5xf32>
  return
}

func.func @elements_0_max() {
  %0 = arith.constant dense<[[2.0e-01, -4.0e-02, -3.3e-01, 5.3e-01, 1.31e+00], [-3.3e-01, -1.64e+00, 5.1e-01, 1.09e+00, -1.8e-01], [-6.5e-01, 1.0e+00, -4.8e-01, 1.25e+00, 1.25e+00], [-1.08e+00, 4.7e-01, -6.0e-02, -1.8e-01, 6.8e-01]]> : tensor<4x5xf32>
  %1 = arith.constant dense<[[2, -4, 1, -1], [-3, -2, -4, 1], [3, -2, 1, 2]]> : tensor<3x4xi64>
  %2 = arith.constant dense<[[-3.6e-01, -2.2e-01, -5.5e-01, -1.22e+00], [1.42e+00, -1.9e-01, -1.4e+00, -1.8e-01], [1.06e+00, 3.7e-01, 7.0e-02, -1.67e+00]]> : tensor<3x4xf32>
  %r = lacuna.scatter_elements %0[%1], %2 axis = 0 reduction = max : (tensor<4x5xf32>, tensor<3x4xi64>, tensor<3x4xf32>) -> (tensor<4x5xf32>)
  %e0 = arith.constant dense<[[2.0e-01, -4.0e-02, -3.3e-01, 5.3e-01, 1.31e+00], [1.42e+00, -1.64e+00, 5.1e-01, 1.09e+00, -1.8e-01], [-3.6e-01, 1.0e+00, -4.8e-01, 1.25e+00, 1.25e+00], [1.06e+00, 4.7e-01, -6.0e-02, -1.8e-01, 6.8e-01]]> : tensor<4x5xf32>
  check.expect_equal %r, %e0 : tensor<4x5xf32>
  return
}

func.func @elements_0_min() {
  %0 = arith.constant dense<[[2.0e-01, -4.0e-02, -3.3e-01, 5.3e-01, 1.31e+00], [-3.3e-01, -1.64e+00, 5.1e-01, 1.09e+00, -1.8e-01], [-6.5e-01, 1.0e+00, -4.8e-01, 1.25e+00, 1.25e+00], [-1.08e+00, 4.7e-01, -6.0e-02, -1.8e-01, 6.8e-01]]> : tensor<4x5xf32>
  %1 = arith.constant dense<[[2, -4, 1, -1], [-3, -2, -4, 1], [3, -2, 1, 2]]> : tensor<3x4xi64>
  %2 = arith.constant dense<[[-3.6e-01, -2.2e-01, -5.5e-01, -1.22e+00], [1.42e+00, -1.9e-01, -1.4e+00, -1.8e-01], [1.06e+00, 3.7e-01, 7.0e-02, -1.67e+00]]> : tensor<3x4xf32>
  %r = lacuna.scatter_elements %0[%1], %2 axis = 0 reduction = min : (tensor<4x5xf32>, tensor<3x4xi64>, tensor<3x4xf32>) -> (tensor<4x5xf32>)
  %e0 = arith.constant dense<[[2.0e-01, -2.2e-01, -1.4e+00, 5.3e-01, 1.31e+00], [-3.3e-01, -1.64e+00, -5.5e-01, -1.8e-01, -1.8e-01], [-6.5e-01, -1.9e-01, -4.8e-01, -1.67e+00, 1.25e+00], [-1.08e+00, 4.7e-01, -6.0e-02, -1.22e+00, 6.8e-01]]> : tensor<4x5xf32>
  check.expect_equal %r, %e0 : tensor<4x5xf32>
  return
}

func.func @elements_1_none() {
  %0 = arith.constant dense<[[2.0e-01, -4.0e-02, -3.3e-01, 5.3e-01, 1.31e+00], [-3.3e-01, -1.64e+00, 5.1e-01, 1.09e+00, -1.8e-01], [-6.5e-01, 1.0e+00, -4.8e-01, 1.25e+00, 1.25e+00], [-1.08e+00, 4.7e-01, -6.0e-02, -1.8e-01, 6.8e-01]]> : tensor<4x5xf32>
  %1 = arith.constant dense<[[2, 2, -1, 0], [3, -4, 1, -4], [2, -1, 2, -1]]> : tensor<3x4xi64>
  %2 = arith.constant dense<[[-1.02e+00, 1.9e-01, -4.2e-01, 2.0e-02], [2.06e+00, 1.15e+00, -1.55e+00, 4.0e-01], [-7.8e-01, 8.0e-01, -1.1e-01, -4.7e-01]]> : tensor<3x4xf32>
  %r = lacuna.scatter_elements %0[%1], %2 axis = 1 : (tensor<4x5xf32>, tensor<3x4xi64>, tensor<3x4xf32>) -> (tensor<4x5xf32>)
  %e0 = arith.constant dense<[[2.0e-02, -4.0e-02, 1.9e-01, 5.3e-01, -4.2e-01], [-3.3e-01, 4.0e-01, 5.1e-01, 2.06e+00, -1.8e-01], [-6.5e-01, 1.0e+00, -1.1e-01, 1.25e+00, -4.7e-01], [-1.08e+00, 4.7e-01, -6.0e-02, -1.8e-01, 6.8e-01]]> : tensor<4x5xf32>
  check.expect_equal %r, %e0 : tensor<4x5xf32>
  return
}

func.func @elements_1_add() {
  %0 = arith.constant dense<[[2.0e-01, -4.0e-02, -3.3e-01, 5.3e-01, 1.31e+00], [-3.3e-01, -1.64e+00, 5.1e-01, 1.09e+00, -1.8e-01], [-6.5e-01, 1.0e+00, -4.8e-01, 1.25e+00, 1.25e+00], [-1.08e+00, 4.7e-01, -6.0e-02, -1.8e-01, 6.8e-01]]> : tensor<4x5xf32>
  %1 = arith.constant dense<[[2, 2, -1, 0], [3, -4, 1, -4], [2, -1, 2, -1]]> : tensor<3x4xi64>
  %2 = arith.constant dense<[[-1.02e+00, 1.9e-01, -4.2e-01, 2.0e-02], [2.06e+00, 1.15e+00, -1.55e+00, 4.0e-01], [-7.8e-01, 8.0e-01, -1.1e-01, -4.7e-01]]> : tensor<3x4xf32>
  %r = lacuna.scatter_elements %0[%1], %2 axis = 1 reduction = add : (tensor<4x5xf32>, tensor<3x4xi64>, tensor<3x4xf32>) -> (tensor<4x5xf32>)
  %e0 = arith.constant dense<[[2.2e-01, -4.0e-02, -1.1600001e+00, 5.3e-01, 8.9e-01], [-3.3e-01, -1.64e+00, 5.1e-01, 3.15e+00, -1.8e-01], [-6.5e-01, 1.0e+00, -1.37e+00, 1.25e+00, 1.5799999e+00], [-1.08e+00, 4.7e-01, -6.0e-02, -1.8e-01, 6.8e-01]]> : tensor<4x5xf32>
  check.expect_equal %r, %e0 : tensor<4x5xf32>
  return
}

func.func @elements_1_mul() {
  %0 = arith.constant dense<[[2.0e-01, -4.0e-02, -3.3e-01, 5.3e-01, 1.31e+00], [-3.3e-01, -1.64e+00, 5.1e-01, 1.09e+00, -1.8e-01], [-6.5e-01, 1.0e+00, -4.8e-01, 1.25e+00, 1.25e+00], [-1.08e+00, 4.7e-01, -6.0e-02, -1.8e-01, 6.8e-01]]> : tensor<4x5xf32>
  %1 = arith.constant dense<[[2, 2, -1, 0], [3, -4, 1, -4], [2, -1, 2, -1]]> : tensor<3x4xi64>
  %2 = arith.constant dense<[[-1.02e+00, 1.9e-01, -4.2e-01, 2.0e-02], [2.06e+00, 1.15e+00, -1.55e+00, 4.0e-01], [-7.8e-01, 8.0e-01, -1.1e-01, -4.7e-01]]> : tensor<3x4xf32>
  %r = lacuna.scatter_elements %0[%1], %2 axis = 1 reduction = mul : (tensor<4x5xf32>, tensor<3x4xi64>, tensor<3x4xf32>) -> (tensor<4x5xf32>)
  %e0 = arith.constant dense<[[4.0e-03, -4.0e-02, 6.3954e-02, 5.3e-01, -5.502e-01], [-3.3e-01, 1.16932e+00, 5.1e-01, 2.2454e+00, -1.8e-01], [-6.5e-01, 1.0e+00, -4.1183997e-02, 1.25e+00, -4.7e-01], [-1.08e+00, 4.7e-01, -6.0e-02, -1.8e-01, 6.8e-01]]> : tensor<4x5xf32>
  check.expect_equal %r, %e0 : tensor<4x5xf32>
  return
}

func.func @elements_1_max() {
  %0 = arith.constant dense<[[2.0e-01, -4.0e-02, -3.3e-01, 5.3e-01, 1.31e+00], [-3.3e-01, -1.64e+00, 5.1e-01, 1.09e+00, -1.8e-01], [-6.5e-01, 1.0e+00, -4.8e-01, 1.25e+00, 1.25e+00], [-1.08e+00, 4.7e-01, -6.0e-02, -1.8e-01, 6.8e-01]]> : tensor<4x5xf32>
  %1 = arith.constant dense<[[2, 2, -1, 0], [3, -4, 1, -4], [2, -1, 2, -1]]> : tensor<3x4xi64>
  %2 = arith.constant dense<[[-1.02e+00, 1.9e-01, -4.2e-01, 2.0e-02], [2.06e+00, 1.15e+00, -1.55e+00, 4.0e-01], [-7.8e-01, 8.0e-01, -1.1e-01, -4.7e-01]]> : tensor<3x4xf32>
  %r = lacuna.scatter_elements %0[%1], %2 axis = 1 reduction = max : (tensor<4x5xf32>, tensor<3x4xi64>, tensor<3x4xf32>) -> (tensor<4x5xf32>)
  %e0 = arith.constant dense<[[2.0e-01, -4.0e-02, 1.9e-01, 5.3e-01, 1.31e+00], [-3.3e-01, 1.15e+00, 5.1e-01, 2.06e+00, -1.8e-01], [-6.5e-01, 1.0e+00, -1.1e-01, 1.25e+00, 1.25e+00], [-1.08e+00, 4.7e-01, -6.0e-02, -1.8e-01, 6.8e-01]]> : tensor<4x5xf32>
  check.expect_equal %r, %e0 : tensor<4x5xf32>
  return
}

func.func @elements_1_min() {
  %0 = arith.constant dense<[[2.0e-01, -4.0e-02, -3.3e-01, 5.3e-01, 1.31e+00], [-3.3e-01, -1.64e+00, 5.1e-01, 1.09e+00, -1.8e-01], [-6.5e-01, 1.0e+00, -4.8e-01, 1.25e+00, 1.25e+00], [-1.08e+00, 4.7e-01, -6.0e-02, -1.8e-01, 6.8e-01]]> : tensor<4x5xf32>
  %1 = arith.constant dense<[[2, 2, -1, 0], [3, -4, 1, -4], [2, -1, 2, -1]]> : tensor<3x4xi64>
  %2 = arith.constant dense<[[-1.02e+00, 1.9e-01, -4.2e-01, 2.0e-02], [2.06e+00, 1.15e+00, -1.55e+00, 4.0e-01], [-7.8e-01, 8.0e-01, -1.1e-01, -4.7e-01]]> : tensor<3x4xf32>
  %r = lacuna.scatter_elements %0[%1], %2 axis = 1 reduction = min : (tensor<4x5xf32>, tensor<3x4xi64>, tensor<3x4xf32>) -> (tensor<4x5xf32>)
  %e0 = arith.constant dense<[[2.0e-02, -4.0e-02, -1.02e+00, 5.3e-01, -4.2e-01], [-3.3e-01, -1.64e+00, 5.1e-01, 1.09e+00, -1.8e-01], [-6.5e-01, 1.0e+00, -7.8e-01, 1.25e+00, -4.7e-01], [-1.08e+00, 4.7e-01, -6.0e-02, -1.8e-01, 6.8e-01]]> : tensor<4x5xf32>
  check.expect_equal %r, %e0 : tensor<4x5xf32>
  return
}

func.func @integers() {
  %0 = arith.constant dense<[1, 2, 3, 4]> : tensor<4xi32>
  %1 = arith.constant dense<[1, 1, -1]> : tensor<3xi32>
  %2 = arith.constant dense<[10, 20, 30]> : tensor<3xi32>
  %r = lacuna.scatter_elements %0[%1], %2 axis = 0 reduction = add : (tensor<4xi32>, tensor<3xi32>, tensor<3xi32>) -> (tensor<4xi32>)
  %e0 = arith.constant dense<[1, 32, 3, 34]> : tensor<4xi32>
  check.expect_equal %r, %e0 : tensor<4xi32>
  return
}

func.func @booleans() {
  %0 = arith.constant dense<[false, false, true, true]> : tensor<4xi1>
  %1 = arith.constant dense<[0, 3]> : tensor<2xi32>
  %2 = arith.constant dense<[true, false]> : tensor<2xi1>
  %r = lacuna.scatter_elements %0[%1], %2 axis = 0 : (tensor<4xi1>, tensor<2xi32>, tensor<2xi1>) -> (tensor<4xi1>)
  %e0 = arith.constant dense<[true, false, true, false]> : tensor<4xi1>
  check.expect_equal %r, %e0 : tensor<4xi1>
  return
}
