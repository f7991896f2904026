// Bodies that add up over loops, that read by computed indices, and named ops.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 3 gradients, 0 wrong

#ij = affine_map<(i, j, k) -> (i, j)>
#kj = affine_map<(i, j, k) -> (k, j)>
#ji = affine_map<(i, j, k) -> (j, i)>
#id = affine_map<(i, j) -> (i, j)>

func.func @main(
    %x: tensor<3x5xf64> {lacuna.name = "x", lacuna.requires_grad},
    %z: tensor<4x5xf64> {lacuna.name = "z", lacuna.requires_grad},
    %c: tensor<f64> {lacuna.name = "c", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %e = tensor.empty() : tensor<3x5xf64>
  %b = linalg.broadcast ins(%c : tensor<f64>) outs(%e : tensor<3x5xf64>) dimensions = [0, 1]
  %t = tensor.empty() : tensor<5x3xf64>
  %bt = linalg.transpose ins(%b : tensor<3x5xf64>) outs(%t : tensor<5x3xf64>) permutation = [1, 0]
  %d = linalg.generic {indexing_maps = [#ij, #kj, #ji], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %z : tensor<3x5xf64>, tensor<4x5xf64>) outs(%bt : tensor<5x3xf64>) {
  ^bb0(%p: f64, %q: f64, %o: f64):
    %u = arith.subf %p, %q : f64
    %v = math.cos %u : f64
    %w = arith.addf %v, %o : f64
    linalg.yield %w : f64
  } -> tensor<5x3xf64>
  // The rows backwards, the first column twice.
  %r = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel", "parallel"]} outs(%t : tensor<5x3xf64>) {
  ^bb0(%o: f64):
    %one = arith.constant 1 : index
    %two = arith.constant 2 : index
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %back = arith.subi %two, %j : index
    %some = arith.maxui %i, %one : index
    %less = arith.subi %some, %one : index
    %f = tensor.extract %x[%back, %less] : tensor<3x5xf64>
    %g = math.exp %f : f64
    linalg.yield %g : f64
  } -> tensor<5x3xf64>
  %m = linalg.map { arith.mulf } ins(%d, %r : tensor<5x3xf64>, tensor<5x3xf64>) outs(%t : tensor<5x3xf64>)
  %y = linalg.exp ins(%m : tensor<5x3xf64>) outs(%t : tensor<5x3xf64>) -> tensor<5x3xf64>
  %l = math.log1p %y : tensor<5x3xf64>
  %loss = linalg.reduce { arith.addf } ins(%l : tensor<5x3xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1]
  return %loss : tensor<f64>
}
