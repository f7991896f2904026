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

// -----

// Blocks of a GPU's threads read a large map for all levels at once.
// CHECK-LABEL: func @at_once
// CHECK-SAME: %[[X:.*]]: tensor<64x8x8x256xbf16>
// CHECK-NEXT: %[[Y:.*]] = lacuna.pooling_pyramid max %[[X]] bins = [1, 2, 4]
// CHECK-NEXT: return %[[Y]]
func.func @at_once(%x: tensor<64x8x8x256xbf16>) -> tensor<64x5376xbf16> {
  %y = lacuna.pooling_pyramid max %x bins = [1, 2, 4] layout = channels_last : (tensor<64x8x8x256xbf16>) -> tensor<64x5376xbf16>
  return %y : tensor<64x5376xbf16>
}

// -----

// Pools of one map and mode are joined; a grid that is no square is not.
// CHECK-LABEL: func @joined
// CHECK-SAME: %[[X:.*]]: tensor<8x9x9x2048xbf16>
// CHECK: %[[Y:.*]]:3 = lacuna.pooling_pyramid average %[[X]] bins = [1, 3, 1] maps layout = channels_last
// CHECK: %[[M:.*]] = lacuna.max_pool %[[X]] kernel = [9, 9]
// CHECK: %[[W:.*]] = lacuna.average_pool %[[X]] kernel = [3, 9]
// CHECK: return %[[Y]]#0, %[[Y]]#1, %[[Y]]#2, %[[M]], %[[W]]
func.func @joined(%x: tensor<8x9x9x2048xbf16>) -> (tensor<8x1x1x2048xbf16>, tensor<8x3x3x2048xbf16>, tensor<8x1x1x2048xbf16>, tensor<8x1x1x2048xbf16>, tensor<8x3x1x2048xbf16>) {
  %a = lacuna.global_pool average %x layout = channels_last : (tensor<8x9x9x2048xbf16>) -> tensor<8x1x1x2048xbf16>
  %b = lacuna.adaptive_pool average %x output_size = [3, 3] layout = channels_last : (tensor<8x9x9x2048xbf16>) -> tensor<8x3x3x2048xbf16>
  %c = lacuna.adaptive_pool average %x output_size = [1, 1] layout = channels_last : (tensor<8x9x9x2048xbf16>) -> tensor<8x1x1x2048xbf16>
  %d = lacuna.global_pool max %x layout = channels_last : (tensor<8x9x9x2048xbf16>) -> tensor<8x1x1x2048xbf16>
  %e = lacuna.adaptive_pool average %x output_size = [3, 1] layout = channels_last : (tensor<8x9x9x2048xbf16>) -> tensor<8x3x1x2048xbf16>
  return %a, %b, %c, %d, %e : tensor<8x1x1x2048xbf16>, tensor<8x3x3x2048xbf16>, tensor<8x1x1x2048xbf16>, tensor<8x1x1x2048xbf16>, tensor<8x3x1x2048xbf16>
}
