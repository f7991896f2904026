// Scatters that multiply or take extremes, with equal and negative indices, and
// running products from both ends.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 3 gradients, 0 wrong

func.func @main(
    %x: tensor<3x5xf64> {lacuna.name = "x", lacuna.requires_grad},
    %u: tensor<3x4xf64> {lacuna.name = "u", lacuna.requires_grad},
    %v: tensor<3x5xf64> {lacuna.name = "v", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %i = arith.constant dense<[[0, 2, 2, -1], [1, 1, 1, 1], [3, -5, 4, 0]]> : tensor<3x4xi64>
  %n = arith.constant dense<[[2], [0], [2]]> : tensor<3x1xi64>
  %a = lacuna.scatter_elements %x[%i], %u axis = 1 reduction = mul : (tensor<3x5xf64>, tensor<3x4xi64>, tensor<3x4xf64>) -> tensor<3x5xf64>
  %b = lacuna.scatter_elements %x[%i], %u axis = 1 reduction = max : (tensor<3x5xf64>, tensor<3x4xi64>, tensor<3x4xf64>) -> tensor<3x5xf64>
  %c = lacuna.scatter_nd %x[%n], %v reduction = min : (tensor<3x5xf64>, tensor<3x1xi64>, tensor<3x5xf64>) -> tensor<3x5xf64>
  %d = lacuna.scatter_nd %x[%n], %v reduction = mul : (tensor<3x5xf64>, tensor<3x1xi64>, tensor<3x5xf64>) -> tensor<3x5xf64>
  %e = lacuna.cumulative prod %x axis = 1 : (tensor<3x5xf64>) -> tensor<3x5xf64>
  %f = lacuna.cumulative prod %v axis = 0 exclusive : (tensor<3x5xf64>) -> tensor<3x5xf64>
  %g = lacuna.cumulative prod %v axis = -1 reverse : (tensor<3x5xf64>) -> tensor<3x5xf64>
  %h = lacuna.cumulative prod %u axis = 0 exclusive reverse : (tensor<3x4xf64>) -> tensor<3x4xf64>
  %ab = arith.mulf %a, %b : tensor<3x5xf64>
  %cd = arith.mulf %c, %d : tensor<3x5xf64>
  %ef = arith.mulf %e, %f : tensor<3x5xf64>
  %y0 = arith.addf %ab, %cd : tensor<3x5xf64>
  %y1 = arith.addf %y0, %ef : tensor<3x5xf64>
  %y2 = arith.addf %y1, %g : tensor<3x5xf64>
  %s = math.sin %y2 : tensor<3x5xf64>
  %t = math.sin %h : tensor<3x4xf64>
  %l = linalg.reduce { arith.addf } ins(%s : tensor<3x5xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1]
  %loss = linalg.reduce { arith.addf } ins(%t : tensor<3x4xf64>) outs(%l : tensor<f64>) dimensions = [0, 1]
  return %loss : tensor<f64>
}
