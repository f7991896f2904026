// Pools of windows: dilation, uneven pads, a cut last window, ceil mode.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 2 gradients, 0 wrong

func.func @main(
    %x: tensor<2x3x9x8xf64> {lacuna.name = "x", lacuna.requires_grad},
    %v: tensor<1x5x11x9xf64> {lacuna.name = "v", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %m = lacuna.max_pool %x kernel = [3, 2] strides = [2, 2] dilations = [1, 2] pads = [1, 0] to [1, 1] ceil_mode : (tensor<2x3x9x8xf64>) -> tensor<2x3x5x4xf64>
  %a = lacuna.average_pool %x kernel = [3, 3] strides = [2, 2] dilations = [1, 2] pads = [1, 1] to [0, 1] ceil_mode count_include_pad : (tensor<2x3x9x8xf64>) -> tensor<2x3x5x4xf64>
  %b = lacuna.average_pool %v kernel = [2, 4] strides = [2, 3] dilations = [1, 1] pads = [0, 2] to [0, 1] ceil_mode layout = channels_last : (tensor<1x5x11x9xf64>) -> tensor<1x3x5x9xf64>
  %n = lacuna.max_pool %v kernel = [3, 3] strides = [1, 2] dilations = [2, 1] pads = [1, 1] to [2, 1] layout = channels_last : (tensor<1x5x11x9xf64>) -> tensor<1x4x6x9xf64>
  %l = lacuna.lp_pool %x kernel = [2, 3] strides = [2, 1] dilations = [1, 1] pads = [0, 1] to [1, 0] p = 3.0 : (tensor<2x3x9x8xf64>) -> tensor<2x3x5x7xf64>
  %e = lacuna.lp_pool %x kernel = [2, 2] strides = [2, 2] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<2x3x9x8xf64>) -> tensor<2x3x4x4xf64>
  %t0 = lacuna.activation tanh %m : tensor<2x3x5x4xf64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<2x3x5x4xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t1 = lacuna.activation tanh %a : tensor<2x3x5x4xf64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<2x3x5x4xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t2 = lacuna.activation tanh %b : tensor<1x3x5x9xf64>
  %l2 = linalg.reduce { arith.addf } ins(%t2 : tensor<1x3x5x9xf64>) outs(%l1 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t3 = lacuna.activation tanh %n : tensor<1x4x6x9xf64>
  %l3 = linalg.reduce { arith.addf } ins(%t3 : tensor<1x4x6x9xf64>) outs(%l2 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t4 = lacuna.activation tanh %l : tensor<2x3x5x7xf64>
  %l4 = linalg.reduce { arith.addf } ins(%t4 : tensor<2x3x5x7xf64>) outs(%l3 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t5 = lacuna.activation tanh %e : tensor<2x3x4x4xf64>
  %l5 = linalg.reduce { arith.addf } ins(%t5 : tensor<2x3x4x4xf64>) outs(%l4 : tensor<f64>) dimensions = [0, 1, 2, 3]
  return %l5 : tensor<f64>
}
