// Local response normalisation: even windows, windows wider than the channels.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 2 gradients, 0 wrong

func.func @main(
    %x: tensor<2x5x3xf64> {lacuna.name = "x", lacuna.requires_grad},
    %v: tensor<1x4x6xf64> {lacuna.name = "v", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %a = lacuna.local_response_norm %x size = 4 alpha = 0.8 beta = 0.75 bias = 1.5 : (tensor<2x5x3xf64>) -> tensor<2x5x3xf64>
  %b = lacuna.local_response_norm %v size = 9 alpha = 0.5 beta = 1.3 layout = channels_last : (tensor<1x4x6xf64>) -> tensor<1x4x6xf64>
  %t0 = lacuna.activation tanh %a : tensor<2x5x3xf64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<2x5x3xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1, 2]
  %t1 = lacuna.activation tanh %b : tensor<1x4x6xf64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<1x4x6xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1, 2]
  return %l1 : tensor<f64>
}
