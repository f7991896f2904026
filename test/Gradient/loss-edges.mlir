// Losses of one class, of labels that are all ignored, of a row with weight 0, and
// without spatial dimensions; norms over one element and over all of them; the
// softmax of one element.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 4 gradients, 0 wrong

func.func @main(
    %x: tensor<4x5xf64> {lacuna.name = "x", lacuna.requires_grad},
    %s: tensor<3x1x2xf64> {lacuna.name = "s", lacuna.requires_grad},
    %g: tensor<2x4x1xf64> {lacuna.name = "g", lacuna.requires_grad},
    %w: tensor<2xf64> {lacuna.name = "w", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %l = arith.constant dense<[0, 4, 2, 4]> : tensor<4xi64>
  %i = arith.constant dense<2> : tensor<4xi64>
  %z = arith.constant dense<0> : tensor<3x2xi32>
  %v = arith.constant dense<[0.0, 1.0, 2.0, 3.0, 0.5]> : tensor<5xf64>
  %y0 = lacuna.cross_entropy %x, %l weight %v : (tensor<4x5xf64>, tensor<4xi64>, tensor<5xf64>) -> tensor<f64>
  %y1 = lacuna.cross_entropy %x, %i reduction = sum ignore_index = 2 : (tensor<4x5xf64>, tensor<4xi64>) -> tensor<f64>
  %y2 = lacuna.cross_entropy %s, %z : (tensor<3x1x2xf64>, tensor<3x2xi32>) -> tensor<f64>
  %y3 = lacuna.nll_loss %x, %l weight %v reduction = sum ignore_index = 4 : (tensor<4x5xf64>, tensor<4xi64>, tensor<5xf64>) -> tensor<f64>
  %y4 = lacuna.softmax %s axis = 1 log : tensor<3x1x2xf64>
  %y5 = lacuna.layer_norm %s axis = 1 epsilon = 1.0e-1 : tensor<3x1x2xf64> -> tensor<3x1x2xf64>
  %y6 = lacuna.layer_norm %x axis = 0 epsilon = 1.0e-3 : tensor<4x5xf64> -> tensor<4x5xf64>
  %y7 = lacuna.rms_norm %s scale %w axis = -1 epsilon = 1.0e-2 : (tensor<3x1x2xf64>, tensor<2xf64>) -> tensor<3x1x2xf64>
  %y8 = lacuna.group_norm %g groups = 4 epsilon = 1.0e-1 : (tensor<2x4x1xf64>) -> tensor<2x4x1xf64>
  %y9 = lacuna.group_norm %g groups = 1 : (tensor<2x4x1xf64>) -> tensor<2x4x1xf64>
  %y10 = lacuna.lp_normalize %x axis = 0 p = 1 : tensor<4x5xf64>
  %y11 = lacuna.activation step %x : tensor<4x5xf64>
  %y12 = lacuna.activation sign %x : tensor<4x5xf64>
  %t0 = lacuna.activation tanh %y0 : tensor<f64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<f64>) outs(%zero : tensor<f64>) dimensions = []
  %t1 = lacuna.activation tanh %y1 : tensor<f64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<f64>) outs(%l0 : tensor<f64>) dimensions = []
  %t2 = lacuna.activation tanh %y2 : tensor<f64>
  %l2 = linalg.reduce { arith.addf } ins(%t2 : tensor<f64>) outs(%l1 : tensor<f64>) dimensions = []
  %t3 = lacuna.activation tanh %y3 : tensor<f64>
  %l3 = linalg.reduce { arith.addf } ins(%t3 : tensor<f64>) outs(%l2 : tensor<f64>) dimensions = []
  %t4 = lacuna.activation tanh %y4 : tensor<3x1x2xf64>
  %l4 = linalg.reduce { arith.addf } ins(%t4 : tensor<3x1x2xf64>) outs(%l3 : tensor<f64>) dimensions = [0, 1, 2]
  %t5 = lacuna.activation tanh %y5 : tensor<3x1x2xf64>
  %l5 = linalg.reduce { arith.addf } ins(%t5 : tensor<3x1x2xf64>) outs(%l4 : tensor<f64>) dimensions = [0, 1, 2]
  %t6 = lacuna.activation tanh %y6 : tensor<4x5xf64>
  %l6 = linalg.reduce { arith.addf } ins(%t6 : tensor<4x5xf64>) outs(%l5 : tensor<f64>) dimensions = [0, 1]
  %t7 = lacuna.activation tanh %y7 : tensor<3x1x2xf64>
  %l7 = linalg.reduce { arith.addf } ins(%t7 : tensor<3x1x2xf64>) outs(%l6 : tensor<f64>) dimensions = [0, 1, 2]
  %t8 = lacuna.activation tanh %y8 : tensor<2x4x1xf64>
  %l8 = linalg.reduce { arith.addf } ins(%t8 : tensor<2x4x1xf64>) outs(%l7 : tensor<f64>) dimensions = [0, 1, 2]
  %t9 = lacuna.activation tanh %y9 : tensor<2x4x1xf64>
  %l9 = linalg.reduce { arith.addf } ins(%t9 : tensor<2x4x1xf64>) outs(%l8 : tensor<f64>) dimensions = [0, 1, 2]
  %t10 = lacuna.activation tanh %y10 : tensor<4x5xf64>
  %l10 = linalg.reduce { arith.addf } ins(%t10 : tensor<4x5xf64>) outs(%l9 : tensor<f64>) dimensions = [0, 1]
  %t11 = lacuna.activation tanh %y11 : tensor<4x5xf64>
  %l11 = linalg.reduce { arith.addf } ins(%t11 : tensor<4x5xf64>) outs(%l10 : tensor<f64>) dimensions = [0, 1]
  %t12 = lacuna.activation tanh %y12 : tensor<4x5xf64>
  %l12 = linalg.reduce { arith.addf } ins(%t12 : tensor<4x5xf64>) outs(%l11 : tensor<f64>) dimensions = [0, 1]
  return %l12 : tensor<f64>
}
