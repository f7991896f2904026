// Group and instance normalisation in both layouts.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 4 gradients, 0 wrong

func.func @main(
    %x: tensor<2x6x3x5xf64> {lacuna.name = "x", lacuna.requires_grad},
    %w: tensor<2x6x3x5xf64> {lacuna.name = "w", lacuna.requires_grad},
    %s: tensor<6xf64> {lacuna.name = "s", lacuna.requires_grad},
    %b: tensor<6xf64> {lacuna.name = "b", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %e = tensor.empty() : tensor<2x3x5x6xf64>
  %f = tensor.empty() : tensor<2x6x3x5xf64>
  %t = linalg.transpose ins(%x : tensor<2x6x3x5xf64>) outs(%e : tensor<2x3x5x6xf64>) permutation = [0, 2, 3, 1]
  %g = lacuna.group_norm %x scale %s bias %b groups = 2 epsilon = 1.0e-2 : (tensor<2x6x3x5xf64>, tensor<6xf64>, tensor<6xf64>) -> tensor<2x6x3x5xf64>
  %h = lacuna.group_norm %t scale %s groups = 3 layout = channels_last : (tensor<2x3x5x6xf64>, tensor<6xf64>) -> tensor<2x3x5x6xf64>
  %i = lacuna.instance_norm %x bias %b epsilon = 1.0e-1 : (tensor<2x6x3x5xf64>, tensor<6xf64>) -> tensor<2x6x3x5xf64>
  %j = lacuna.instance_norm %t scale %s bias %b layout = channels_last : (tensor<2x3x5x6xf64>, tensor<6xf64>, tensor<6xf64>) -> tensor<2x3x5x6xf64>
  %hj = arith.mulf %h, %j : tensor<2x3x5x6xf64>
  %u = linalg.transpose ins(%hj : tensor<2x3x5x6xf64>) outs(%f : tensor<2x6x3x5xf64>) permutation = [0, 3, 1, 2]
  %gi = arith.mulf %g, %i : tensor<2x6x3x5xf64>
  %v = arith.addf %gi, %u : tensor<2x6x3x5xf64>
  %y = arith.mulf %v, %w : tensor<2x6x3x5xf64>
  %loss = linalg.reduce { arith.addf } ins(%y : tensor<2x6x3x5xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2, 3]
  return %loss : tensor<f64>
}
