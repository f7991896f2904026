// Tensors without elements beside some that have them: gradients of no elements,
// and sums of none.
// RUN: %python %S/Inputs/finite-differences.py %s | FileCheck %s
// CHECK: 4 gradients, 0 wrong

#left = affine_map<(m, n, k) -> (m, k)>
#right = affine_map<(m, n, k) -> (n, k)>
#out = affine_map<(m, n, k) -> (m, n)>

func.func @main(
    %x: tensor<2x3xf64> {lacuna.name = "x", lacuna.requires_grad},
    %e: tensor<0x3xf64> {lacuna.name = "e", lacuna.requires_grad},
    %c: tensor<1x2x0x4xf64> {lacuna.name = "c", lacuna.requires_grad},
    %f: tensor<3x2x1x1xf64> {lacuna.name = "f", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f64>
  %none = arith.constant dense<> : tensor<0xi64>
  %rows = arith.constant dense<> : tensor<0x2xf64>
  %y0 = linalg.contract indexing_maps = [#left, #right, #out] ins(%e, %x : tensor<0x3xf64>, tensor<2x3xf64>) outs(%rows : tensor<0x2xf64>) -> tensor<0x2xf64>
  %y1 = tensor.concat dim(0) %e, %x, %e : (tensor<0x3xf64>, tensor<2x3xf64>, tensor<0x3xf64>) -> tensor<2x3xf64>
  %y2 = lacuna.softmax %e axis = 0 : tensor<0x3xf64>
  %y3 = lacuna.layer_norm %e axis = -1 : tensor<0x3xf64> -> tensor<0x3xf64>
  %y4 = lacuna.convolution %c, %f strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<1x2x0x4xf64>, tensor<3x2x1x1xf64>) -> tensor<1x3x0x4xf64>
  %y5 = lacuna.gather %x[%none] axis = 0 : (tensor<2x3xf64>, tensor<0xi64>) -> tensor<0x3xf64>
  %y6 = tensor.extract_slice %x[1, 0] [0, 3] [1, 1] : tensor<2x3xf64> to tensor<0x3xf64>
  %t0 = lacuna.activation tanh %y0 : tensor<0x2xf64>
  %l0 = linalg.reduce { arith.addf } ins(%t0 : tensor<0x2xf64>) outs(%zero : tensor<f64>) dimensions = [0, 1]
  %t1 = lacuna.activation tanh %y1 : tensor<2x3xf64>
  %l1 = linalg.reduce { arith.addf } ins(%t1 : tensor<2x3xf64>) outs(%l0 : tensor<f64>) dimensions = [0, 1]
  %t2 = lacuna.activation tanh %y2 : tensor<0x3xf64>
  %l2 = linalg.reduce { arith.addf } ins(%t2 : tensor<0x3xf64>) outs(%l1 : tensor<f64>) dimensions = [0, 1]
  %t3 = lacuna.activation tanh %y3 : tensor<0x3xf64>
  %l3 = linalg.reduce { arith.addf } ins(%t3 : tensor<0x3xf64>) outs(%l2 : tensor<f64>) dimensions = [0, 1]
  %t4 = lacuna.activation tanh %y4 : tensor<1x3x0x4xf64>
  %l4 = linalg.reduce { arith.addf } ins(%t4 : tensor<1x3x0x4xf64>) outs(%l3 : tensor<f64>) dimensions = [0, 1, 2, 3]
  %t5 = lacuna.activation tanh %y5 : tensor<0x3xf64>
  %l5 = linalg.reduce { arith.addf } ins(%t5 : tensor<0x3xf64>) outs(%l4 : tensor<f64>) dimensions = [0, 1]
  %t6 = lacuna.activation tanh %y6 : tensor<0x3xf64>
  %l6 = linalg.reduce { arith.addf } ins(%t6 : tensor<0x3xf64>) outs(%l5 : tensor<f64>) dimensions = [0, 1]
  return %l6 : tensor<f64>
}
