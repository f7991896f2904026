// Maxima, minima and products over several dimensions, running sums, the k
// best and reversal.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 2 gradients, 0 wrong

func.func @main(
    %x: tensor<3x5x4xf64> {lacuna.name = "x", lacuna.requires_grad},
    %w: tensor<5xf64> {lacuna.name = "w", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %low = arith.constant dense<-1.0e+30> : tensor<5xf64>
  %high = arith.constant dense<1.0e+30> : tensor<5xf64>
  %one = arith.constant dense<1.0> : tensor<5xf64>
  %a = linalg.reduce { arith.maximumf } ins(%x : tensor<3x5x4xf64>) outs(%low : tensor<5xf64>) dimensions = [0, 2]
  %b = linalg.reduce { arith.minnumf } ins(%x : tensor<3x5x4xf64>) outs(%high : tensor<5xf64>) dimensions = [0, 2]
  %c = linalg.reduce { arith.mulf } ins(%x : tensor<3x5x4xf64>) outs(%one : tensor<5xf64>) dimensions = [0, 2]
  %ab = arith.mulf %a, %b : tensor<5xf64>
  %k = arith.constant dense<1.0e+3> : tensor<5xf64>
  %ck = arith.mulf %c, %k : tensor<5xf64>
  %abc = arith.addf %ab, %ck : tensor<5xf64>
  %y = arith.mulf %abc, %w : tensor<5xf64>
  %d = lacuna.cumulative sum %x axis = 1 exclusive : (tensor<3x5x4xf64>) -> tensor<3x5x4xf64>
  %e = lacuna.cumulative sum %x axis = 0 reverse : (tensor<3x5x4xf64>) -> tensor<3x5x4xf64>
  %de = arith.mulf %d, %e : tensor<3x5x4xf64>
  %v, %i = lacuna.top_k max %x k = 2 axis = 1 : (tensor<3x5x4xf64>) -> (tensor<3x2x4xf64>, tensor<3x2x4xi64>)
  %vv = math.sin %v : tensor<3x2x4xf64>
  %n = arith.constant dense<[5, 0, 3]> : tensor<3xi64>
  %r = lacuna.reverse_sequence %x, %n batch_axis = 0 time_axis = 1 : (tensor<3x5x4xf64>, tensor<3xi64>) -> tensor<3x5x4xf64>
  %q = arith.mulf %r, %de : tensor<3x5x4xf64>
  %l0 = linalg.reduce { arith.addf } ins(%y : tensor<5xf64>) outs(%zero : tensor<f64>) dimensions = [0]
  %l1 = linalg.reduce { arith.addf } ins(%vv : tensor<3x2x4xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2]
  %loss = linalg.reduce { arith.addf } ins(%q : tensor<3x5x4xf64>) outs(%l1 : tensor<f64>) dimensions = [0, 1, 2]
  return %loss : tensor<f64>
}
