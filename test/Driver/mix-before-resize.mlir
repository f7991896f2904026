// RUN: lacuna compile %s --emit=plan -o - | FileCheck %s
// RUN: lacuna compile %s --emit=plan --mix-before-resize=false -o - | FileCheck %s --check-prefix=OFF

// CHECK: lacuna.packed_contraction {{.*}} -> tensor<1x2x2x2xf32>
// CHECK: lacuna.resample
// OFF: lacuna.resample
// OFF: lacuna.packed_contraction {{.*}} -> tensor<1x8x8x2xf32>
func.func @main(%x: tensor<1x2x2x3xf32>) -> tensor<1x8x8x2xf32> {
  %f = arith.constant dense<[[[[1.0]], [[2.0]], [[3.0]]], [[[4.0]], [[5.0]], [[6.0]]]]> : tensor<2x3x1x1xf32>
  %u = lacuna.resize linear %x coordinates = half_pixel scales = [1.0, 4.0, 4.0, 1.0] : (tensor<1x2x2x3xf32>) -> tensor<1x8x8x3xf32>
  %y = lacuna.convolution %u, %f strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0] layout = channels_last : (tensor<1x8x8x3xf32>, tensor<2x3x1x1xf32>) -> tensor<1x8x8x2xf32>
  return %y : tensor<1x8x8x2xf32>
}
