// Gates either way round, PReLU and maxout.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 2 gradients, 0 wrong

func.func @main(
    %x: tensor<3x6x5xf64> {lacuna.name = "x", lacuna.requires_grad},
    %s: tensor<6x1xf64> {lacuna.name = "s", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %p = lacuna.prelu %x, %s : (tensor<3x6x5xf64>, tensor<6x1xf64>) -> tensor<3x6x5xf64>
  %a = lacuna.gated glu %p axis = 1 : (tensor<3x6x5xf64>) -> tensor<3x3x5xf64>
  %b = lacuna.gated reglu %x axis = 1 gate_first : (tensor<3x6x5xf64>) -> tensor<3x3x5xf64>
  %c = lacuna.gated geglu %x axis = -2 : (tensor<3x6x5xf64>) -> tensor<3x3x5xf64>
  %d = lacuna.gated swiglu %p axis = 1 gate_first : (tensor<3x6x5xf64>) -> tensor<3x3x5xf64>
  %e = lacuna.gated bilinear %p axis = 1 : (tensor<3x6x5xf64>) -> tensor<3x3x5xf64>
  %m = lacuna.maxout %x axis = 1 groups = 2 : (tensor<3x6x5xf64>) -> tensor<3x3x5xf64>
  %ab = arith.mulf %a, %b : tensor<3x3x5xf64>
  %cd = arith.mulf %c, %d : tensor<3x3x5xf64>
  %em = arith.mulf %e, %m : tensor<3x3x5xf64>
  %t = arith.addf %ab, %cd : tensor<3x3x5xf64>
  %y = arith.subf %t, %em : tensor<3x3x5xf64>
  %loss = linalg.reduce { arith.addf } ins(%y : tensor<3x3x5xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2]
  return %loss : tensor<f64>
}
