// Packed sequences, one of them empty, and rows that belong to none.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 4 gradients, 0 wrong

func.func @main(
    %q: tensor<9x2x3xf64> {lacuna.name = "q", lacuna.requires_grad},
    %k: tensor<9x1x3xf64> {lacuna.name = "k", lacuna.requires_grad},
    %v: tensor<9x1x4xf64> {lacuna.name = "v", lacuna.requires_grad},
    %l: tensor<11x1x3xf64> {lacuna.name = "l", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %c = arith.constant dense<[0, 4, 4, 9]> : tensor<4xi32>
  %a = lacuna.attention %q, %k, %v cu_seqlens_query %c causal = top_left : (tensor<9x2x3xf64>, tensor<9x1x3xf64>, tensor<9x1x4xf64>, tensor<4xi32>) -> tensor<9x2x4xf64>
  %d = arith.constant dense<[0, 3, 6, 10]> : tensor<4xi32>
  %b = lacuna.attention %q, %l, %l cu_seqlens_query %c cu_seqlens_key %d causal = bottom_right : (tensor<9x2x3xf64>, tensor<11x1x3xf64>, tensor<11x1x3xf64>, tensor<4xi32>, tensor<4xi32>) -> tensor<9x2x3xf64>
  %aa = math.sin %a : tensor<9x2x4xf64>
  %bb = arith.mulf %b, %q : tensor<9x2x3xf64>
  %la = linalg.reduce { arith.addf } ins(%aa : tensor<9x2x4xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2]
  %loss = linalg.reduce { arith.addf } ins(%bb : tensor<9x2x3xf64>) outs(%la : tensor<f64>) dimensions = [0, 1, 2]
  return %loss : tensor<f64>
}
