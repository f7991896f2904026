// RUN: lacuna-opt %s --lacuna-nest-pools --split-input-file | FileCheck %s

// The pyramid 1, 2, 3, 6 of a map of 12: 12 from 6, 6 and 4 from 2.
// CHECK-LABEL: func @pyramid
// CHECK-SAME: %[[X:.*]]: tensor
// CHECK: %[[SIX:.*]] = lacuna.average_pool %[[X]] kernel = [2, 2] strides = [2, 2]
// CHECK: %[[TWO:.*]] = lacuna.average_pool %[[SIX]] kernel = [3, 3] strides = [3, 3]
// CHECK: %[[ONE:.*]] = lacuna.average_pool %[[TWO]] kernel = [2, 2] strides = [2, 2]
// CHECK: %[[THREE:.*]] = lacuna.average_pool %[[SIX]] kernel = [2, 2] strides = [2, 2]
// CHECK: return %[[ONE]], %[[TWO]], %[[THREE]], %[[SIX]]
func.func @pyramid(%x: tensor<1x2x12x12xf32>)
    -> (tensor<1x2x1x1xf32>, tensor<1x2x2x2xf32>, tensor<1x2x3x3xf32>,
        tensor<1x2x6x6xf32>) {
  %1 = lacuna.average_pool %x kernel = [12, 12] strides = [12, 12] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<1x2x12x12xf32>) -> tensor<1x2x1x1xf32>
  %2 = lacuna.average_pool %x kernel = [6, 6] strides = [6, 6] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<1x2x12x12xf32>) -> tensor<1x2x2x2xf32>
  %3 = lacuna.average_pool %x kernel = [4, 4] strides = [4, 4] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<1x2x12x12xf32>) -> tensor<1x2x3x3xf32>
  %6 = lacuna.average_pool %x kernel = [2, 2] strides = [2, 2] dilations = [1, 1] pads = [0, 0] to [0, 0] : (tensor<1x2x12x12xf32>) -> tensor<1x2x6x6xf32>
  return %1, %2, %3, %6 : tensor<1x2x1x1xf32>, tensor<1x2x2x2xf32>, tensor<1x2x3x3xf32>, tensor<1x2x6x6xf32>
}

// -----

// Windows that overlap, leave a rest, or read another map stay as they are.
// CHECK-LABEL: func @apart
// CHECK-SAME: %[[X:.*]]: tensor<1x1x9xf32>, %[[Y:.*]]: tensor<1x1x8xf32>
// CHECK: lacuna.max_pool %[[X]] kernel = [4]
// CHECK: lacuna.max_pool %[[X]] kernel = [2]
// CHECK: lacuna.max_pool %[[Y]] kernel = [4]
// CHECK: lacuna.max_pool %[[Y]] kernel = [2] strides = [1]
func.func @apart(%x: tensor<1x1x9xf32>, %y: tensor<1x1x8xf32>)
    -> (tensor<1x1x2xf32>, tensor<1x1x4xf32>, tensor<1x1x2xf32>, tensor<1x1x7xf32>) {
  %0 = lacuna.max_pool %x kernel = [4] strides = [4] dilations = [1] pads = [0] to [0] : (tensor<1x1x9xf32>) -> tensor<1x1x2xf32>
  %1 = lacuna.max_pool %x kernel = [2] strides = [2] dilations = [1] pads = [0] to [0] : (tensor<1x1x9xf32>) -> tensor<1x1x4xf32>
  %2 = lacuna.max_pool %y kernel = [4] strides = [4] dilations = [1] pads = [0] to [0] : (tensor<1x1x8xf32>) -> tensor<1x1x2xf32>
  %3 = lacuna.max_pool %y kernel = [2] strides = [1] dilations = [1] pads = [0] to [0] : (tensor<1x1x8xf32>) -> tensor<1x1x7xf32>
  return %0, %1, %2, %3 : tensor<1x1x2xf32>, tensor<1x1x4xf32>, tensor<1x1x2xf32>, tensor<1x1x7xf32>
}

// -----

// Means of bf16 would be rounded twice; indices count in the map itself.
// CHECK-LABEL: func @unfit
// CHECK-SAME: %[[X:.*]]: tensor<1x1x8xbf16>
// CHECK: lacuna.average_pool %[[X]] kernel = [4]
// CHECK: lacuna.average_pool %[[X]] kernel = [2]
// CHECK: lacuna.max_pool %[[X]] kernel = [4]
// CHECK: lacuna.max_pool %[[X]] kernel = [2]
func.func @unfit(%x: tensor<1x1x8xbf16>)
    -> (tensor<1x1x2xbf16>, tensor<1x1x4xbf16>, tensor<1x1x2xi64>, tensor<1x1x4xbf16>) {
  %0 = lacuna.average_pool %x kernel = [4] strides = [4] dilations = [1] pads = [0] to [0] : (tensor<1x1x8xbf16>) -> tensor<1x1x2xbf16>
  %1 = lacuna.average_pool %x kernel = [2] strides = [2] dilations = [1] pads = [0] to [0] : (tensor<1x1x8xbf16>) -> tensor<1x1x4xbf16>
  %2, %i = lacuna.max_pool %x kernel = [4] strides = [4] dilations = [1] pads = [0] to [0] : (tensor<1x1x8xbf16>) -> (tensor<1x1x2xbf16>, tensor<1x1x2xi64>)
  %3 = lacuna.max_pool %x kernel = [2] strides = [2] dilations = [1] pads = [0] to [0] : (tensor<1x1x8xbf16>) -> tensor<1x1x4xbf16>
  return %0, %1, %i, %3 : tensor<1x1x2xbf16>, tensor<1x1x4xbf16>, tensor<1x1x2xi64>, tensor<1x1x4xbf16>
}

// -----

// Means of narrow types only where asked for.
// RUN: lacuna-opt %s --lacuna-nest-pools=narrow-means --split-input-file | FileCheck %s --check-prefix=NARROW
// NARROW-LABEL: func @narrow
// NARROW: %[[FINE:.*]] = lacuna.average_pool %{{.*}} kernel = [2]
// NARROW: lacuna.average_pool %[[FINE]] kernel = [2]
// CHECK-LABEL: func @narrow
// CHECK: lacuna.average_pool %{{.*}} kernel = [4]
func.func @narrow(%x: tensor<1x1x8xbf16>) -> (tensor<1x1x2xbf16>, tensor<1x1x4xbf16>) {
  %a = lacuna.average_pool %x kernel = [4] strides = [4] dilations = [1] pads = [0] to [0] : (tensor<1x1x8xbf16>) -> tensor<1x1x2xbf16>
  %b = lacuna.average_pool %x kernel = [2] strides = [2] dilations = [1] pads = [0] to [0] : (tensor<1x1x8xbf16>) -> tensor<1x1x4xbf16>
  return %a, %b : tensor<1x1x2xbf16>, tensor<1x1x4xbf16>
}
