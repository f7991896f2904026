// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s
// RUN: lacuna-opt %s -mlir-print-op-generic | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @windows
// CHECK: lacuna.max_pool_gradient %{{.*}}, %{{.*}} kernel = [3] strides = [2] dilations = [1] pads = [1] to [1] ceil_mode : (
func.func @windows(%x: tensor<?x4x8xf32>, %d: tensor<?x4x5xf32>)
    -> tensor<?x4x8xf32> {
  %r = lacuna.max_pool_gradient %x, %d kernel = [3] strides = [2]
      dilations = [1] pads = [1] to [1] ceil_mode
      : (tensor<?x4x8xf32>, tensor<?x4x5xf32>) -> tensor<?x4x8xf32>
  return %r : tensor<?x4x8xf32>
}

// CHECK-LABEL: func @bins
// CHECK: lacuna.adaptive_max_pool_gradient %{{.*}}, %{{.*}} windows = spp layout = channels_last : (
func.func @bins(%x: tensor<2x9x9x8xf16>, %d: tensor<2x4x4x8xf16>)
    -> tensor<2x9x9x8xf16> {
  %r = lacuna.adaptive_max_pool_gradient %x, %d windows = spp
      layout = channels_last
      : (tensor<2x9x9x8xf16>, tensor<2x4x4x8xf16>) -> tensor<2x9x9x8xf16>
  return %r : tensor<2x9x9x8xf16>
}
