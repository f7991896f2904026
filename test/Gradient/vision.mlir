// Gradients of convolutions, pools and resizes against PyTorch's, ties included.
// RUN: lacuna run %s --inputs %S/Inputs/vision-inputs.npz --wrt=all --expect %S/Inputs/vision-gradients.npz --rtol=1e-4 --atol=1e-6 | FileCheck %s
// RUN: lacuna run %s --inputs %S/Inputs/vision-inputs.npz --wrt=all --expect %S/Inputs/vision-gradients.npz --rtol=1e-4 --atol=1e-6 --threads=1
// CHECK: d_r {{.*}} {{[0-9.e-]+ +[0-9.e-]+}}

func.func @main(
    %x: tensor<2x6x17x15xf32> {lacuna.name = "x"},
    %f: tensor<8x3x3x3xf32> {lacuna.name = "f"},
    %b: tensor<8xf32> {lacuna.name = "b"},
    %g: tensor<5x6x3x3xf32> {lacuna.name = "g"},
    %h: tensor<6x4x3x3xf32> {lacuna.name = "h"},
    %ties: tensor<2x4x11x9xf32> {lacuna.name = "ties"},
    %v: tensor<2x3x13x10xf32> {lacuna.name = "v"},
    %r: tensor<1x3x7x6xf32> {lacuna.name = "r"})
    -> (tensor<f32> {lacuna.name = "loss"}) {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %y0 = lacuna.convolution %x, %f, %b strides = [1, 1] dilations = [6, 12] pads = [6, 12] to [6, 12] groups = 2 : (tensor<2x6x17x15xf32>, tensor<8x3x3x3xf32>, tensor<8xf32>) -> tensor<2x8x17x15xf32>
  %y1 = lacuna.convolution %x, %g strides = [2, 3] dilations = [1, 1] pads = [0, 1] to [1, 2] : (tensor<2x6x17x15xf32>, tensor<5x6x3x3xf32>) -> tensor<2x5x8x6xf32>
  %y2 = lacuna.transposed_convolution %x, %h strides = [2, 2] dilations = [1, 1] pads = [1, 1] to [1, 1] output_padding = [1, 1] : (tensor<2x6x17x15xf32>, tensor<6x4x3x3xf32>) -> tensor<2x4x34x30xf32>
  %y3 = lacuna.max_pool %ties kernel = [3, 3] strides = [2, 2] dilations = [1, 1] pads = [1, 1] to [1, 1] ceil_mode : (tensor<2x4x11x9xf32>) -> tensor<2x4x6x5xf32>
  %y4 = lacuna.average_pool %ties kernel = [3, 3] strides = [2, 2] dilations = [1, 1] pads = [1, 1] to [1, 1] ceil_mode : (tensor<2x4x11x9xf32>) -> tensor<2x4x6x5xf32>
  %y5 = lacuna.adaptive_pool max %v output_size = [5, 4] : (tensor<2x3x13x10xf32>) -> tensor<2x3x5x4xf32>
  %y6 = lacuna.adaptive_pool average %v output_size = [5, 4] : (tensor<2x3x13x10xf32>) -> tensor<2x3x5x4xf32>
  %y7 = lacuna.pooling_pyramid average %v bins = [1, 2, 3, 6] : (tensor<2x3x13x10xf32>) -> tensor<2x150xf32>
  %s:3 = lacuna.pooling_pyramid max %v bins = [1, 2, 4] windows = spp maps : (tensor<2x3x13x10xf32>) -> (tensor<2x3x1x1xf32>, tensor<2x3x2x2xf32>, tensor<2x3x4x4xf32>)
  %m, %p = lacuna.max_pool %v kernel = [2, 2] strides = [2, 2] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<2x3x13x10xf32>) -> (tensor<2x3x6x5xf32>, tensor<2x3x6x5xi64>)
  %mm = arith.mulf %m, %m : tensor<2x3x6x5xf32>
  %u = lacuna.max_unpool %mm, %p : (tensor<2x3x6x5xf32>, tensor<2x3x6x5xi64>) -> tensor<2x3x13x10xf32>
  %r0 = lacuna.resize linear %r coordinates = half_pixel scales = [1.0, 1.0, 2.7142857142857144, 1.5] : (tensor<1x3x7x6xf32>) -> tensor<1x3x19x9xf32>
  %r1 = lacuna.resize linear %r coordinates = align_corners scales = [1.0, 1.0, 2.7142857142857144, 1.5] : (tensor<1x3x7x6xf32>) -> tensor<1x3x19x9xf32>
  %r2 = lacuna.resize cubic %r coordinates = half_pixel scales = [1.0, 1.0, 1.5714285714285714, 2.1666666666666665] : (tensor<1x3x7x6xf32>) -> tensor<1x3x11x13xf32>
  %r3 = lacuna.resize nearest %r coordinates = asymmetric scales = [1.0, 1.0, 2.142857142857143, 0.6666666666666666] rounding = floor : (tensor<1x3x7x6xf32>) -> tensor<1x3x15x4xf32>
  %r4 = lacuna.resize linear %r coordinates = half_pixel scales = [1.0, 1.0, 0.5714285714285714, 0.5] exclude_outside antialias : (tensor<1x3x7x6xf32>) -> tensor<1x3x4x3xf32>
  %q0 = arith.mulf %y0, %y0 : tensor<2x8x17x15xf32>
  %l0 = linalg.reduce { arith.addf } ins(%q0 : tensor<2x8x17x15xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1, 2, 3]
  %c0 = arith.constant dense<0.00024509803921568627> : tensor<f32>
  %w0 = arith.mulf %l0, %c0 : tensor<f32>
  %q1 = arith.mulf %y1, %y1 : tensor<2x5x8x6xf32>
  %l1 = linalg.reduce { arith.addf } ins(%q1 : tensor<2x5x8x6xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1, 2, 3]
  %c1 = arith.constant dense<0.0020833333333333333> : tensor<f32>
  %w1 = arith.mulf %l1, %c1 : tensor<f32>
  %a1 = arith.addf %w0, %w1 : tensor<f32>
  %q2 = arith.mulf %y2, %y2 : tensor<2x4x34x30xf32>
  %l2 = linalg.reduce { arith.addf } ins(%q2 : tensor<2x4x34x30xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1, 2, 3]
  %c2 = arith.constant dense<0.00012254901960784314> : tensor<f32>
  %w2 = arith.mulf %l2, %c2 : tensor<f32>
  %a2 = arith.addf %a1, %w2 : tensor<f32>
  %q3 = arith.mulf %y3, %y3 : tensor<2x4x6x5xf32>
  %l3 = linalg.reduce { arith.addf } ins(%q3 : tensor<2x4x6x5xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1, 2, 3]
  %c3 = arith.constant dense<0.004166666666666667> : tensor<f32>
  %w3 = arith.mulf %l3, %c3 : tensor<f32>
  %a3 = arith.addf %a2, %w3 : tensor<f32>
  %q4 = arith.mulf %y4, %y4 : tensor<2x4x6x5xf32>
  %l4 = linalg.reduce { arith.addf } ins(%q4 : tensor<2x4x6x5xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1, 2, 3]
  %c4 = arith.constant dense<0.004166666666666667> : tensor<f32>
  %w4 = arith.mulf %l4, %c4 : tensor<f32>
  %a4 = arith.addf %a3, %w4 : tensor<f32>
  %q5 = arith.mulf %y5, %y5 : tensor<2x3x5x4xf32>
  %l5 = linalg.reduce { arith.addf } ins(%q5 : tensor<2x3x5x4xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1, 2, 3]
  %c5 = arith.constant dense<0.008333333333333333> : tensor<f32>
  %w5 = arith.mulf %l5, %c5 : tensor<f32>
  %a5 = arith.addf %a4, %w5 : tensor<f32>
  %q6 = arith.mulf %y6, %y6 : tensor<2x3x5x4xf32>
  %l6 = linalg.reduce { arith.addf } ins(%q6 : tensor<2x3x5x4xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1, 2, 3]
  %c6 = arith.constant dense<0.008333333333333333> : tensor<f32>
  %w6 = arith.mulf %l6, %c6 : tensor<f32>
  %a6 = arith.addf %a5, %w6 : tensor<f32>
  %q7 = arith.mulf %y7, %y7 : tensor<2x150xf32>
  %l7 = linalg.reduce { arith.addf } ins(%q7 : tensor<2x150xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1]
  %c7 = arith.constant dense<0.0033333333333333335> : tensor<f32>
  %w7 = arith.mulf %l7, %c7 : tensor<f32>
  %a7 = arith.addf %a6, %w7 : tensor<f32>
  %q8 = arith.mulf %s#0, %s#0 : tensor<2x3x1x1xf32>
  %l8 = linalg.reduce { arith.addf } ins(%q8 : tensor<2x3x1x1xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1, 2, 3]
  %c8 = arith.constant dense<0.16666666666666666> : tensor<f32>
  %w8 = arith.mulf %l8, %c8 : tensor<f32>
  %a8 = arith.addf %a7, %w8 : tensor<f32>
  %q9 = arith.mulf %s#1, %s#1 : tensor<2x3x2x2xf32>
  %l9 = linalg.reduce { arith.addf } ins(%q9 : tensor<2x3x2x2xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1, 2, 3]
  %c9 = arith.constant dense<0.041666666666666664> : tensor<f32>
  %w9 = arith.mulf %l9, %c9 : tensor<f32>
  %a9 = arith.addf %a8, %w9 : tensor<f32>
  %q10 = arith.mulf %s#2, %s#2 : tensor<2x3x4x4xf32>
  %l10 = linalg.reduce { arith.addf } ins(%q10 : tensor<2x3x4x4xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1, 2, 3]
  %c10 = arith.constant dense<0.010416666666666666> : tensor<f32>
  %w10 = arith.mulf %l10, %c10 : tensor<f32>
  %a10 = arith.addf %a9, %w10 : tensor<f32>
  %q11 = arith.mulf %u, %u : tensor<2x3x13x10xf32>
  %l11 = linalg.reduce { arith.addf } ins(%q11 : tensor<2x3x13x10xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1, 2, 3]
  %c11 = arith.constant dense<0.001282051282051282> : tensor<f32>
  %w11 = arith.mulf %l11, %c11 : tensor<f32>
  %a11 = arith.addf %a10, %w11 : tensor<f32>
  %q12 = arith.mulf %r0, %r0 : tensor<1x3x19x9xf32>
  %l12 = linalg.reduce { arith.addf } ins(%q12 : tensor<1x3x19x9xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1, 2, 3]
  %c12 = arith.constant dense<0.001949317738791423> : tensor<f32>
  %w12 = arith.mulf %l12, %c12 : tensor<f32>
  %a12 = arith.addf %a11, %w12 : tensor<f32>
  %q13 = arith.mulf %r1, %r1 : tensor<1x3x19x9xf32>
  %l13 = linalg.reduce { arith.addf } ins(%q13 : tensor<1x3x19x9xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1, 2, 3]
  %c13 = arith.constant dense<0.001949317738791423> : tensor<f32>
  %w13 = arith.mulf %l13, %c13 : tensor<f32>
  %a13 = arith.addf %a12, %w13 : tensor<f32>
  %q14 = arith.mulf %r2, %r2 : tensor<1x3x11x13xf32>
  %l14 = linalg.reduce { arith.addf } ins(%q14 : tensor<1x3x11x13xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1, 2, 3]
  %c14 = arith.constant dense<0.002331002331002331> : tensor<f32>
  %w14 = arith.mulf %l14, %c14 : tensor<f32>
  %a14 = arith.addf %a13, %w14 : tensor<f32>
  %q15 = arith.mulf %r3, %r3 : tensor<1x3x15x4xf32>
  %l15 = linalg.reduce { arith.addf } ins(%q15 : tensor<1x3x15x4xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1, 2, 3]
  %c15 = arith.constant dense<0.005555555555555556> : tensor<f32>
  %w15 = arith.mulf %l15, %c15 : tensor<f32>
  %a15 = arith.addf %a14, %w15 : tensor<f32>
  %q16 = arith.mulf %r4, %r4 : tensor<1x3x4x3xf32>
  %l16 = linalg.reduce { arith.addf } ins(%q16 : tensor<1x3x4x3xf32>) outs(%zero : tensor<f32>) dimensions = [0, 1, 2, 3]
  %c16 = arith.constant dense<0.027777777777777776> : tensor<f32>
  %w16 = arith.mulf %l16, %c16 : tensor<f32>
  %a16 = arith.addf %a15, %w16 : tensor<f32>
  return %a16 : tensor<f32>
}
