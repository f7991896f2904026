// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(lacuna-channels-last{lanes=4}))' | FileCheck %s

// The filter comes at run time and is packed there; the bias follows.
// CHECK-LABEL: func.func @atrous
// CHECK: %[[X:.*]] = linalg.transpose ins(%arg0 {{.*}} permutation = [0, 2, 3, 1]
// CHECK: %[[F:.*]] = lacuna.pack_filter %arg1 groups = 1 lanes = 4 : tensor<6x2x3x3xf32> -> tensor<2x9x2x4xf32>
// CHECK: %[[Y:.*]] = lacuna.packed_convolution %[[X]], %[[F]] kernel = [3, 3] strides = [1, 1] dilations = [2, 2] pads = [2, 2] to [2, 2]
// CHECK: linalg.generic {{.*}} ins(%[[Y]], %arg2
// CHECK: linalg.transpose {{.*}} permutation = [0, 3, 1, 2]
func.func @atrous(%x: tensor<1x2x5x5xf32>, %f: tensor<6x2x3x3xf32>,
                  %b: tensor<6xf32>) -> tensor<1x6x5x5xf32> {
  %r = lacuna.convolution %x, %f, %b strides = [1, 1] dilations = [2, 2]
      pads = [2, 2] to [2, 2]
      : (tensor<1x2x5x5xf32>, tensor<6x2x3x3xf32>, tensor<6xf32>)
      -> tensor<1x6x5x5xf32>
  return %r : tensor<1x6x5x5xf32>
}

// A constant filter of 3 outputs, 1 input and 2 taps: taps outermost, outputs
// innermost, padded to 4 lanes.
// CHECK-LABEL: func.func @constant
// CHECK: %[[F:.*]] = arith.constant dense_resource<[[$PACKED:packed_filter]]> : tensor<1x2x1x4xf32>
// CHECK: lacuna.packed_convolution %{{.*}}, %[[F]] kernel = [2]
func.func @constant(%x: tensor<1x1x4xf32>) -> tensor<1x3x3xf32> {
  %f = arith.constant dense<[[[1.0, 2.0]], [[3.0, 4.0]], [[5.0, 6.0]]]>
      : tensor<3x1x2xf32>
  %r = lacuna.convolution %x, %f strides = [1] dilations = [1] pads = [0] to [0]
      : (tensor<1x1x4xf32>, tensor<3x1x2xf32>) -> tensor<1x3x3xf32>
  return %r : tensor<1x3x3xf32>
}

// 1x1 without stride is a product over all pixels.
// CHECK-LABEL: func.func @point
// CHECK-NOT: packed_convolution
// CHECK: linalg.contract {{.*}} tensor<1x5x5x2xf32>, tensor<2x6xf32>) outs({{.*}} : tensor<1x5x5x6xf32>)
func.func @point(%x: tensor<1x2x5x5xf32>, %f: tensor<6x2x1x1xf32>)
    -> tensor<1x6x5x5xf32> {
  %r = lacuna.convolution %x, %f strides = [1, 1] dilations = [1, 1]
      pads = [0, 0] to [0, 0]
      : (tensor<1x2x5x5xf32>, tensor<6x2x1x1xf32>) -> tensor<1x6x5x5xf32>
  return %r : tensor<1x6x5x5xf32>
}

// CHECK-LABEL: func.func @filter_gradient
// CHECK: %[[X:.*]] = linalg.transpose ins(%arg0 {{.*}} permutation = [0, 2, 3, 1]
// CHECK: %[[D:.*]] = linalg.transpose ins(%arg1 {{.*}} permutation = [0, 2, 3, 1]
// CHECK: lacuna.convolution_filter_gradient %[[X]], %[[D]] {{.*}} layout = channels_last : {{.*}} -> tensor<6x2x3x3xf32>
func.func @filter_gradient(%x: tensor<1x2x5x5xf32>, %d: tensor<1x6x5x5xf32>)
    -> tensor<6x2x3x3xf32> {
  %r = lacuna.convolution_filter_gradient %x, %d kernel = [3, 3]
      strides = [1, 1] dilations = [1, 1] pads = [1, 1] to [1, 1]
      : (tensor<1x2x5x5xf32>, tensor<1x6x5x5xf32>) -> tensor<6x2x3x3xf32>
  return %r : tensor<6x2x3x3xf32>
}

// Tensor cores store 16-bit rows of channels.
// CHECK-LABEL: func.func @narrow_filter_gradient
// CHECK: %[[G:.*]] = lacuna.convolution_filter_gradient {{.*}} layout = channels_last result_layout = channels_last : {{.*}} -> tensor<6x3x5x2xf16>
// CHECK: %[[F:.*]] = linalg.transpose ins(%[[G]] {{.*}} permutation = [0, 3, 1, 2]
// CHECK: return %[[F]] : tensor<6x2x3x5xf16>
func.func @narrow_filter_gradient(%x: tensor<1x5x7x2xf16>,
                                  %d: tensor<1x3x3x6xf16>)
    -> tensor<6x2x3x5xf16> {
  %r = lacuna.convolution_filter_gradient %x, %d kernel = [3, 5]
      strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0]
      layout = channels_last
      : (tensor<1x5x7x2xf16>, tensor<1x3x3x6xf16>) -> tensor<6x2x3x5xf16>
  return %r : tensor<6x2x3x5xf16>
}

// A filter of one number is packed now as well.
// CHECK-LABEL: func.func @splat
// CHECK: arith.constant dense_resource<packed_filter{{.*}}> : tensor<1x2x1x4xf32>
// CHECK-NOT: lacuna.pack_filter
// CHECK: return
func.func @splat(%x: tensor<1x1x4xf32>) -> tensor<1x3x3xf32> {
  %f = arith.constant dense<0.5> : tensor<3x1x2xf32>
  %r = lacuna.convolution %x, %f strides = [1] dilations = [1] pads = [0] to [0]
      : (tensor<1x1x4xf32>, tensor<3x1x2xf32>) -> tensor<1x3x3xf32>
  return %r : tensor<1x3x3xf32>
}

// 1, 3, 5 and a zero; then 2, 4, 6 and a zero.
// CHECK: [[$PACKED]]: "0x400000000000803F000040400000A0400000000000000040000080400000C04000000000"
