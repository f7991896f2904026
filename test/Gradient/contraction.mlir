// A layer with a bias, a transposed use, and a fan-out of three.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 4 gradients, 0 wrong

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (j)>
#one = affine_map<(i, j) -> (i, 0)>
#left = affine_map<(m, n, k) -> (m, k)>
#right = affine_map<(m, n, k) -> (n, k)>
#out = affine_map<(m, n, k) -> (m, n)>

func.func @main(
    %x: tensor<3x5xf64> {lacuna.name = "x", lacuna.requires_grad},
    %w: tensor<7x5xf64> {lacuna.name = "w", lacuna.requires_grad},
    %b: tensor<7xf64> {lacuna.name = "b", lacuna.requires_grad},
    %c: tensor<3x1xf64> {lacuna.name = "c", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant 0.0 : f64
  %e = tensor.empty() : tensor<3x7xf64>
  %z = linalg.fill ins(%zero : f64) outs(%e : tensor<3x7xf64>) -> tensor<3x7xf64>
  %p = linalg.contract indexing_maps = [#left, #right, #out] ins(%x, %w : tensor<3x5xf64>, tensor<7x5xf64>) outs(%z : tensor<3x7xf64>) -> tensor<3x7xf64>
  %y = linalg.generic {indexing_maps = [#id, #row, #one, #id], iterator_types = ["parallel", "parallel"]} ins(%p, %b, %c : tensor<3x7xf64>, tensor<7xf64>, tensor<3x1xf64>) outs(%e : tensor<3x7xf64>) {
  ^bb0(%a0: f64, %a1: f64, %a2: f64, %o: f64):
    %s = arith.addf %a0, %a1 : f64
    %t = math.tanh %s : f64
    %u = arith.mulf %t, %a2 : f64
    linalg.yield %u : f64
  } -> tensor<3x7xf64>
  %te = tensor.empty() : tensor<7x3xf64>
  %yt = linalg.transpose ins(%y : tensor<3x7xf64>) outs(%te : tensor<7x3xf64>) permutation = [1, 0]
  %ge = tensor.empty() : tensor<3x3xf64>
  %gz = linalg.fill ins(%zero : f64) outs(%ge : tensor<3x3xf64>) -> tensor<3x3xf64>
  %g = linalg.matmul ins(%y, %yt : tensor<3x7xf64>, tensor<7x3xf64>) outs(%gz : tensor<3x3xf64>) -> tensor<3x3xf64>
  %r = linalg.generic {indexing_maps = [#id, #one, #id], iterator_types = ["parallel", "parallel"]} ins(%g, %c : tensor<3x3xf64>, tensor<3x1xf64>) outs(%ge : tensor<3x3xf64>) {
  ^bb0(%a0: f64, %a1: f64, %o: f64):
    %d = math.exp %a0 : f64
    %s = arith.divf %a1, %d : f64
    %q = arith.addf %s, %a0 : f64
    linalg.yield %q : f64
  } -> tensor<3x3xf64>
  %le = tensor.empty() : tensor<f64>
  %lz = linalg.fill ins(%zero : f64) outs(%le : tensor<f64>) -> tensor<f64>
  %loss = linalg.reduce { arith.addf } ins(%r : tensor<3x3xf64>) outs(%lz : tensor<f64>) dimensions = [0, 1]
  return %loss : tensor<f64>
}
