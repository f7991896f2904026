// Recompute regions inside each other, one result of which is an input; a
// region without gradient and a detached value are constants.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 2 gradients, 0 wrong

func.func @main(
    %x: tensor<3x5xf64> {lacuna.name = "x", lacuna.requires_grad},
    %w: tensor<5xf64> {lacuna.name = "w", lacuna.requires_grad},
    %c: tensor<3x5xf64> {lacuna.name = "c"})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %r:2 = lacuna.recompute (%x, %w) {
  ^bb0(%a: tensor<3x5xf64>, %b: tensor<5xf64>):
    %n = lacuna.rms_norm %a scale %b axis = -1 : (tensor<3x5xf64>, tensor<5xf64>) -> tensor<3x5xf64>
    %i = lacuna.recompute (%n, %a) {
    ^bb0(%d: tensor<3x5xf64>, %e: tensor<3x5xf64>):
      %g = lacuna.activation gelu %d : tensor<3x5xf64>
      %l = lacuna.layer_norm %e axis = 1 : tensor<3x5xf64> -> tensor<3x5xf64>
      %m = arith.mulf %g, %l : tensor<3x5xf64>
      lacuna.yield %m : tensor<3x5xf64>
    } : (tensor<3x5xf64>, tensor<3x5xf64>) -> tensor<3x5xf64>
    lacuna.yield %i, %a : tensor<3x5xf64>, tensor<3x5xf64>
  } : (tensor<3x5xf64>, tensor<5xf64>) -> (tensor<3x5xf64>, tensor<3x5xf64>)
  %k = lacuna.no_grad (%c) {
  ^bb0(%a: tensor<3x5xf64>):
    %h = lacuna.hardmax %a axis = 1 : tensor<3x5xf64>
    lacuna.yield %h : tensor<3x5xf64>
  } : (tensor<3x5xf64>) -> tensor<3x5xf64>
  %s = arith.mulf %r#0, %r#1 : tensor<3x5xf64>
  %t = arith.addf %s, %k : tensor<3x5xf64>
  %y = math.sin %t : tensor<3x5xf64>
  %loss = linalg.reduce { arith.addf } ins(%y : tensor<3x5xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1]
  return %loss : tensor<f64>
}
