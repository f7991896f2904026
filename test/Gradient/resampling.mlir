// Resizes of every kind, up and down, and shuffles.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 2 gradients, 0 wrong

func.func @main(
    %x: tensor<1x2x5x6xf64> {lacuna.name = "x", lacuna.requires_grad},
    %v: tensor<2x8x3x3xf64> {lacuna.name = "v", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %a = lacuna.resize linear %x coordinates = half_pixel scales = [1.0, 1.0, 2.6, 0.5] : (tensor<1x2x5x6xf64>) -> tensor<1x2x13x3xf64>
  %b = lacuna.resize linear %x coordinates = align_corners scales = [1.0, 1.0, 1.8, 2.0] : (tensor<1x2x5x6xf64>) -> tensor<1x2x9x12xf64>
  %c = lacuna.resize cubic %x coordinates = half_pixel scales = [1.0, 1.0, 1.4, 1.5] exclude_outside : (tensor<1x2x5x6xf64>) -> tensor<1x2x7x9xf64>
  %d = lacuna.resize nearest %x coordinates = asymmetric scales = [1.0, 1.0, 2.2, 0.5] rounding = floor : (tensor<1x2x5x6xf64>) -> tensor<1x2x11x3xf64>
  %e = lacuna.resize cubic %x coordinates = half_pixel scales = [1.0, 1.0, 0.6, 0.5] antialias : (tensor<1x2x5x6xf64>) -> tensor<1x2x3x3xf64>
  %f = lacuna.resize linear %x coordinates = tf_crop_and_resize scales = [1.0, 1.0, 0.8, 1.0] region = [0.0, 0.0, -0.3, 0.1, 1.0, 1.0, 0.9, 1.4] : (tensor<1x2x5x6xf64>) -> tensor<1x2x4x6xf64>
  %g = lacuna.pixel_shuffle %v block = 2 : (tensor<2x8x3x3xf64>) -> tensor<2x2x6x6xf64>
  %h = lacuna.pixel_unshuffle %g block = 3 order = dcr : (tensor<2x2x6x6xf64>) -> tensor<2x18x2x2xf64>
  %i = lacuna.resize linear %v coordinates = half_pixel scales = [1.5, 0.5, 2.0, 1.0] : (tensor<2x8x3x3xf64>) -> tensor<3x4x6x3xf64>
  %t0 = lacuna.activation tanh %a : tensor<1x2x13x3xf64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<1x2x13x3xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t1 = lacuna.activation tanh %b : tensor<1x2x9x12xf64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<1x2x9x12xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t2 = lacuna.activation tanh %c : tensor<1x2x7x9xf64>
  %l2 = linalg.reduce { arith.addf } ins(%t2 : tensor<1x2x7x9xf64>) outs(%l1 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t3 = lacuna.activation tanh %d : tensor<1x2x11x3xf64>
  %l3 = linalg.reduce { arith.addf } ins(%t3 : tensor<1x2x11x3xf64>) outs(%l2 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t4 = lacuna.activation tanh %e : tensor<1x2x3x3xf64>
  %l4 = linalg.reduce { arith.addf } ins(%t4 : tensor<1x2x3x3xf64>) outs(%l3 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t5 = lacuna.activation tanh %f : tensor<1x2x4x6xf64>
  %l5 = linalg.reduce { arith.addf } ins(%t5 : tensor<1x2x4x6xf64>) outs(%l4 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t6 = lacuna.activation tanh %h : tensor<2x18x2x2xf64>
  %l6 = linalg.reduce { arith.addf } ins(%t6 : tensor<2x18x2x2xf64>) outs(%l5 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t7 = lacuna.activation tanh %i : tensor<3x4x6x3xf64>
  %l7 = linalg.reduce { arith.addf } ins(%t7 : tensor<3x4x6x3xf64>) outs(%l6 : tensor<f64>) dimensions = [0, 1, 2, 3]
  return %l7 : tensor<f64>
}
