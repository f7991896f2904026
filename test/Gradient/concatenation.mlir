// A convolution of a concatenation, by each of its pieces and by its filter;
// channels first and last.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 6 gradients, 0 wrong

func.func @main(
    %a: tensor<1x16x5x4xf64> {lacuna.name = "a", lacuna.requires_grad},
    %b: tensor<1x32x5x4xf64> {lacuna.name = "b", lacuna.requires_grad},
    %w: tensor<7x48x3x3xf64> {lacuna.name = "w", lacuna.requires_grad},
    %c: tensor<2x3x4x16xf64> {lacuna.name = "c", lacuna.requires_grad},
    %d: tensor<2x3x4x16xf64> {lacuna.name = "d", lacuna.requires_grad},
    %v: tensor<5x32x2x1xf64> {lacuna.name = "v", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %ta = lacuna.activation tanh %a : tensor<1x16x5x4xf64>
  %x = tensor.concat dim(1) %ta, %b : (tensor<1x16x5x4xf64>, tensor<1x32x5x4xf64>) -> tensor<1x48x5x4xf64>
  %y = lacuna.convolution %x, %w strides = [2, 1] dilations = [1, 1] pads = [1, 1] to [1, 0] : (tensor<1x48x5x4xf64>, tensor<7x48x3x3xf64>) -> tensor<1x7x3x3xf64>
  %z = tensor.concat dim(3) %c, %d : (tensor<2x3x4x16xf64>, tensor<2x3x4x16xf64>) -> tensor<2x3x4x32xf64>
  %q = lacuna.convolution %z, %v strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0] layout = channels_last : (tensor<2x3x4x32xf64>, tensor<5x32x2x1xf64>) -> tensor<2x2x4x5xf64>
  %t0 = lacuna.activation tanh %y : tensor<1x7x3x3xf64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<1x7x3x3xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t1 = lacuna.activation sigmoid %q : tensor<2x2x4x5xf64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<2x2x4x5xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2, 3]
  return %l1 : tensor<f64>
}
