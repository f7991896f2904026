// Score regions that read tables, before a cap and a mask, and several tiles.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 3 gradients, 0 wrong

func.func @main(
    %q: tensor<1x2x37x3xf64> {lacuna.name = "q", lacuna.requires_grad},
    %k: tensor<1x1x450x3xf64> {lacuna.name = "k", lacuna.requires_grad},
    %v: tensor<1x1x450x2xf64> {lacuna.name = "v", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %slopes = arith.constant dense<[0.5, -0.3]> : tensor<2xf64>
  %a = lacuna.attention %q, %k, %v causal = bottom_right soft_cap = 2.0 score {
  ^bb0(%s: f64, %b: index, %h: index, %i: index, %j: index):
    %t = tensor.extract %slopes[%h] : tensor<2xf64>
    %c = arith.constant 0.25 : f64
    %u = arith.mulf %s, %t : f64
    %w = math.sin %u : f64
    %x = arith.mulf %s, %c : f64
    %y = arith.addf %x, %w : f64
    lacuna.yield %y : f64
  } : (tensor<1x2x37x3xf64>, tensor<1x1x450x3xf64>, tensor<1x1x450x2xf64>) -> tensor<1x2x37x2xf64>
  %n = lacuna.attention %q, %k, %v window_left = 20 window_right = 3 score {
  ^bb0(%s: f64, %b: index, %h: index, %i: index, %j: index):
    %t = math.tanh %s : f64
    lacuna.yield %t : f64
  } : (tensor<1x2x37x3xf64>, tensor<1x1x450x3xf64>, tensor<1x1x450x2xf64>) -> tensor<1x2x37x2xf64>
  %y = arith.mulf %a, %n : tensor<1x2x37x2xf64>
  %loss = linalg.reduce { arith.addf } ins(%y : tensor<1x2x37x2xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2, 3]
  return %loss : tensor<f64>
}
