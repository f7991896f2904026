// RUN: lacuna-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func @resize_to_itself(
// CHECK-SAME: %[[X:.*]]: tensor<3x4xf32>
// CHECK-NEXT: return %[[X]]
func.func @resize_to_itself(%x: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %r = lacuna.resize cubic %x coordinates = half_pixel scales = [1.0, 1.0]
      : (tensor<3x4xf32>) -> tensor<3x4xf32>
  return %r : tensor<3x4xf32>
}

// The same sizes by another scale are not the same elements.
// CHECK-LABEL: func @resize_by_a_scale
// CHECK: lacuna.resize
func.func @resize_by_a_scale(%x: tensor<3xf32>) -> tensor<3xf32> {
  %r = lacuna.resize linear %x coordinates = half_pixel scales = [1.2]
      : (tensor<3xf32>) -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// CHECK-LABEL: func @shuffles_of_one(
// CHECK-SAME: %[[X:.*]]: tensor<1x3x2x2xf32>
// CHECK-NEXT: return %[[X]]
func.func @shuffles_of_one(%x: tensor<1x3x2x2xf32>) -> tensor<1x3x2x2xf32> {
  %y = lacuna.pixel_shuffle %x block = 1
      : (tensor<1x3x2x2xf32>) -> tensor<1x3x2x2xf32>
  %z = lacuna.pixel_unshuffle %y block = 1
      : (tensor<1x3x2x2xf32>) -> tensor<1x3x2x2xf32>
  return %z : tensor<1x3x2x2xf32>
}
