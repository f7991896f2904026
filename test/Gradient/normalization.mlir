// Layer, RMS and Lp normalisation; mean and deviation are results that count.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 5 gradients, 0 wrong

func.func @main(
    %x: tensor<3x5x7xf64> {lacuna.name = "x", lacuna.requires_grad},
    %w: tensor<3x5x7xf64> {lacuna.name = "w", lacuna.requires_grad},
    %s: tensor<7xf64> {lacuna.name = "s", lacuna.requires_grad},
    %m: tensor<5x7xf64> {lacuna.name = "m", lacuna.requires_grad},
    %b: tensor<7xf64> {lacuna.name = "b", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %l = lacuna.layer_norm %x scale = %s : tensor<7xf64> bias = %b : tensor<7xf64> axis = -1 epsilon = 1.0e-2 : tensor<3x5x7xf64> -> tensor<3x5x7xf64>
  %n, %mean, %inverse = lacuna.layer_norm %x scale = %m : tensor<5x7xf64> axis = 1 : tensor<3x5x7xf64> -> tensor<3x5x7xf64> mean tensor<3x1x1xf64> inverse_deviation tensor<3x1x1xf64>
  %r = lacuna.rms_norm %x scale %s axis = 2 epsilon = 1.0e-1 : (tensor<3x5x7xf64>, tensor<7xf64>) -> tensor<3x5x7xf64>
  %q = lacuna.rms_norm %x axis = 0 : (tensor<3x5x7xf64>) -> tensor<3x5x7xf64>
  %p = lacuna.lp_normalize %x axis = 1 : tensor<3x5x7xf64>
  %o = lacuna.lp_normalize %x axis = -1 p = 1 : tensor<3x5x7xf64>
  %ln = arith.mulf %l, %n : tensor<3x5x7xf64>
  %rq = arith.mulf %r, %q : tensor<3x5x7xf64>
  %po = arith.mulf %p, %o : tensor<3x5x7xf64>
  %t0 = arith.addf %ln, %rq : tensor<3x5x7xf64>
  %t1 = arith.addf %t0, %po : tensor<3x5x7xf64>
  %y = arith.mulf %t1, %w : tensor<3x5x7xf64>
  %mi = arith.mulf %mean, %inverse : tensor<3x1x1xf64>
  %first = linalg.reduce { arith.addf } ins(%y : tensor<3x5x7xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2]
  %loss = linalg.reduce { arith.addf } ins(%mi : tensor<3x1x1xf64>) outs(%first : tensor<f64>) dimensions = [0, 1, 2]
  return %loss : tensor<f64>
}
