// RUN: lacuna check %s

// A scatter reads back what it wrote, so what follows runs behind it.
func.func @sum_then_relu() {
  %x = arith.constant dense<[1.0, -2.0, 3.0]> : tensor<3xf32>
  %i = arith.constant dense<[1, 1, 2]> : tensor<3xi64>
  %u = arith.constant dense<[1.0, 4.0, -5.0]> : tensor<3xf32>
  %s = lacuna.scatter_elements %x[%i], %u axis = 0 reduction = add
      : (tensor<3xf32>, tensor<3xi64>, tensor<3xf32>) -> tensor<3xf32>
  %r = lacuna.activation relu %s : tensor<3xf32>
  %e = arith.constant dense<[1.0, 3.0, 0.0]> : tensor<3xf32>
  check.expect_equal %r, %e : tensor<3xf32>
  return
}
