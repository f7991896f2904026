// Sampling on grids: all paddings, both alignments, volumes; affine grids.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 5 gradients, 0 wrong

func.func @main(
    %x: tensor<2x3x4x5xf64> {lacuna.name = "x", lacuna.requires_grad},
    %g: tensor<2x2x3x2xf64> {lacuna.name = "g", lacuna.requires_grad},
    %v: tensor<1x2x3x2x4xf64> {lacuna.name = "v", lacuna.requires_grad},
    %h: tensor<1x1x2x2x3xf64> {lacuna.name = "h", lacuna.requires_grad},
    %theta: tensor<2x2x3xf64> {lacuna.name = "theta", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %a = lacuna.grid_sample linear %x, %g : (tensor<2x3x4x5xf64>, tensor<2x2x3x2xf64>) -> tensor<2x3x2x3xf64>
  %b = lacuna.grid_sample linear %x, %g padding = border align_corners : (tensor<2x3x4x5xf64>, tensor<2x2x3x2xf64>) -> tensor<2x3x2x3xf64>
  %c = lacuna.grid_sample linear %v, %h padding = reflection : (tensor<1x2x3x2x4xf64>, tensor<1x1x2x2x3xf64>) -> tensor<1x2x1x2x2xf64>
  %d = lacuna.grid_sample nearest %v, %h align_corners : (tensor<1x2x3x2x4xf64>, tensor<1x1x2x2x3xf64>) -> tensor<1x2x1x2x2xf64>
  %e = lacuna.affine_grid %theta size = [3, 2] : (tensor<2x2x3xf64>) -> tensor<2x3x2x2xf64>
  %t0 = lacuna.activation tanh %a : tensor<2x3x2x3xf64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<2x3x2x3xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t1 = lacuna.activation tanh %b : tensor<2x3x2x3xf64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<2x3x2x3xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t2 = lacuna.activation tanh %c : tensor<1x2x1x2x2xf64>
  %l2 = linalg.reduce { arith.addf } ins(%t2 : tensor<1x2x1x2x2xf64>) outs(%l1 : tensor<f64>) dimensions = [0, 1, 2, 3, 4]
  %t3 = lacuna.activation tanh %d : tensor<1x2x1x2x2xf64>
  %l3 = linalg.reduce { arith.addf } ins(%t3 : tensor<1x2x1x2x2xf64>) outs(%l2 : tensor<f64>) dimensions = [0, 1, 2, 3, 4]
  %t4 = lacuna.activation tanh %e : tensor<2x3x2x2xf64>
  %l4 = linalg.reduce { arith.addf } ins(%t4 : tensor<2x3x2x2xf64>) outs(%l3 : tensor<f64>) dimensions = [0, 1, 2, 3]
  return %l4 : tensor<f64>
}
