// The gradient of a convolution by its filter, differentiated again,
// with its channels at both ends.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 2 gradients, 0 wrong

func.func @main(
    %x: tensor<2x4x7x6xf64> {lacuna.name = "x", lacuna.requires_grad},
    %d: tensor<2x6x3x6xf64> {lacuna.name = "d", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %y = lacuna.convolution_filter_gradient %x, %d kernel = [3, 2] strides = [2, 1] dilations = [1, 2] pads = [0, 1] to [0, 1] groups = 2 : (tensor<2x4x7x6xf64>, tensor<2x6x3x6xf64>) -> tensor<6x2x3x2xf64>
  %t0 = lacuna.activation tanh %y : tensor<6x2x3x2xf64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<6x2x3x2xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2, 3]
  %z = lacuna.convolution_filter_gradient %x, %d kernel = [3, 2] strides = [2, 1] dilations = [1, 2] pads = [0, 1] to [0, 1] groups = 2 result_layout = channels_last : (tensor<2x4x7x6xf64>, tensor<2x6x3x6xf64>) -> tensor<6x3x2x2xf64>
  %t1 = lacuna.activation sigmoid %z : tensor<6x3x2x2xf64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<6x3x2x2xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2, 3]
  %l = arith.addf %l0, %l1 : tensor<f64>
  return %l : tensor<f64>
}
