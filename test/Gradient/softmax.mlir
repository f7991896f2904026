// Softmax, its logarithm and softmin along each axis, odd sizes.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 2 gradients, 0 wrong

func.func @main(
    %x: tensor<3x5x7xf64> {lacuna.name = "x", lacuna.requires_grad},
    %w: tensor<3x5x7xf64> {lacuna.name = "w", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %a = lacuna.softmax %x axis = -1 : tensor<3x5x7xf64>
  %b = lacuna.softmax %x axis = 1 log : tensor<3x5x7xf64>
  %c = lacuna.softmax %x axis = 0 negate : tensor<3x5x7xf64>
  %d = lacuna.softmax %x axis = 2 log negate : tensor<3x5x7xf64>
  %ab = arith.mulf %a, %b : tensor<3x5x7xf64>
  %cd = arith.mulf %c, %d : tensor<3x5x7xf64>
  %s = arith.addf %ab, %cd : tensor<3x5x7xf64>
  %y = arith.mulf %s, %w : tensor<3x5x7xf64>
  %loss = linalg.reduce { arith.addf } ins(%y : tensor<3x5x7xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2]
  return %loss : tensor<f64>
}
