// Losses: each reduction, weights, ignored labels, spatial dimensions; dropout
// and rotation in front of them.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 2 gradients, 0 wrong

func.func @main(
    %x: tensor<3x4x5xf64> {lacuna.name = "x", lacuna.requires_grad},
    %z: tensor<1x2x3x6xf64> {lacuna.name = "z", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %l = arith.constant dense<[[0, 3, -100, 1, 2], [2, 2, -100, 0, 0], [1, -100, -100, 3, 3]]> : tensor<3x5xi64>
  %n = arith.constant dense<[[0, 3, 1, 1, 2], [2, 2, 0, 0, 0], [1, 3, 1, 3, 3]]> : tensor<3x5xi32>
  %w = arith.constant dense<[0.5, 2.0, 0.0, 1.5]> : tensor<4xf64>
  %seed = arith.constant dense<7> : tensor<i64>
  %d, %mask = lacuna.dropout %x, %seed rate = 0.3 : (tensor<3x4x5xf64>, tensor<i64>) -> (tensor<3x4x5xf64>, tensor<3x4x5xi1>)
  %a = lacuna.cross_entropy %d, %l weight %w ignore_index = -100 : (tensor<3x4x5xf64>, tensor<3x5xi64>, tensor<4xf64>) -> tensor<f64>
  %b, %p = lacuna.cross_entropy %x, %n reduction = sum : (tensor<3x4x5xf64>, tensor<3x5xi32>) -> (tensor<f64>, tensor<3x4x5xf64>)
  %c = lacuna.cross_entropy %x, %l reduction = none ignore_index = -100 : (tensor<3x4x5xf64>, tensor<3x5xi64>) -> tensor<3x5xf64>
  %e = lacuna.nll_loss %x, %n weight %w reduction = none : (tensor<3x4x5xf64>, tensor<3x5xi32>, tensor<4xf64>) -> tensor<3x5xf64>
  %f = lacuna.nll_loss %x, %l ignore_index = -100 : (tensor<3x4x5xf64>, tensor<3x5xi64>) -> tensor<f64>
  %cos = arith.constant dense<[[[0.6, 0.0], [-0.8, 1.0], [0.28, 0.5]]]> : tensor<1x3x2xf64>
  %sin = arith.constant dense<[[[0.8, 1.0], [0.6, 0.0], [0.96, 0.3]]]> : tensor<1x3x2xf64>
  %r = lacuna.rotary_embedding %z, %cos, %sin rotary_dims = 4 : (tensor<1x2x3x6xf64>, tensor<1x3x2xf64>, tensor<1x3x2xf64>) -> tensor<1x2x3x6xf64>
  %i = lacuna.rotary_embedding %r, %cos, %sin interleaved rotary_dims = 4 : (tensor<1x2x3x6xf64>, tensor<1x3x2xf64>, tensor<1x3x2xf64>) -> tensor<1x2x3x6xf64>
  %zi = arith.mulf %i, %z : tensor<1x2x3x6xf64>
  %ab = arith.mulf %a, %b : tensor<f64>
  %af = arith.addf %ab, %f : tensor<f64>
  %ce = arith.mulf %c, %e : tensor<3x5xf64>
  %s = linalg.reduce { arith.addf } ins(%ce : tensor<3x5xf64>) outs(%af : tensor<f64>) dimensions = [0, 1]
  %loss = linalg.reduce { arith.addf } ins(%zi : tensor<1x2x3x6xf64>) outs(%s : tensor<f64>) dimensions = [0, 1, 2, 3]
  return %loss : tensor<f64>
}
