// Unpooling: of equal indices the last one counts; both ways to count, both layouts.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 2 gradients, 0 wrong

func.func @main(
    %x: tensor<2x2x2x2xf64> {lacuna.name = "x", lacuna.requires_grad},
    %v: tensor<1x2x3x2xf64> {lacuna.name = "v", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %i = arith.constant dense<[[[[0, 5], [10, 10]], [[3, 0], [1, 11]]], [[[2, 2], [2, 7]], [[8, 9], [4, 0]]]]> : tensor<2x2x2x2xi64>
  %j = arith.constant dense<[[[[0, 20], [20, 5], [7, 12]], [[3, 14], [23, 0], [1, 6]]]]> : tensor<1x2x3x2xi64>
  %y = lacuna.max_unpool %x, %i : (tensor<2x2x2x2xf64>, tensor<2x2x2x2xi64>) -> tensor<2x2x3x4xf64>
  %z = lacuna.max_unpool %v, %j index_mode = whole layout = channels_last : (tensor<1x2x3x2xf64>, tensor<1x2x3x2xi64>) -> tensor<1x3x4x2xf64>
  %t0 = lacuna.activation tanh %y : tensor<2x2x3x4xf64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<2x2x3x4xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t1 = lacuna.activation tanh %z : tensor<1x3x4x2xf64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<1x3x4x2xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2, 3]
  return %l1 : tensor<f64>
}
