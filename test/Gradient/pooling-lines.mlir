// Pools over one and three dimensions, windows that stand apart, single elements,
// a window as large as the map, and powers of each layout.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 3 gradients, 0 wrong

func.func @main(
    %x: tensor<2x3x11xf64> {lacuna.name = "x", lacuna.requires_grad},
    %v: tensor<1x2x5x4x7xf64> {lacuna.name = "v", lacuna.requires_grad},
    %w: tensor<1x7x6x3xf64> {lacuna.name = "w", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %y0 = lacuna.max_pool %x kernel = [3] strides = [4] dilations = [2] pads = [2] to [1] ceil_mode : (tensor<2x3x11xf64>) -> tensor<2x3x4xf64>
  %y1 = lacuna.average_pool %x kernel = [2] strides = [5] dilations = [1] pads = [1] to [0] : (tensor<2x3x11xf64>) -> tensor<2x3x3xf64>
  %y2 = lacuna.max_pool %v kernel = [2, 3, 2] strides = [2, 1, 3] dilations = [1, 1, 2] pads = [0, 1, 1] to [1, 1, 0] ceil_mode : (tensor<1x2x5x4x7xf64>) -> tensor<1x2x3x4x3xf64>
  %y3 = lacuna.average_pool %v kernel = [5, 4, 7] strides = [1, 1, 1] dilations = [1, 1, 1] pads = [0, 0, 0] to [0, 0, 0] : (tensor<1x2x5x4x7xf64>) -> tensor<1x2x1x1x1xf64>
  %y4 = lacuna.average_pool %v kernel = [3, 2, 2] strides = [2, 3, 1] dilations = [2, 1, 3] pads = [2, 0, 1] to [1, 1, 0] ceil_mode count_include_pad : (tensor<1x2x5x4x7xf64>) -> tensor<1x2x3x2x5xf64>
  %y5 = lacuna.lp_pool %w kernel = [3, 2] strides = [2, 3] dilations = [2, 1] pads = [1, 1] to [0, 1] ceil_mode p = 2.5 layout = channels_last : (tensor<1x7x6x3xf64>) -> tensor<1x3x3x3xf64>
  %y6 = lacuna.max_pool %w kernel = [1, 1] strides = [3, 2] dilations = [1, 1] pads = [0, 0] to [0, 0] layout = channels_last : (tensor<1x7x6x3xf64>) -> tensor<1x3x3x3xf64>
  %y7 = lacuna.adaptive_pool max %x output_size = [4] : (tensor<2x3x11xf64>) -> tensor<2x3x4xf64>
  %y8 = lacuna.adaptive_pool average %v output_size = [3, 4, 2] : (tensor<1x2x5x4x7xf64>) -> tensor<1x2x3x4x2xf64>
  %y9 = lacuna.adaptive_pool max %w output_size = [7, 4] layout = channels_last : (tensor<1x7x6x3xf64>) -> tensor<1x7x4x3xf64>
  %y10 = lacuna.global_pool lp %v p = 3.0 : (tensor<1x2x5x4x7xf64>) -> tensor<1x2x1x1x1xf64>
  %y11 = lacuna.pooling_pyramid average %w bins = [1, 2, 3] windows = spp layout = channels_last : (tensor<1x7x6x3xf64>) -> tensor<1x42xf64>
  %t0 = lacuna.activation tanh %y0 : tensor<2x3x4xf64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<2x3x4xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2]
  %t1 = lacuna.activation tanh %y1 : tensor<2x3x3xf64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<2x3x3xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2]
  %t2 = lacuna.activation tanh %y2 : tensor<1x2x3x4x3xf64>
  %l2 = linalg.reduce { arith.addf } ins(%t2 : tensor<1x2x3x4x3xf64>) outs(%l1 : tensor<f64>) dimensions = [0, 1, 2, 3, 4]
  %t3 = lacuna.activation tanh %y3 : tensor<1x2x1x1x1xf64>
  %l3 = linalg.reduce { arith.addf } ins(%t3 : tensor<1x2x1x1x1xf64>) outs(%l2 : tensor<f64>) dimensions = [0, 1, 2, 3, 4]
  %t4 = lacuna.activation tanh %y4 : tensor<1x2x3x2x5xf64>
  %l4 = linalg.reduce { arith.addf } ins(%t4 : tensor<1x2x3x2x5xf64>) outs(%l3 : tensor<f64>) dimensions = [0, 1, 2, 3, 4]
  %t5 = lacuna.activation tanh %y5 : tensor<1x3x3x3xf64>
  %l5 = linalg.reduce { arith.addf } ins(%t5 : tensor<1x3x3x3xf64>) outs(%l4 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t6 = lacuna.activation tanh %y6 : tensor<1x3x3x3xf64>
  %l6 = linalg.reduce { arith.addf } ins(%t6 : tensor<1x3x3x3xf64>) outs(%l5 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t7 = lacuna.activation tanh %y7 : tensor<2x3x4xf64>
  %l7 = linalg.reduce { arith.addf } ins(%t7 : tensor<2x3x4xf64>) outs(%l6 : tensor<f64>) dimensions = [0, 1, 2]
  %t8 = lacuna.activation tanh %y8 : tensor<1x2x3x4x2xf64>
  %l8 = linalg.reduce { arith.addf } ins(%t8 : tensor<1x2x3x4x2xf64>) outs(%l7 : tensor<f64>) dimensions = [0, 1, 2, 3, 4]
  %t9 = lacuna.activation tanh %y9 : tensor<1x7x4x3xf64>
  %l9 = linalg.reduce { arith.addf } ins(%t9 : tensor<1x7x4x3xf64>) outs(%l8 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t10 = lacuna.activation tanh %y10 : tensor<1x2x1x1x1xf64>
  %l10 = linalg.reduce { arith.addf } ins(%t10 : tensor<1x2x1x1x1xf64>) outs(%l9 : tensor<f64>) dimensions = [0, 1, 2, 3, 4]
  %t11 = lacuna.activation tanh %y11 : tensor<1x42xf64>
  %l11 = linalg.reduce { arith.addf } ins(%t11 : tensor<1x42xf64>) outs(%l10 : tensor<f64>) dimensions = [0, 1]
  return %l11 : tensor<f64>
}
