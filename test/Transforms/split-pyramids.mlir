// RUN: lacuna-opt %s --lacuna-split-pyramids --split-input-file | FileCheck %s
// RUN: lacuna-opt %s --lacuna-split-pyramids --lacuna-nest-pools --split-input-file | FileCheck %s --check-prefix=NEST

// CHECK-LABEL: func @flat
// CHECK-SAME: %[[X:.*]]: tensor<2x8x8x3xbf16>
// CHECK-DAG: %[[ONE:.*]] = lacuna.max_pool %[[X]] kernel = [8, 8] strides = [8, 8] {{.*}} layout = channels_last
// CHECK-DAG: %[[TWO:.*]] = lacuna.max_pool %[[X]] kernel = [4, 4] strides = [4, 4] {{.*}} layout = channels_last
// CHECK: linalg.transpose ins(%[[ONE]]
// CHECK: linalg.transpose ins(%[[TWO]]
// CHECK: tensor.concat dim(1) {{.*}} : (tensor<2x3xbf16>, tensor<2x12xbf16>) -> tensor<2x15xbf16>
// NEST-LABEL: func @flat
// NEST-SAME: %[[X:.*]]: tensor<2x8x8x3xbf16>
// NEST: %[[TWO:.*]] = lacuna.max_pool %[[X]] kernel = [4, 4]
// NEST: lacuna.max_pool %[[TWO]] kernel = [2, 2]
func.func @flat(%x: tensor<2x8x8x3xbf16>) -> tensor<2x15xbf16> {
  %y = lacuna.pooling_pyramid max %x bins = [1, 2] layout = channels_last : (tensor<2x8x8x3xbf16>) -> tensor<2x15xbf16>
  return %y : tensor<2x15xbf16>
}

// -----

// A map a level; bins of several sizes stay adaptive.
// CHECK-LABEL: func @maps
// CHECK-SAME: %[[X:.*]]: tensor<2x3x9x9xf32>
// CHECK-DAG: %[[TWO:.*]] = lacuna.adaptive_pool average %[[X]] output_size = [2, 2]
// CHECK-DAG: %[[THREE:.*]] = lacuna.average_pool %[[X]] kernel = [3, 3]
// CHECK: return %[[TWO]], %[[THREE]]
func.func @maps(%x: tensor<2x3x9x9xf32>) -> (tensor<2x3x2x2xf32>, tensor<2x3x3x3xf32>) {
  %y:2 = lacuna.pooling_pyramid average %x bins = [2, 3] maps : (tensor<2x3x9x9xf32>) -> (tensor<2x3x2x2xf32>, tensor<2x3x3x3xf32>)
  return %y#0, %y#1 : tensor<2x3x2x2xf32>, tensor<2x3x3x3xf32>
}

// -----

// Windows that overlap, and a pool that is alone.
// CHECK-LABEL: func @kept
// CHECK: lacuna.pooling_pyramid
// CHECK: lacuna.global_pool
func.func @kept(%x: tensor<1x3x9x9xf32>, %z: tensor<1x3x4x4xf32>) -> (tensor<1x12xf32>, tensor<1x3x1x1xf32>) {
  %y = lacuna.pooling_pyramid max %x bins = [2] windows = spp : (tensor<1x3x9x9xf32>) -> tensor<1x12xf32>
  %w = lacuna.global_pool average %z : (tensor<1x3x4x4xf32>) -> tensor<1x3x1x1xf32>
  return %y, %w : tensor<1x12xf32>, tensor<1x3x1x1xf32>
}
