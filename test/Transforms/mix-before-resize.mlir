// RUN: lacuna-opt %s --lacuna-mix-before-resize --split-input-file | FileCheck %s

// The bias goes with the mixing.
// CHECK-LABEL: func @alone
// CHECK-SAME: %[[X:.*]]: tensor<1x3x2x2xf32>
// CHECK: %[[MIXED:.*]] = lacuna.convolution %[[X]], %{{.*}}, %{{.*}} -> tensor<1x2x2x2xf32>
// CHECK: %[[Y:.*]] = lacuna.resize linear %[[MIXED]]
// CHECK: return %[[Y]]
func.func @alone(%x: tensor<1x3x2x2xf32>, %b: tensor<2xf32>) -> tensor<1x2x8x8xf32> {
  %f = arith.constant dense<[[[[1.0]], [[2.0]], [[3.0]]], [[[4.0]], [[5.0]], [[6.0]]]]> : tensor<2x3x1x1xf32>
  %u = lacuna.resize linear %x coordinates = half_pixel scales = [1.0, 1.0, 4.0, 4.0] : (tensor<1x3x2x2xf32>) -> tensor<1x3x8x8xf32>
  %y = lacuna.convolution %u, %f, %b strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<1x3x8x8xf32>, tensor<2x3x1x1xf32>, tensor<2xf32>) -> tensor<1x2x8x8xf32>
  return %y : tensor<1x2x8x8xf32>
}

// -----

// A branch that is constant over space is a bias for each image.
// CHECK-LABEL: func @constant
// CHECK-SAME: %[[X:.*]]: tensor<2x8x8x1xf32>, %[[Z:.*]]: tensor<2x1x1x2xf32>
// CHECK-DAG: %[[FX:.*]] = arith.constant dense_resource<{{.*}}> : tensor<2x1x1x1xf32>
// CHECK-DAG: %[[FZ:.*]] = arith.constant dense_resource<{{.*}}> : tensor<2x2x1x1xf32>
// CHECK: %[[REST:.*]] = lacuna.convolution %[[X]], %[[FX]]
// CHECK: %[[MIXED:.*]] = lacuna.convolution %[[Z]], %[[FZ]] {{.*}} -> tensor<2x1x1x2xf32>
// CHECK: %[[BIAS:.*]] = tensor.collapse_shape %[[MIXED]]
// CHECK: linalg.generic {{.*}} ins(%[[REST]], %[[BIAS]] : tensor<2x8x8x2xf32>, tensor<2x2xf32>)
func.func @constant(%x: tensor<2x8x8x1xf32>, %z: tensor<2x1x1x2xf32>) -> tensor<2x8x8x2xf32> {
  %f = arith.constant dense<[[[[1.0]], [[2.0]], [[3.0]]], [[[4.0]], [[5.0]], [[6.0]]]]> : tensor<2x3x1x1xf32>
  %u = lacuna.resize linear %z coordinates = half_pixel scales = [1.0, 8.0, 8.0, 1.0] : (tensor<2x1x1x2xf32>) -> tensor<2x8x8x2xf32>
  %c = tensor.concat dim(3) %x, %u : (tensor<2x8x8x1xf32>, tensor<2x8x8x2xf32>) -> tensor<2x8x8x3xf32>
  %y = lacuna.convolution %c, %f strides = [1, 1] dilations = [1, 1] pads = [0, 0] to [0, 0] layout = channels_last : (tensor<2x8x8x3xf32>, tensor<2x3x1x1xf32>) -> tensor<2x8x8x2xf32>
  return %y : tensor<2x8x8x2xf32>
}

// -----

// Windows with padding: mixed for each tap, then a product of 9 pixels and the
// 3 taps of one of them, filled up to 8.
// CHECK-LABEL: func @windows
// CHECK-SAME: %[[Z:.*]]: tensor<1x3x1xf32>
// CHECK-DAG: %[[U:.*]] = arith.constant dense_resource<interpolation{{.*}}> : tensor<9x8xf32>
// CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : tensor<1x5x2xf32>
// CHECK: %[[MIXED:.*]] = lacuna.convolution %[[Z]], {{.*}} -> tensor<1x6x1xf32>
// CHECK: %[[ALL:.*]] = tensor.concat dim(1) %{{.*}}, %[[ZERO]]
// CHECK: linalg.contract {{.*}} ins(%[[U]], %[[ALL]] : tensor<9x8xf32>, tensor<1x8x2xf32>)
func.func @windows(%z: tensor<1x3x1xf32>) -> tensor<1x2x9xf32> {
  %f = arith.constant dense<[[[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0, 4.0]]]> : tensor<2x3x3xf32>
  %u = lacuna.resize nearest %z coordinates = half_pixel scales = [1.0, 1.0, 9.0] : (tensor<1x3x1xf32>) -> tensor<1x3x9xf32>
  %y = lacuna.convolution %u, %f strides = [1] dilations = [1] pads = [1] to [1] : (tensor<1x3x9xf32>, tensor<2x3x3xf32>) -> tensor<1x2x9xf32>
  return %y : tensor<1x2x9xf32>
}

// -----

// Not where the map is read twice, nor where the mixing makes many channels.
// CHECK-LABEL: func @kept
// CHECK-COUNT-2: lacuna.resize linear %{{.*}} -> tensor<1x1x8xf32>
// CHECK-COUNT-2: lacuna.convolution %{{.*}} : (tensor<1x1x8xf32>
func.func @kept(%x: tensor<1x1x2xf32>) -> (tensor<1x1x8xf32>, tensor<1x1x8xf32>, tensor<1x3x8xf32>) {
  %f = arith.constant dense_resource<one> : tensor<1x1x1xf32>
  %g = arith.constant dense<[[[1.0]], [[2.0]], [[3.0]]]> : tensor<3x1x1xf32>
  %u = lacuna.resize linear %x coordinates = half_pixel scales = [1.0, 1.0, 4.0] : (tensor<1x1x2xf32>) -> tensor<1x1x8xf32>
  %v = lacuna.resize linear %x coordinates = align_corners scales = [1.0, 1.0, 4.0] : (tensor<1x1x2xf32>) -> tensor<1x1x8xf32>
  %y = lacuna.convolution %u, %f strides = [1] dilations = [1] pads = [0] to [0] : (tensor<1x1x8xf32>, tensor<1x1x1xf32>) -> tensor<1x1x8xf32>
  %z = lacuna.convolution %v, %g strides = [1] dilations = [1] pads = [0] to [0] : (tensor<1x1x8xf32>, tensor<3x1x1xf32>) -> tensor<1x3x8xf32>
  return %u, %y, %z : tensor<1x1x8xf32>, tensor<1x1x8xf32>, tensor<1x3x8xf32>
}

{-# dialect_resources: { builtin: { one: "0x0400000000000040" } } #-}
