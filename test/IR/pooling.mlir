// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s
// RUN: lacuna-opt %s -mlir-print-op-generic | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @max
// CHECK: lacuna.max_pool %{{.*}} kernel = [3, 3] strides = [2, 2] dilations = [1, 1] pads = [1, 1] to [1, 1] : (
func.func @max(%x: tensor<1x4x8x8xi8>) -> tensor<1x4x4x4xi8> {
  %r = lacuna.max_pool %x kernel = [3, 3] strides = [2, 2] dilations = [1, 1]
      pads = [1, 1] to [1, 1] : (tensor<1x4x8x8xi8>) -> tensor<1x4x4x4xi8>
  return %r : tensor<1x4x4x4xi8>
}

// Rounded up, less the window that would start in the right padding.
// CHECK-LABEL: func @max_indices
// CHECK: ceil_mode index_mode = whole column_major layout = channels_last : (
func.func @max_indices(%x: tensor<?x5x4xf32>) {
  %r, %i = lacuna.max_pool %x kernel = [1] strides = [2] dilations = [1]
      pads = [0] to [1] ceil_mode index_mode = whole column_major
      layout = channels_last
      : (tensor<?x5x4xf32>) -> (tensor<?x3x4xf32>, tensor<?x3x4xi64>)
  return
}

// CHECK-LABEL: func @average
// CHECK: ceil_mode count_include_pad : (
func.func @average(%x: tensor<1x4x7xf16>) -> tensor<1x4x4xf16> {
  %r = lacuna.average_pool %x kernel = [2] strides = [2] dilations = [1]
      pads = [0] to [0] ceil_mode count_include_pad
      : (tensor<1x4x7xf16>) -> tensor<1x4x4xf16>
  return %r : tensor<1x4x4xf16>
}

// CHECK-LABEL: func @lp
// CHECK: lacuna.lp_pool %{{.*}} p = 3.000000e+00 : (
func.func @lp(%x: tensor<1x4x8xf32>) -> tensor<1x4x4xf32> {
  %r = lacuna.lp_pool %x kernel = [2] strides = [2] dilations = [1]
      pads = [0] to [0] p = 3.0 : (tensor<1x4x8xf32>) -> tensor<1x4x4xf32>
  return %r : tensor<1x4x4xf32>
}

// CHECK-LABEL: func @global
// CHECK: lacuna.global_pool average %{{.*}} layout = channels_last : (
func.func @global(%x: tensor<2x7x7x16xbf16>) -> tensor<2x1x1x16xbf16> {
  %r = lacuna.global_pool average %x layout = channels_last
      : (tensor<2x7x7x16xbf16>) -> tensor<2x1x1x16xbf16>
  return %r : tensor<2x1x1x16xbf16>
}

// CHECK-LABEL: func @adaptive
// CHECK: lacuna.adaptive_pool max %{{.*}} output_size = [3, 2] : (
func.func @adaptive(%x: tensor<1x8x?x10xf64>) -> tensor<1x8x3x2xf64> {
  %r = lacuna.adaptive_pool max %x output_size = [3, 2]
      : (tensor<1x8x?x10xf64>) -> tensor<1x8x3x2xf64>
  return %r : tensor<1x8x3x2xf64>
}

// CHECK-LABEL: func @pyramid
// CHECK: lacuna.pooling_pyramid max %{{.*}} bins = [1, 2, 4] : (
func.func @pyramid(%x: tensor<1x256x13x13xf32>) -> tensor<1x5376xf32> {
  %r = lacuna.pooling_pyramid max %x bins = [1, 2, 4]
      : (tensor<1x256x13x13xf32>) -> tensor<1x5376xf32>
  return %r : tensor<1x5376xf32>
}

// CHECK-LABEL: func @pyramid_maps
// CHECK: lacuna.pooling_pyramid average %{{.*}} bins = [1, 3] windows = spp maps : (
func.func @pyramid_maps(%x: tensor<2x4x6x6xf32>) {
  %r:2 = lacuna.pooling_pyramid average %x bins = [1, 3] windows = spp maps
      : (tensor<2x4x6x6xf32>) -> (tensor<2x4x1x1xf32>, tensor<2x4x3x3xf32>)
  return
}

// CHECK-LABEL: func @unpool
// CHECK: lacuna.max_unpool %{{.*}}, %{{.*}} index_mode = whole : (
func.func @unpool(%x: tensor<1x2x2xf32>, %i: tensor<1x2x2xi64>)
    -> tensor<1x2x4xf32> {
  %r = lacuna.max_unpool %x, %i index_mode = whole
      : (tensor<1x2x2xf32>, tensor<1x2x2xi64>) -> tensor<1x2x4xf32>
  return %r : tensor<1x2x4xf32>
}
