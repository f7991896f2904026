// Convolutions whose filters reach beyond the map: taps that see no element, one
// that covers all of it, windows that stand apart, volumes by groups; transposed
// ones over lines and volumes, with taps that are cropped away.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 7 gradients, 0 wrong

func.func @main(
    %x: tensor<1x4x5x3xf64> {lacuna.name = "x", lacuna.requires_grad},
    %f: tensor<6x2x3x3xf64> {lacuna.name = "f", lacuna.requires_grad},
    %g: tensor<2x4x5x3xf64> {lacuna.name = "g", lacuna.requires_grad},
    %l: tensor<2x3x7xf64> {lacuna.name = "l", lacuna.requires_grad},
    %h: tensor<3x2x4xf64> {lacuna.name = "h", lacuna.requires_grad},
    %v: tensor<1x4x3x2x4xf64> {lacuna.name = "v", lacuna.requires_grad},
    %w: tensor<4x1x2x1x3xf64> {lacuna.name = "w", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %y0 = lacuna.convolution %x, %f strides = [1, 1] dilations = [5, 3] pads = [5, 3] to [5, 3] groups = 2 : (tensor<1x4x5x3xf64>, tensor<6x2x3x3xf64>) -> tensor<1x6x5x3xf64>
  %y1 = lacuna.convolution %x, %f strides = [3, 2] dilations = [7, 1] pads = [7, 0] to [8, 2] groups = 2 : (tensor<1x4x5x3xf64>, tensor<6x2x3x3xf64>) -> tensor<1x6x2x2xf64>
  %y2 = lacuna.convolution %x, %g strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<1x4x5x3xf64>, tensor<2x4x5x3xf64>) -> tensor<1x2x1x1xf64>
  %y3 = lacuna.convolution %v, %w strides = [2, 1, 1] dilations = [1, 1, 2] pads = [1, 0, 2] to [0, 0, 1] groups = 4 : (tensor<1x4x3x2x4xf64>, tensor<4x1x2x1x3xf64>) -> tensor<1x4x2x2x3xf64>
  %y4 = lacuna.transposed_convolution %l, %h strides = [5] dilations = [1] pads = [0] to [0] output_padding = [3] : (tensor<2x3x7xf64>, tensor<3x2x4xf64>) -> tensor<2x2x37xf64>
  %y5 = lacuna.transposed_convolution %l, %h strides = [1] dilations = [9] pads = [14] to [13] output_padding = [0] : (tensor<2x3x7xf64>, tensor<3x2x4xf64>) -> tensor<2x2x7xf64>
  %y6 = lacuna.transposed_convolution %v, %w strides = [1, 2, 3] dilations = [2, 1, 1] pads = [1, 0, 2] to [0, 1, 1] output_padding = [0, 1, 0] groups = 4 : (tensor<1x4x3x2x4xf64>, tensor<4x1x2x1x3xf64>) -> tensor<1x4x4x3x9xf64>
  %t0 = lacuna.activation tanh %y0 : tensor<1x6x5x3xf64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<1x6x5x3xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t1 = lacuna.activation tanh %y1 : tensor<1x6x2x2xf64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<1x6x2x2xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t2 = lacuna.activation tanh %y2 : tensor<1x2x1x1xf64>
  %l2 = linalg.reduce { arith.addf } ins(%t2 : tensor<1x2x1x1xf64>) outs(%l1 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t3 = lacuna.activation tanh %y3 : tensor<1x4x2x2x3xf64>
  %l3 = linalg.reduce { arith.addf } ins(%t3 : tensor<1x4x2x2x3xf64>) outs(%l2 : tensor<f64>) dimensions = [0, 1, 2, 3, 4]
  %t4 = lacuna.activation tanh %y4 : tensor<2x2x37xf64>
  %l4 = linalg.reduce { arith.addf } ins(%t4 : tensor<2x2x37xf64>) outs(%l3 : tensor<f64>) dimensions = [0, 1, 2]
  %t5 = lacuna.activation tanh %y5 : tensor<2x2x7xf64>
  %l5 = linalg.reduce { arith.addf } ins(%t5 : tensor<2x2x7xf64>) outs(%l4 : tensor<f64>) dimensions = [0, 1, 2]
  %t6 = lacuna.activation tanh %y6 : tensor<1x4x4x3x9xf64>
  %l6 = linalg.reduce { arith.addf } ins(%t6 : tensor<1x4x4x3x9xf64>) outs(%l5 : tensor<f64>) dimensions = [0, 1, 2, 3, 4]
  return %l6 : tensor<f64>
}
