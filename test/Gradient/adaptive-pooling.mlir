// Bins that overlap, pyramids of both kinds of windows, pools over all of space.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 2 gradients, 0 wrong

func.func @main(
    %x: tensor<2x3x7x10xf64> {lacuna.name = "x", lacuna.requires_grad},
    %v: tensor<2x7x5x6xf64> {lacuna.name = "v", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %m = lacuna.adaptive_pool max %x output_size = [3, 4] : (tensor<2x3x7x10xf64>) -> tensor<2x3x3x4xf64>
  %a = lacuna.adaptive_pool average %v output_size = [4, 3] layout = channels_last : (tensor<2x7x5x6xf64>) -> tensor<2x4x3x6xf64>
  %p = lacuna.pooling_pyramid max %x bins = [1, 2, 4] windows = spp : (tensor<2x3x7x10xf64>) -> tensor<2x63xf64>
  %q = lacuna.pooling_pyramid average %v bins = [1, 2, 3] layout = channels_last : (tensor<2x7x5x6xf64>) -> tensor<2x84xf64>
  %r, %s = lacuna.pooling_pyramid max %v bins = [2, 3] maps layout = channels_last : (tensor<2x7x5x6xf64>) -> (tensor<2x2x2x6xf64>, tensor<2x3x3x6xf64>)
  %g = lacuna.global_pool average %x : (tensor<2x3x7x10xf64>) -> tensor<2x3x1x1xf64>
  %h = lacuna.global_pool max %v layout = channels_last : (tensor<2x7x5x6xf64>) -> tensor<2x1x1x6xf64>
  %l = lacuna.global_pool lp %x p = 1.5 : (tensor<2x3x7x10xf64>) -> tensor<2x3x1x1xf64>
  %t0 = lacuna.activation tanh %m : tensor<2x3x3x4xf64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<2x3x3x4xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t1 = lacuna.activation tanh %a : tensor<2x4x3x6xf64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<2x4x3x6xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t2 = lacuna.activation tanh %p : tensor<2x63xf64>
  %l2 = linalg.reduce { arith.addf } ins(%t2 : tensor<2x63xf64>) outs(%l1 : tensor<f64>) dimensions = [0, 1]
  %t3 = lacuna.activation tanh %q : tensor<2x84xf64>
  %l3 = linalg.reduce { arith.addf } ins(%t3 : tensor<2x84xf64>) outs(%l2 : tensor<f64>) dimensions = [0, 1]
  %t4 = lacuna.activation tanh %r : tensor<2x2x2x6xf64>
  %l4 = linalg.reduce { arith.addf } ins(%t4 : tensor<2x2x2x6xf64>) outs(%l3 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t5 = lacuna.activation tanh %s : tensor<2x3x3x6xf64>
  %l5 = linalg.reduce { arith.addf } ins(%t5 : tensor<2x3x3x6xf64>) outs(%l4 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t6 = lacuna.activation tanh %g : tensor<2x3x1x1xf64>
  %l6 = linalg.reduce { arith.addf } ins(%t6 : tensor<2x3x1x1xf64>) outs(%l5 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t7 = lacuna.activation tanh %h : tensor<2x1x1x6xf64>
  %l7 = linalg.reduce { arith.addf } ins(%t7 : tensor<2x1x1x6xf64>) outs(%l6 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t8 = lacuna.activation tanh %l : tensor<2x3x1x1xf64>
  %l8 = linalg.reduce { arith.addf } ins(%t8 : tensor<2x3x1x1xf64>) outs(%l7 : tensor<f64>) dimensions = [0, 1, 2, 3]
  return %l8 : tensor<f64>
}
