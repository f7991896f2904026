// Transposed convolutions: output padding, negative pads, groups.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 4 gradients, 0 wrong

func.func @main(
    %x: tensor<2x4x5x3xf64> {lacuna.name = "x", lacuna.requires_grad},
    %f: tensor<4x3x3x2xf64> {lacuna.name = "f", lacuna.requires_grad},
    %b: tensor<3xf64> {lacuna.name = "b", lacuna.requires_grad},
    %g: tensor<4x2x3x3xf64> {lacuna.name = "g", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %y = lacuna.transposed_convolution %x, %f, %b strides = [2, 3] dilations = [1, 2] pads = [1, 0] to [1, -1] output_padding = [1, 0] : (tensor<2x4x5x3xf64>, tensor<4x3x3x2xf64>, tensor<3xf64>) -> tensor<2x3x10x10xf64>
  %z = lacuna.transposed_convolution %x, %g strides = [1, 2] dilations = [2, 1] pads = [-1, 1] to [2, 0] output_padding = [0, 1] groups = 2 : (tensor<2x4x5x3xf64>, tensor<4x2x3x3xf64>) -> tensor<2x4x8x7xf64>
  %t0 = lacuna.activation tanh %y : tensor<2x3x10x10xf64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<2x3x10x10xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t1 = lacuna.activation tanh %z : tensor<2x4x8x7xf64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<2x4x8x7xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2, 3]
  return %l1 : tensor<f64>
}
