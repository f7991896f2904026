// Tabled positions: with and without weights, several to one element, elements
// that no output reads, and outputs that lie outside.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 1 gradients, 0 wrong

func.func @main(
    %x: tensor<2x4x5xf64> {lacuna.name = "x", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %p = arith.constant dense<[[0, 3, 3], [1, 3, 0]]> : tensor<2x3xi32>
  %w = arith.constant dense<[[0.5, 1.5, -0.25], [0.75, 0.0, 2.0]]> : tensor<2x3xf64>
  %q = arith.constant dense<[[4, -1, 1, 1]]> : tensor<1x4xi32>
  %u = arith.constant dense<[[1.25, 1.0, 0.5, -2.0]]> : tensor<1x4xf64>
  %a = lacuna.resample %x at %p by %w axes = [1] : tensor<2x4x5xf64>, (tensor<2x3xi32>), (tensor<2x3xf64>) -> tensor<2x3x5xf64>
  %b = lacuna.resample %x at %q axes = [2] extrapolates extrapolation_value = 0.5 : tensor<2x4x5xf64>, (tensor<1x4xi32>) -> tensor<2x4x4xf64>
  %r = arith.constant dense<[[4, 0, 1, 1]]> : tensor<1x4xi32>
  %c = lacuna.resample %x at %p, %r by %w, %u axes = [1, 2] : tensor<2x4x5xf64>, (tensor<2x3xi32>, tensor<1x4xi32>), (tensor<2x3xf64>, tensor<1x4xf64>) -> tensor<2x3x4xf64>
  %aa = math.sin %a : tensor<2x3x5xf64>
  %bb = arith.mulf %b, %b : tensor<2x4x4xf64>
  %cc = math.sin %c : tensor<2x3x4xf64>
  %l0 = linalg.reduce { arith.addf } ins(%aa : tensor<2x3x5xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2]
  %l1 = linalg.reduce { arith.addf } ins(%bb : tensor<2x4x4xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2]
  %loss = linalg.reduce { arith.addf } ins(%cc : tensor<2x3x4xf64>) outs(%l1 : tensor<f64>) dimensions = [0, 1, 2]
  return %loss : tensor<f64>
}
