// Gathers and scatters with equal and negative indices; the padding row of the
// embedding table has no gradient, so it is not read here.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 3 gradients, 0 wrong

func.func @main(
    %x: tensor<3x5x4xf64> {lacuna.name = "x", lacuna.requires_grad},
    %t: tensor<6x4xf64> {lacuna.name = "t", lacuna.requires_grad},
    %u: tensor<3x5x4xf64> {lacuna.name = "u", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %i = arith.constant dense<[[4, 0, -1], [0, 2, 0]]> : tensor<2x3xi64>
  %a = lacuna.gather %x[%i] axis = 1 : (tensor<3x5x4xf64>, tensor<2x3xi64>) -> tensor<3x2x3x4xf64>
  %ids = arith.constant dense<[[5, 1, 1, 0, -1], [3, 3, 3, 2, 5], [1, 0, 2, 5, 3]]> : tensor<3x5xi32>
  %b = lacuna.embedding %t[%ids] padding_index = 4 : (tensor<6x4xf64>, tensor<3x5xi32>) -> tensor<3x5x4xf64>
  %k = arith.constant dense<[[[0, 2, 2, 1], [4, -5, 2, 3]]]> : tensor<1x2x4xi64>
  %c = lacuna.gather_elements %b[%k] axis = 1 : (tensor<3x5x4xf64>, tensor<1x2x4xi64>) -> tensor<1x2x4xf64>
  %n = arith.constant dense<[[[0, 1], [4, 3]], [[2, 2], [2, 2]], [[1, -1], [1, 3]]]> : tensor<3x2x2xi64>
  %d = lacuna.gather_nd %u[%n] batch_dims = 1 : (tensor<3x5x4xf64>, tensor<3x2x2xi64>) -> tensor<3x2xf64>
  %v = tensor.extract_slice %u[0, 0, 0] [1, 2, 4] [1, 1, 1] : tensor<3x5x4xf64> to tensor<1x2x4xf64>
  %e = lacuna.scatter_elements %x[%k], %v axis = 1 : (tensor<3x5x4xf64>, tensor<1x2x4xi64>, tensor<1x2x4xf64>) -> tensor<3x5x4xf64>
  %f = lacuna.scatter_elements %e[%k], %c axis = 1 reduction = add : (tensor<3x5x4xf64>, tensor<1x2x4xi64>, tensor<1x2x4xf64>) -> tensor<3x5x4xf64>
  %m = arith.constant dense<[[2, 1], [0, 4], [2, 1]]> : tensor<3x2xi64>
  %r = tensor.extract_slice %t[1, 0] [3, 4] [2, 1] : tensor<6x4xf64> to tensor<3x4xf64>
  %g = lacuna.scatter_nd %f[%m], %r : (tensor<3x5x4xf64>, tensor<3x2xi64>, tensor<3x4xf64>) -> tensor<3x5x4xf64>
  %h = lacuna.scatter_nd %g[%m], %r reduction = add : (tensor<3x5x4xf64>, tensor<3x2xi64>, tensor<3x4xf64>) -> tensor<3x5x4xf64>
  %y0 = arith.mulf %h, %b : tensor<3x5x4xf64>
  %y1 = math.sin %y0 : tensor<3x5x4xf64>
  %y2 = math.sin %a : tensor<3x2x3x4xf64>
  %y3 = arith.mulf %d, %d : tensor<3x2xf64>
  %l0 = linalg.reduce { arith.addf } ins(%y1 : tensor<3x5x4xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2]
  %l1 = linalg.reduce { arith.addf } ins(%y2 : tensor<3x2x3x4xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %loss = linalg.reduce { arith.addf } ins(%y3 : tensor<3x2xf64>) outs(%l1 : tensor<f64>) dimensions = [0, 1]
  return %loss : tensor<f64>
}
