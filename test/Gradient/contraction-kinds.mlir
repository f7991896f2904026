// Named products, casts of shapes, and barriers.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 4 gradients, 0 wrong

func.func @main(
    %a: tensor<3x2x5xf64> {lacuna.name = "a", lacuna.requires_grad},
    %b: tensor<3x5x4xf64> {lacuna.name = "b", lacuna.requires_grad},
    %m: tensor<7x5xf64> {lacuna.name = "m", lacuna.requires_grad},
    %v: tensor<5xf64> {lacuna.name = "v", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %z0 = arith.constant dense<0.0> : tensor<3x2x4xf64>
  %z1 = arith.constant dense<0.0> : tensor<7xf64>
  %z2 = arith.constant dense<0.0> : tensor<5xf64>
  %p = linalg.batch_matmul ins(%a, %b : tensor<3x2x5xf64>, tensor<3x5x4xf64>) outs(%z0 : tensor<3x2x4xf64>) -> tensor<3x2x4xf64>
  %q = linalg.matvec ins(%m, %v : tensor<7x5xf64>, tensor<5xf64>) outs(%z1 : tensor<7xf64>) -> tensor<7xf64>
  %s = math.sin %q : tensor<7xf64>
  %h = lacuna.barrier %s : tensor<7xf64>
  %r = linalg.vecmat ins(%h, %m : tensor<7xf64>, tensor<7x5xf64>) outs(%z2 : tensor<5xf64>) -> tensor<5xf64>
  %open = tensor.cast %r : tensor<5xf64> to tensor<?xf64>
  %fixed = tensor.cast %open : tensor<?xf64> to tensor<5xf64>
  %rr = arith.mulf %fixed, %fixed : tensor<5xf64>
  %d = linalg.dot ins(%rr, %v : tensor<5xf64>, tensor<5xf64>) outs(%zero : tensor<f64>) -> tensor<f64>
  %pp = arith.mulf %p, %p : tensor<3x2x4xf64>
  %loss = linalg.reduce { arith.addf } ins(%pp : tensor<3x2x4xf64>) outs(%d : tensor<f64>) dimensions = [0, 1, 2]
  return %loss : tensor<f64>
}
