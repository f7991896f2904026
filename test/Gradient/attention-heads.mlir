// Attention of one query, of one key, of a single shared head, of many queries to
// a key; caps, windows and masks together, masks of each head and of keys alone,
// and packed sequences with a window, a cap and shared heads.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 9 gradients, 0 wrong

func.func @main(
    %q: tensor<1x6x1x3xf64> {lacuna.name = "q", lacuna.requires_grad},
    %k: tensor<1x3x8x3xf64> {lacuna.name = "k", lacuna.requires_grad},
    %v: tensor<1x3x8x2xf64> {lacuna.name = "v", lacuna.requires_grad},
    %s: tensor<2x3x4x2xf64> {lacuna.name = "s", lacuna.requires_grad},
    %o: tensor<2x1x1x2xf64> {lacuna.name = "o", lacuna.requires_grad},
    %m: tensor<1x6x1x8xf64> {lacuna.name = "m", lacuna.requires_grad},
    %n: tensor<8xf64> {lacuna.name = "n", lacuna.requires_grad},
    %p: tensor<7x4x3xf64> {lacuna.name = "p", lacuna.requires_grad},
    %r: tensor<7x2x3xf64> {lacuna.name = "r", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %lengths = arith.constant dense<[3, 1]> : tensor<2xi32>
  %starts = arith.constant dense<[0, 1, 1, 6]> : tensor<4xi32>
  %others = arith.constant dense<[0, 4, 5, 7]> : tensor<4xi32>
  %y0 = lacuna.attention %q, %k, %v mask %m window_left = 4 soft_cap = 1.5 : (tensor<1x6x1x3xf64>, tensor<1x3x8x3xf64>, tensor<1x3x8x2xf64>, tensor<1x6x1x8xf64>) -> tensor<1x6x1x2xf64>
  %y1 = lacuna.attention %q, %k, %v mask %n causal = bottom_right : (tensor<1x6x1x3xf64>, tensor<1x3x8x3xf64>, tensor<1x3x8x2xf64>, tensor<8xf64>) -> tensor<1x6x1x2xf64>
  %y2 = lacuna.attention %s, %o, %o : (tensor<2x3x4x2xf64>, tensor<2x1x1x2xf64>, tensor<2x1x1x2xf64>) -> tensor<2x3x4x2xf64>
  %y3 = lacuna.attention %s, %s, %s scale = 2.0 causal = top_left window_left = 0 : (tensor<2x3x4x2xf64>, tensor<2x3x4x2xf64>, tensor<2x3x4x2xf64>) -> tensor<2x3x4x2xf64>
  %y4 = lacuna.attention %s, %s, %s key_lengths %lengths window_left = 1 window_right = 1 soft_cap = 0.5 : (tensor<2x3x4x2xf64>, tensor<2x3x4x2xf64>, tensor<2x3x4x2xf64>, tensor<2xi32>) -> tensor<2x3x4x2xf64>
  %y5 = lacuna.attention %p, %r, %r cu_seqlens_query %starts causal = top_left window_left = 1 soft_cap = 0.8 : (tensor<7x4x3xf64>, tensor<7x2x3xf64>, tensor<7x2x3xf64>, tensor<4xi32>) -> tensor<7x4x3xf64>
  %y6 = lacuna.attention %p, %r, %r cu_seqlens_query %starts cu_seqlens_key %others scale = 0.4 window_right = 1 : (tensor<7x4x3xf64>, tensor<7x2x3xf64>, tensor<7x2x3xf64>, tensor<4xi32>, tensor<4xi32>) -> tensor<7x4x3xf64>
  %t0 = lacuna.activation tanh %y0 : tensor<1x6x1x2xf64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<1x6x1x2xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t1 = lacuna.activation tanh %y1 : tensor<1x6x1x2xf64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<1x6x1x2xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t2 = lacuna.activation tanh %y2 : tensor<2x3x4x2xf64>
  %l2 = linalg.reduce { arith.addf } ins(%t2 : tensor<2x3x4x2xf64>) outs(%l1 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t3 = lacuna.activation tanh %y3 : tensor<2x3x4x2xf64>
  %l3 = linalg.reduce { arith.addf } ins(%t3 : tensor<2x3x4x2xf64>) outs(%l2 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t4 = lacuna.activation tanh %y4 : tensor<2x3x4x2xf64>
  %l4 = linalg.reduce { arith.addf } ins(%t4 : tensor<2x3x4x2xf64>) outs(%l3 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t5 = lacuna.activation tanh %y5 : tensor<7x4x3xf64>
  %l5 = linalg.reduce { arith.addf } ins(%t5 : tensor<7x4x3xf64>) outs(%l4 : tensor<f64>) dimensions = [0, 1, 2]
  %t6 = lacuna.activation tanh %y6 : tensor<7x4x3xf64>
  %l6 = linalg.reduce { arith.addf } ins(%t6 : tensor<7x4x3xf64>) outs(%l5 : tensor<f64>) dimensions = [0, 1, 2]
  return %l6 : tensor<f64>
}
