// The gradient of a gradient's norm: layers with softmax, normalisations,
// gathers, gates and a maximum between them.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 2 gradients, 0 wrong

#left = affine_map<(m, n, k) -> (m, k)>
#right = affine_map<(m, n, k) -> (n, k)>
#out = affine_map<(m, n, k) -> (m, n)>

func.func @main(
    %x: tensor<3x6xf64> {lacuna.name = "x", lacuna.requires_grad},
    %w: tensor<8x6xf64> {lacuna.name = "w", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %z = arith.constant dense<0.0> : tensor<3x8xf64>
  %low = arith.constant dense<-1.0e+30> : tensor<8xf64>
  %n = lacuna.layer_norm %x axis = -1 epsilon = 1.0e-2 : tensor<3x6xf64> -> tensor<3x6xf64>
  %m = linalg.contract indexing_maps = [#left, #right, #out] ins(%n, %w : tensor<3x6xf64>, tensor<8x6xf64>) outs(%z : tensor<3x8xf64>) -> tensor<3x8xf64>
  %s = lacuna.softmax %m axis = -1 : tensor<3x8xf64>
  %g = lacuna.gated swiglu %m axis = 1 : (tensor<3x8xf64>) -> tensor<3x4xf64>
  %i = arith.constant dense<[3, 0, 3, 1, 2, -1, 0, 1]> : tensor<8xi64>
  %p = lacuna.gather %g[%i] axis = 1 : (tensor<3x4xf64>, tensor<8xi64>) -> tensor<3x8xf64>
  %r = lacuna.rms_norm %p axis = 1 epsilon = 1.0e-1 : (tensor<3x8xf64>) -> tensor<3x8xf64>
  %q = lacuna.activation tanh %r : tensor<3x8xf64>
  %a = arith.mulf %s, %q : tensor<3x8xf64>
  %b = linalg.reduce { arith.maximumf } ins(%a : tensor<3x8xf64>) outs(%low : tensor<8xf64>) dimensions = [0]
  %c = arith.mulf %b, %b : tensor<8xf64>
  %first = linalg.reduce { arith.addf } ins(%c : tensor<8xf64>) outs(%zero : tensor<f64>) dimensions = [0]
  %dx, %dw = lacuna.gradient %first by %x, %w : (tensor<f64>, tensor<3x6xf64>, tensor<8x6xf64>) -> (tensor<3x6xf64>, tensor<8x6xf64>)
  %xx = arith.mulf %dx, %dx : tensor<3x6xf64>
  %ww = arith.mulf %dw, %dw : tensor<8x6xf64>
  %l = linalg.reduce { arith.addf } ins(%xx : tensor<3x6xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1]
  %loss = linalg.reduce { arith.addf } ins(%ww : tensor<8x6xf64>) outs(%l : tensor<f64>) dimensions = [0, 1]
  return %loss : tensor<f64>
}
