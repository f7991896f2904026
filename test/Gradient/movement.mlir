// Reshapes, slices, pads, concatenations and broadcasts, odd sizes.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 2 gradients, 0 wrong

#id = affine_map<(i, j) -> (i, j)>

func.func @main(
    %x: tensor<5x6xf64> {lacuna.name = "x", lacuna.requires_grad},
    %b: tensor<7xf64> {lacuna.name = "b", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant 0.0 : f64
  %s = tensor.extract_slice %x[1, 2] [3, 4] [1, 1] : tensor<5x6xf64> to tensor<3x4xf64>
  %p = tensor.pad %s low[0, 1] high[2, 2] {
  ^bb0(%i: index, %j: index):
    tensor.yield %zero : f64
  } : tensor<3x4xf64> to tensor<5x7xf64>
  %c = tensor.concat dim(1) %x, %p, %x : (tensor<5x6xf64>, tensor<5x7xf64>, tensor<5x6xf64>) -> tensor<5x19xf64>
  %t = tensor.extract_slice %c[0, 3] [5, 14] [1, 1] : tensor<5x19xf64> to tensor<5x14xf64>
  %v = tensor.expand_shape %t [[0], [1, 2]] output_shape [5, 2, 7] : tensor<5x14xf64> into tensor<5x2x7xf64>
  %f = tensor.collapse_shape %v [[0, 1], [2]] : tensor<5x2x7xf64> into tensor<10x7xf64>
  %e = tensor.empty() : tensor<10x7xf64>
  %w = linalg.broadcast ins(%b : tensor<7xf64>) outs(%e : tensor<10x7xf64>) dimensions = [0]
  %y = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%f, %w : tensor<10x7xf64>, tensor<10x7xf64>) outs(%e : tensor<10x7xf64>) {
  ^bb0(%a0: f64, %a1: f64, %o: f64):
    %m = arith.mulf %a0, %a1 : f64
    %q = math.sin %m : f64
    linalg.yield %q : f64
  } -> tensor<10x7xf64>
  %le = tensor.empty() : tensor<f64>
  %lz = linalg.fill ins(%zero : f64) outs(%le : tensor<f64>) -> tensor<f64>
  %loss = linalg.reduce { arith.addf } ins(%y : tensor<10x7xf64>) outs(%lz : tensor<f64>) dimensions = [0, 1]
  return %loss : tensor<f64>
}
