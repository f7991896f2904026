// RUN: lacuna-opt %s -canonicalize | FileCheck %s

// A window of one element is the element; its divisor is 1.
// CHECK-LABEL: func @window_of_one
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK-NEXT: return %[[X]], %[[X]]
func.func @window_of_one(%x: tensor<1x4x8xf32>)
    -> (tensor<1x4x8xf32>, tensor<1x4x8xf32>) {
  %m = lacuna.max_pool %x kernel = [1] strides = [1] dilations = [3]
      pads = [0] to [0] : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  %a = lacuna.average_pool %x kernel = [1] strides = [1] dilations = [1]
      pads = [0] to [0] : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return %m, %a : tensor<1x4x8xf32>, tensor<1x4x8xf32>
}

// CHECK-LABEL: func @indices_stay
// CHECK: lacuna.max_pool
func.func @indices_stay(%x: tensor<1x4x8xf32>)
    -> (tensor<1x4x8xf32>, tensor<1x4x8xi64>) {
  %m, %i = lacuna.max_pool %x kernel = [1] strides = [1] dilations = [1]
      pads = [0] to [0]
      : (tensor<1x4x8xf32>) -> (tensor<1x4x8xf32>, tensor<1x4x8xi64>)
  return %m, %i : tensor<1x4x8xf32>, tensor<1x4x8xi64>
}

// CHECK-LABEL: func @global_of_one
// CHECK-NEXT: return %arg0
func.func @global_of_one(%x: tensor<2x4x1x1xf32>) -> tensor<2x4x1x1xf32> {
  %r = lacuna.global_pool average %x
      : (tensor<2x4x1x1xf32>) -> tensor<2x4x1x1xf32>
  return %r : tensor<2x4x1x1xf32>
}

// The norm of one number is its absolute value.
// CHECK-LABEL: func @norm_of_one_stays
// CHECK: lacuna.global_pool lp
func.func @norm_of_one_stays(%x: tensor<2x4x1xf32>) -> tensor<2x4x1xf32> {
  %r = lacuna.global_pool lp %x : (tensor<2x4x1xf32>) -> tensor<2x4x1xf32>
  return %r : tensor<2x4x1xf32>
}

// CHECK-LABEL: func @as_many_bins_as_elements
// CHECK-NEXT: return %arg0
func.func @as_many_bins_as_elements(%x: tensor<1x3x3x4xf32>)
    -> tensor<1x3x3x4xf32> {
  %r = lacuna.adaptive_pool average %x output_size = [3, 3]
      layout = channels_last : (tensor<1x3x3x4xf32>) -> tensor<1x3x3x4xf32>
  return %r : tensor<1x3x3x4xf32>
}

// CHECK-LABEL: func @one_bin
// CHECK: lacuna.global_pool max %arg0 : (tensor<1x8x?x10xf32>) -> tensor<1x8x1x1xf32>
func.func @one_bin(%x: tensor<1x8x?x10xf32>) -> tensor<1x8x1x1xf32> {
  %r = lacuna.adaptive_pool max %x output_size = [1, 1]
      : (tensor<1x8x?x10xf32>) -> tensor<1x8x1x1xf32>
  return %r : tensor<1x8x1x1xf32>
}
