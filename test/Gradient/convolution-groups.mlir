// Grouped and depthwise convolutions of one to three dimensions; channels last.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 7 gradients, 0 wrong

func.func @main(
    %x: tensor<2x6x11xf64> {lacuna.name = "x", lacuna.requires_grad},
    %f: tensor<8x3x3xf64> {lacuna.name = "f", lacuna.requires_grad},
    %v: tensor<1x2x4x5x3xf64> {lacuna.name = "v", lacuna.requires_grad},
    %g: tensor<3x2x2x2x2xf64> {lacuna.name = "g", lacuna.requires_grad},
    %w: tensor<2x7x6x5xf64> {lacuna.name = "w", lacuna.requires_grad},
    %h: tensor<5x1x3x3xf64> {lacuna.name = "h", lacuna.requires_grad},
    %p: tensor<11x5x1x1xf64> {lacuna.name = "p", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %y = lacuna.convolution %x, %f strides = [1] dilations = [2] pads = [1] to [0] groups = 2 : (tensor<2x6x11xf64>, tensor<8x3x3xf64>) -> tensor<2x8x8xf64>
  %z = lacuna.convolution %v, %g strides = [2, 1, 1] dilations = [1, 2, 1] pads = [1, 0, 1] to [0, 1, 1] : (tensor<1x2x4x5x3xf64>, tensor<3x2x2x2x2xf64>) -> tensor<1x3x2x4x4xf64>
  %d = lacuna.convolution %w, %h strides = [1, 2] dilations = [1, 1] pads = [1, 1] to [1, 1] groups = 5 layout = channels_last : (tensor<2x7x6x5xf64>, tensor<5x1x3x3xf64>) -> tensor<2x7x3x5xf64>
  %q = lacuna.convolution %d, %p strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0] layout = channels_last : (tensor<2x7x3x5xf64>, tensor<11x5x1x1xf64>) -> tensor<2x7x3x11xf64>
  %t0 = lacuna.activation tanh %y : tensor<2x8x8xf64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<2x8x8xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2]
  %t1 = lacuna.activation tanh %z : tensor<1x3x2x4x4xf64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<1x3x2x4x4xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2, 3, 4]
  %t2 = lacuna.activation tanh %q : tensor<2x7x3x11xf64>
  %l2 = linalg.reduce { arith.addf } ins(%t2 : tensor<2x7x3x11xf64>) outs(%l1 : tensor<f64>) dimensions = [0, 1, 2, 3]
  return %l2 : tensor<f64>
}
