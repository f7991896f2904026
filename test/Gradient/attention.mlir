// Attention with shared key heads, odd sizes, both alignments, windows, soft
// cap, both layouts, and masks: one that is added and differentiated, one with
// a row that sees nothing.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 4 gradients, 0 wrong

func.func @main(
    %q: tensor<2x4x5x3xf64> {lacuna.name = "q", lacuna.requires_grad},
    %k: tensor<2x2x7x3xf64> {lacuna.name = "k", lacuna.requires_grad},
    %v: tensor<2x2x7x5xf64> {lacuna.name = "v", lacuna.requires_grad},
    %m: tensor<4x1x7xf64> {lacuna.name = "m", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %a = lacuna.attention %q, %k, %v scale = 1.3 causal = bottom_right : (tensor<2x4x5x3xf64>, tensor<2x2x7x3xf64>, tensor<2x2x7x5xf64>) -> tensor<2x4x5x5xf64>
  %b = lacuna.attention %q, %k, %v mask %m soft_cap = 0.7 : (tensor<2x4x5x3xf64>, tensor<2x2x7x3xf64>, tensor<2x2x7x5xf64>, tensor<4x1x7xf64>) -> tensor<2x4x5x5xf64>
  %c = lacuna.attention %q, %k, %v window_left = 1 window_right = 2 : (tensor<2x4x5x3xf64>, tensor<2x2x7x3xf64>, tensor<2x2x7x5xf64>) -> tensor<2x4x5x5xf64>
  %seen = arith.constant dense<[[true, false, true, true, false, true, true],
      [false, false, false, false, false, false, false],
      [true, true, true, true, true, true, true],
      [false, false, false, false, false, false, true],
      [true, true, false, false, true, true, false]]> : tensor<5x7xi1>
  %d = lacuna.attention %q, %k, %v mask %seen causal = top_left window_left = 3 : (tensor<2x4x5x3xf64>, tensor<2x2x7x3xf64>, tensor<2x2x7x5xf64>, tensor<5x7xi1>) -> tensor<2x4x5x5xf64>
  %e0 = tensor.empty() : tensor<2x5x4x3xf64>
  %e1 = tensor.empty() : tensor<2x7x2x3xf64>
  %e2 = tensor.empty() : tensor<2x7x2x5xf64>
  %e3 = tensor.empty() : tensor<2x4x5x5xf64>
  %qt = linalg.transpose ins(%q : tensor<2x4x5x3xf64>) outs(%e0 : tensor<2x5x4x3xf64>) permutation = [0, 2, 1, 3]
  %kt = linalg.transpose ins(%k : tensor<2x2x7x3xf64>) outs(%e1 : tensor<2x7x2x3xf64>) permutation = [0, 2, 1, 3]
  %vt = linalg.transpose ins(%v : tensor<2x2x7x5xf64>) outs(%e2 : tensor<2x7x2x5xf64>) permutation = [0, 2, 1, 3]
  %n = arith.constant dense<[3, 0]> : tensor<2xi64>
  %f = lacuna.attention %qt, %kt, %vt mask %m key_lengths %n layout = bshd : (tensor<2x5x4x3xf64>, tensor<2x7x2x3xf64>, tensor<2x7x2x5xf64>, tensor<4x1x7xf64>, tensor<2xi64>) -> tensor<2x5x4x5xf64>
  %ft = linalg.transpose ins(%f : tensor<2x5x4x5xf64>) outs(%e3 : tensor<2x4x5x5xf64>) permutation = [0, 2, 1, 3]
  %ab = arith.mulf %a, %b : tensor<2x4x5x5xf64>
  %cd = arith.mulf %c, %d : tensor<2x4x5x5xf64>
  %s = arith.subf %ab, %cd : tensor<2x4x5x5xf64>
  %t = math.sin %ft : tensor<2x4x5x5xf64>
  %y = arith.addf %s, %t : tensor<2x4x5x5xf64>
  %loss = linalg.reduce { arith.addf } ins(%y : tensor<2x4x5x5xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2, 3]
  return %loss : tensor<f64>
}
