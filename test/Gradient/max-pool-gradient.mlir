// The gradient of maxima, differentiated again by its cotangent.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 2 gradients, 0 wrong

func.func @main(
    %d: tensor<1x1x2x3xf64> {lacuna.name = "d", lacuna.requires_grad},
    %e: tensor<1x2x2x2xf64> {lacuna.name = "e", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %x = arith.constant dense<[[[[0.4, -0.3, 1.0, 0.2, 0.6], [0.7, 0.6, -1.0, 0.1, 0.3], [0.3, 0.8, 0.5, -0.2, 0.9]]]]> : tensor<1x1x3x5xf64>
  %v = arith.constant dense<[[[[0.4, -0.3], [1.0, 0.2], [0.6, 0.7]], [[0.6, -1.0], [0.1, 0.3], [0.3, 0.8]]]]> : tensor<1x2x3x2xf64>
  %y = lacuna.max_pool_gradient %x, %d kernel = [2, 3] strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<1x1x3x5xf64>, tensor<1x1x2x3xf64>) -> tensor<1x1x3x5xf64>
  %z = lacuna.max_pool_gradient %v, %e kernel = [2, 2] strides = [1, 2] dilations = [1, 1] pads = [0, 0] to [1, 1] layout = channels_last : (tensor<1x2x3x2xf64>, tensor<1x2x2x2xf64>) -> tensor<1x2x3x2xf64>
  %t0 = lacuna.activation tanh %y : tensor<1x1x3x5xf64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<1x1x3x5xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t1 = lacuna.activation tanh %z : tensor<1x2x3x2xf64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<1x2x3x2xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2, 3]
  return %l1 : tensor<f64>
}
