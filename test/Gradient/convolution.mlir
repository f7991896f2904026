// Convolutions: uneven pads, stride, dilation; rates that leave taps without input.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 4 gradients, 0 wrong

func.func @main(
    %x: tensor<2x3x9x8xf64> {lacuna.name = "x", lacuna.requires_grad},
    %f: tensor<5x3x3x2xf64> {lacuna.name = "f", lacuna.requires_grad},
    %b: tensor<5xf64> {lacuna.name = "b", lacuna.requires_grad},
    %h: tensor<4x3x3x3xf64> {lacuna.name = "h", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %y = lacuna.convolution %x, %f, %b strides = [2, 1] dilations = [1, 3] pads = [0, 2] to [1, 3] : (tensor<2x3x9x8xf64>, tensor<5x3x3x2xf64>, tensor<5xf64>) -> tensor<2x5x4x10xf64>
  %z = lacuna.convolution %x, %h strides = [1, 1] dilations = [6, 9] pads = [6, 9] to [6, 9] : (tensor<2x3x9x8xf64>, tensor<4x3x3x3xf64>) -> tensor<2x4x9x8xf64>
  %t0 = lacuna.activation tanh %y : tensor<2x5x4x10xf64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<2x5x4x10xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t1 = lacuna.activation tanh %z : tensor<2x4x9x8xf64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<2x4x9x8xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2, 3]
  return %l1 : tensor<f64>
}
