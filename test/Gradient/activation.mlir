// Every kind of activation, each scaled by its own column so that none can
// stand in for another.
// RUN: %python %S/Inputs/finite-differences.py %s -4 4 | FileCheck %s
// CHECK: 2 gradients, 0 wrong

#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (j)>

func.func @main(
    %x: tensor<9xf64> {lacuna.name = "x", lacuna.requires_grad},
    %w: tensor<25xf64> {lacuna.name = "w", lacuna.requires_grad})
    -> (tensor<f64> {lacuna.name = "loss"}) {
  %zero = arith.constant 0.0 : f64
  %a0 = lacuna.activation relu %x : tensor<9xf64>
  %b0 = tensor.expand_shape %a0 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a1 = lacuna.activation relu6 %x : tensor<9xf64>
  %b1 = tensor.expand_shape %a1 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a2 = lacuna.activation leaky_relu %x alpha = 0.2 : tensor<9xf64>
  %b2 = tensor.expand_shape %a2 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a3 = lacuna.activation elu %x alpha = 0.7 : tensor<9xf64>
  %b3 = tensor.expand_shape %a3 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a4 = lacuna.activation celu %x alpha = 1.3 : tensor<9xf64>
  %b4 = tensor.expand_shape %a4 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a5 = lacuna.activation selu %x : tensor<9xf64>
  %b5 = tensor.expand_shape %a5 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a6 = lacuna.activation thresholded_relu %x : tensor<9xf64>
  %b6 = tensor.expand_shape %a6 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a7 = lacuna.activation softplus %x alpha = 1.5 beta = 2.0 : tensor<9xf64>
  %b7 = tensor.expand_shape %a7 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a8 = lacuna.activation softsign %x : tensor<9xf64>
  %b8 = tensor.expand_shape %a8 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a9 = lacuna.activation sigmoid %x : tensor<9xf64>
  %b9 = tensor.expand_shape %a9 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a10 = lacuna.activation log_sigmoid %x : tensor<9xf64>
  %b10 = tensor.expand_shape %a10 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a11 = lacuna.activation hard_sigmoid %x alpha = 0.3 beta = 0.4 : tensor<9xf64>
  %b11 = tensor.expand_shape %a11 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a12 = lacuna.activation tanh %x : tensor<9xf64>
  %b12 = tensor.expand_shape %a12 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a13 = lacuna.activation hard_tanh %x alpha = -0.8 beta = 1.7 : tensor<9xf64>
  %b13 = tensor.expand_shape %a13 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a14 = lacuna.activation tanh_shrink %x : tensor<9xf64>
  %b14 = tensor.expand_shape %a14 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a15 = lacuna.activation soft_shrink %x : tensor<9xf64>
  %b15 = tensor.expand_shape %a15 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a16 = lacuna.activation hard_shrink %x : tensor<9xf64>
  %b16 = tensor.expand_shape %a16 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a17 = lacuna.activation silu %x alpha = 1.2 : tensor<9xf64>
  %b17 = tensor.expand_shape %a17 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a18 = lacuna.activation hard_swish %x : tensor<9xf64>
  %b18 = tensor.expand_shape %a18 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a19 = lacuna.activation mish %x : tensor<9xf64>
  %b19 = tensor.expand_shape %a19 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a20 = lacuna.activation gelu %x : tensor<9xf64>
  %b20 = tensor.expand_shape %a20 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a21 = lacuna.activation gelu_tanh %x : tensor<9xf64>
  %b21 = tensor.expand_shape %a21 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a22 = lacuna.activation quick_gelu %x : tensor<9xf64>
  %b22 = tensor.expand_shape %a22 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a23 = lacuna.activation shrink %x alpha = 0.3 beta = 0.9 : tensor<9xf64>
  %b23 = tensor.expand_shape %a23 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %a24 = lacuna.activation scaled_tanh %x alpha = 1.7 beta = 0.6 : tensor<9xf64>
  %b24 = tensor.expand_shape %a24 [[0, 1]] output_shape [9, 1] : tensor<9xf64> into tensor<9x1xf64>
  %c = tensor.concat dim(1) %b0, %b1, %b2, %b3, %b4, %b5, %b6, %b7, %b8, %b9, %b10, %b11, %b12, %b13, %b14, %b15, %b16, %b17, %b18, %b19, %b20, %b21, %b22, %b23, %b24 : (tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>, tensor<9x1xf64>) -> tensor<9x25xf64>
  %e = tensor.empty() : tensor<9x25xf64>
  %y = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]} ins(%c, %w : tensor<9x25xf64>, tensor<25xf64>) outs(%e : tensor<9x25xf64>) {
  ^bb0(%a: f64, %b: f64, %o: f64):
    %m = arith.mulf %a, %b : f64
    linalg.yield %m : f64
  } -> tensor<9x25xf64>
  %le = tensor.empty() : tensor<f64>
  %lz = linalg.fill ins(%zero : f64) outs(%le : tensor<f64>) -> tensor<f64>
  %loss = linalg.reduce { arith.addf } ins(%y : tensor<9x25xf64>) outs(%lz : tensor<f64>) dimensions = [0, 1]
  return %loss : tensor<f64>
}
