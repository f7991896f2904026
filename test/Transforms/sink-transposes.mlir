// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(lacuna-sink-transposes),canonicalize)' | FileCheck %s

// Pixels to rows: channels last stay where they are.
// CHECK-LABEL: func.func @patches
// CHECK-NOT: linalg.transpose
// CHECK: tensor.collapse_shape %{{.*}} {{\[\[}}0], [1, 2], [3]] : tensor<2x8x4x96xf32> into tensor<2x32x96xf32>
// CHECK-NOT: linalg.transpose
func.func @patches(%x: tensor<2x8x4x96xf32>) -> tensor<2x32x96xf32> {
  %e0 = tensor.empty() : tensor<2x96x8x4xf32>
  %first = linalg.transpose ins(%x : tensor<2x8x4x96xf32>) outs(%e0 : tensor<2x96x8x4xf32>) permutation = [0, 3, 1, 2]
  %rows = tensor.collapse_shape %first [[0], [1], [2, 3]] : tensor<2x96x8x4xf32> into tensor<2x96x32xf32>
  %e1 = tensor.empty() : tensor<2x32x96xf32>
  %last = linalg.transpose ins(%rows : tensor<2x96x32xf32>) outs(%e1 : tensor<2x32x96xf32>) permutation = [0, 2, 1]
  return %last : tensor<2x32x96xf32>
}

// Merging dimensions that were apart has to move elements.
// CHECK-LABEL: func.func @apart
// CHECK: linalg.transpose {{.*}} permutation = [2, 1, 0]
// CHECK: tensor.collapse_shape
func.func @apart(%x: tensor<2x3x4xf32>) -> tensor<4x6xf32> {
  %e = tensor.empty() : tensor<4x3x2xf32>
  %t = linalg.transpose ins(%x : tensor<2x3x4xf32>) outs(%e : tensor<4x3x2xf32>) permutation = [2, 1, 0]
  %c = tensor.collapse_shape %t [[0], [1, 2]] : tensor<4x3x2xf32> into tensor<4x6xf32>
  return %c : tensor<4x6xf32>
}

// CHECK-LABEL: func.func @split
// CHECK: tensor.expand_shape %{{.*}} {{\[\[}}0, 1], [2]] output_shape [2, 3, 4] : tensor<6x4xf32> into tensor<2x3x4xf32>
// CHECK: linalg.transpose {{.*}} permutation = [2, 0, 1]
func.func @split(%x: tensor<6x4xf32>) -> tensor<4x2x3xf32> {
  %e = tensor.empty() : tensor<4x6xf32>
  %t = linalg.transpose ins(%x : tensor<6x4xf32>) outs(%e : tensor<4x6xf32>) permutation = [1, 0]
  %s = tensor.expand_shape %t [[0], [1, 2]] output_shape [4, 2, 3] : tensor<4x6xf32> into tensor<4x2x3xf32>
  return %s : tensor<4x2x3xf32>
}

// CHECK-LABEL: func.func @element_wise
// CHECK: arith.negf %{{.*}} : tensor<2x3xf32>
// CHECK: linalg.transpose
func.func @element_wise(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  %e = tensor.empty() : tensor<3x2xf32>
  %t = linalg.transpose ins(%x : tensor<2x3xf32>) outs(%e : tensor<3x2xf32>) permutation = [1, 0]
  %n = arith.negf %t : tensor<3x2xf32>
  return %n : tensor<3x2xf32>
}

// CHECK-LABEL: func.func @pool
// CHECK: lacuna.max_pool %{{.*}} layout = channels_last
// CHECK-SAME: (tensor<1x8x8x3xf32>) -> tensor<1x4x4x3xf32>
func.func @pool(%x: tensor<1x8x8x3xf32>) -> tensor<1x3x4x4xf32> {
  %e = tensor.empty() : tensor<1x3x8x8xf32>
  %t = linalg.transpose ins(%x : tensor<1x8x8x3xf32>) outs(%e : tensor<1x3x8x8xf32>) permutation = [0, 3, 1, 2]
  %p = lacuna.max_pool %t kernel = [2, 2] strides = [2, 2] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32>
  return %p : tensor<1x3x4x4xf32>
}

// The layout of the input decides; the cotangent follows.
// CHECK-LABEL: func.func @max_gradient
// CHECK: %[[D:.*]] = linalg.transpose ins(%arg1 {{.*}} permutation = [0, 2, 1]
// CHECK: lacuna.max_pool_gradient %arg0, %[[D]] {{.*}} layout = channels_last : (tensor<1x9x8xf32>, tensor<1x4x8xf32>) -> tensor<1x9x8xf32>
func.func @max_gradient(%x: tensor<1x9x8xf32>, %d: tensor<1x8x4xf32>)
    -> tensor<1x8x9xf32> {
  %e = tensor.empty() : tensor<1x8x9xf32>
  %t = linalg.transpose ins(%x : tensor<1x9x8xf32>) outs(%e : tensor<1x8x9xf32>) permutation = [0, 2, 1]
  %r = lacuna.max_pool_gradient %t, %d kernel = [3] strides = [2]
      dilations = [1] pads = [0] to [0]
      : (tensor<1x8x9xf32>, tensor<1x8x4xf32>) -> tensor<1x8x9xf32>
  return %r : tensor<1x8x9xf32>
}

// CHECK-LABEL: func.func @tables
// CHECK: %[[R:.*]] = lacuna.resample %arg0 at %{{.*}} by %{{.*}} axes = [1] : tensor<1x9x8xf32>, {{.*}} -> tensor<1x4x8xf32>
// CHECK: linalg.transpose ins(%[[R]] {{.*}} permutation = [0, 2, 1]
func.func @tables(%x: tensor<1x9x8xf32>, %p: tensor<2x4xi32>,
                  %w: tensor<2x4xf32>) -> tensor<1x8x4xf32> {
  %e = tensor.empty() : tensor<1x8x9xf32>
  %t = linalg.transpose ins(%x : tensor<1x9x8xf32>) outs(%e : tensor<1x8x9xf32>) permutation = [0, 2, 1]
  %r = lacuna.resample %t at %p by %w axes = [2]
      : tensor<1x8x9xf32>, (tensor<2x4xi32>), (tensor<2x4xf32>) -> tensor<1x8x4xf32>
  return %r : tensor<1x8x4xf32>
}
