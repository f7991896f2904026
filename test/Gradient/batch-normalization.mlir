// Batch normalisation with given statistics, and with those of the batch.
// RUN: %python %S/Inputs/finite-differences.py %s 0.2 1.5 | FileCheck %s
// CHECK: 10 gradients, 0 wrong

func.func @main(
    %x: tensor<4x3x5xf64> {lacuna.name = "x", lacuna.requires_grad},
    %s: tensor<3xf64> {lacuna.name = "s", lacuna.requires_grad},
    %b: tensor<3xf64> {lacuna.name = "b", lacuna.requires_grad},
    %m: tensor<3xf64> {lacuna.name = "m", lacuna.requires_grad},
    %v: tensor<3xf64> {lacuna.name = "v", lacuna.requires_grad},
    %w: tensor<2x4x3x7xf64> {lacuna.name = "w", lacuna.requires_grad},
    %t: tensor<7xf64> {lacuna.name = "t", lacuna.requires_grad},
    %c: tensor<7xf64> {lacuna.name = "c", lacuna.requires_grad},
    %n: tensor<7xf64> {lacuna.name = "n", lacuna.requires_grad},
    %u: tensor<7xf64> {lacuna.name = "u", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %y = lacuna.batch_norm %x, %s, %b, %m, %v epsilon = 1.0e-3 : (tensor<4x3x5xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>) -> tensor<4x3x5xf64>
  %z, %o, %p = lacuna.batch_norm_training %w, %t, %c, %n, %u momentum = 0.3 layout = channels_last : (tensor<2x4x3x7xf64>, tensor<7xf64>, tensor<7xf64>, tensor<7xf64>, tensor<7xf64>) -> (tensor<2x4x3x7xf64>, tensor<7xf64>, tensor<7xf64>)
  %q, %r, %k = lacuna.batch_norm_training %x, %s, %b, %m, %v running = biased : (tensor<4x3x5xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>) -> (tensor<4x3x5xf64>, tensor<3xf64>, tensor<3xf64>)
  %t0 = lacuna.activation tanh %y : tensor<4x3x5xf64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<4x3x5xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2]
  %t1 = lacuna.activation tanh %z : tensor<2x4x3x7xf64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<2x4x3x7xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t2 = lacuna.activation tanh %o : tensor<7xf64>
  %l2 = linalg.reduce { arith.addf } ins(%t2 : tensor<7xf64>) outs(%l1 : tensor<f64>) dimensions = [0]
  %t3 = lacuna.activation tanh %p : tensor<7xf64>
  %l3 = linalg.reduce { arith.addf } ins(%t3 : tensor<7xf64>) outs(%l2 : tensor<f64>) dimensions = [0]
  %t4 = lacuna.activation tanh %q : tensor<4x3x5xf64>
  %l4 = linalg.reduce { arith.addf } ins(%t4 : tensor<4x3x5xf64>) outs(%l3 : tensor<f64>) dimensions = [0, 1, 2]
  %t5 = lacuna.activation tanh %r : tensor<3xf64>
  %l5 = linalg.reduce { arith.addf } ins(%t5 : tensor<3xf64>) outs(%l4 : tensor<f64>) dimensions = [0]
  %t6 = lacuna.activation tanh %k : tensor<3xf64>
  %l6 = linalg.reduce { arith.addf } ins(%t6 : tensor<3xf64>) outs(%l5 : tensor<f64>) dimensions = [0]
  return %l6 : tensor<f64>
}
