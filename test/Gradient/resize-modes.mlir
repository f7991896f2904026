// Every rounding of the nearest neighbour, every way to map coordinates, lines and
// volumes, cubic kernels of another sharpness.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 3 gradients, 0 wrong

func.func @main(
    %x: tensor<1x2x5x6xf64> {lacuna.name = "x", lacuna.requires_grad},
    %l: tensor<2x3x7xf64> {lacuna.name = "l", lacuna.requires_grad},
    %v: tensor<1x1x3x4x5xf64> {lacuna.name = "v", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %y0 = lacuna.resize nearest %x coordinates = half_pixel scales = [1.0, 1.0, 1.6, 0.7] rounding = round_prefer_floor : (tensor<1x2x5x6xf64>) -> tensor<1x2x8x4xf64>
  %y1 = lacuna.resize nearest %x coordinates = pytorch_half_pixel scales = [1.0, 1.0, 1.5, 1.5] rounding = round_prefer_ceil : (tensor<1x2x5x6xf64>) -> tensor<1x2x7x9xf64>
  %y2 = lacuna.resize nearest %x coordinates = align_corners scales = [1.0, 1.0, 0.6, 1.9] rounding = ceil : (tensor<1x2x5x6xf64>) -> tensor<1x2x3x11xf64>
  %y3 = lacuna.resize nearest %x coordinates = half_pixel_symmetric scales = [1.0, 1.0, 2.5, 0.5] rounding = floor : (tensor<1x2x5x6xf64>) -> tensor<1x2x12x3xf64>
  %y4 = lacuna.resize linear %x coordinates = pytorch_half_pixel scales = [1.0, 1.0, 0.2, 2.2] : (tensor<1x2x5x6xf64>) -> tensor<1x2x1x13xf64>
  %y5 = lacuna.resize linear %x coordinates = half_pixel_symmetric scales = [1.0, 1.0, 1.4, 0.75] : (tensor<1x2x5x6xf64>) -> tensor<1x2x7x4xf64>
  %y6 = lacuna.resize linear %l coordinates = asymmetric scales = [1.0, 1.0, 2.5] : (tensor<2x3x7xf64>) -> tensor<2x3x17xf64>
  %y7 = lacuna.resize linear %l coordinates = half_pixel scales = [1.0, 1.0, 0.45] antialias : (tensor<2x3x7xf64>) -> tensor<2x3x3xf64>
  %y8 = lacuna.resize cubic %l coordinates = align_corners scales = [1.0, 1.0, 1.5] cubic_coefficient = -0.5 : (tensor<2x3x7xf64>) -> tensor<2x3x10xf64>
  %y9 = lacuna.resize cubic %x coordinates = asymmetric scales = [1.0, 1.0, 2.2, 0.8] : (tensor<1x2x5x6xf64>) -> tensor<1x2x11x4xf64>
  %y10 = lacuna.resize linear %v coordinates = align_corners scales = [1.0, 1.0, 1.8, 0.8, 1.4] : (tensor<1x1x3x4x5xf64>) -> tensor<1x1x5x3x7xf64>
  %y11 = lacuna.resize nearest %v coordinates = asymmetric scales = [1.0, 1.0, 2.0, 0.5, 1.8] rounding = floor : (tensor<1x1x3x4x5xf64>) -> tensor<1x1x6x2x9xf64>
  %y12 = lacuna.resize linear %v coordinates = half_pixel scales = [1.0, 1.0, 0.7, 2.0, 1.0] : (tensor<1x1x3x4x5xf64>) -> tensor<1x1x2x8x5xf64>
  %y13 = lacuna.resize cubic %x coordinates = half_pixel scales = [1.0, 1.0, 1.0, 1.0] : (tensor<1x2x5x6xf64>) -> tensor<1x2x5x6xf64>
  %t0 = lacuna.activation tanh %y0 : tensor<1x2x8x4xf64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<1x2x8x4xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t1 = lacuna.activation tanh %y1 : tensor<1x2x7x9xf64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<1x2x7x9xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t2 = lacuna.activation tanh %y2 : tensor<1x2x3x11xf64>
  %l2 = linalg.reduce { arith.addf } ins(%t2 : tensor<1x2x3x11xf64>) outs(%l1 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t3 = lacuna.activation tanh %y3 : tensor<1x2x12x3xf64>
  %l3 = linalg.reduce { arith.addf } ins(%t3 : tensor<1x2x12x3xf64>) outs(%l2 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t4 = lacuna.activation tanh %y4 : tensor<1x2x1x13xf64>
  %l4 = linalg.reduce { arith.addf } ins(%t4 : tensor<1x2x1x13xf64>) outs(%l3 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t5 = lacuna.activation tanh %y5 : tensor<1x2x7x4xf64>
  %l5 = linalg.reduce { arith.addf } ins(%t5 : tensor<1x2x7x4xf64>) outs(%l4 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t6 = lacuna.activation tanh %y6 : tensor<2x3x17xf64>
  %l6 = linalg.reduce { arith.addf } ins(%t6 : tensor<2x3x17xf64>) outs(%l5 : tensor<f64>) dimensions = [0, 1, 2]
  %t7 = lacuna.activation tanh %y7 : tensor<2x3x3xf64>
  %l7 = linalg.reduce { arith.addf } ins(%t7 : tensor<2x3x3xf64>) outs(%l6 : tensor<f64>) dimensions = [0, 1, 2]
  %t8 = lacuna.activation tanh %y8 : tensor<2x3x10xf64>
  %l8 = linalg.reduce { arith.addf } ins(%t8 : tensor<2x3x10xf64>) outs(%l7 : tensor<f64>) dimensions = [0, 1, 2]
  %t9 = lacuna.activation tanh %y9 : tensor<1x2x11x4xf64>
  %l9 = linalg.reduce { arith.addf } ins(%t9 : tensor<1x2x11x4xf64>) outs(%l8 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t10 = lacuna.activation tanh %y10 : tensor<1x1x5x3x7xf64>
  %l10 = linalg.reduce { arith.addf } ins(%t10 : tensor<1x1x5x3x7xf64>) outs(%l9 : tensor<f64>) dimensions = [0, 1, 2, 3, 4]
  %t11 = lacuna.activation tanh %y11 : tensor<1x1x6x2x9xf64>
  %l11 = linalg.reduce { arith.addf } ins(%t11 : tensor<1x1x6x2x9xf64>) outs(%l10 : tensor<f64>) dimensions = [0, 1, 2, 3, 4]
  %t12 = lacuna.activation tanh %y12 : tensor<1x1x2x8x5xf64>
  %l12 = linalg.reduce { arith.addf } ins(%t12 : tensor<1x1x2x8x5xf64>) outs(%l11 : tensor<f64>) dimensions = [0, 1, 2, 3, 4]
  %t13 = lacuna.activation tanh %y13 : tensor<1x2x5x6xf64>
  %l13 = linalg.reduce { arith.addf } ins(%t13 : tensor<1x2x5x6xf64>) outs(%l12 : tensor<f64>) dimensions = [0, 1, 2, 3]
  return %l13 : tensor<f64>
}
