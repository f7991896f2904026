// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s
// RUN: lacuna-opt %s -mlir-print-op-generic | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @sample
// CHECK: lacuna.grid_sample linear %{{.*}}, %{{.*}} padding = border : (
func.func @sample(%x: tensor<1x3x8x8xf32>, %g: tensor<1x5x6x2xf32>)
    -> tensor<1x3x5x6xf32> {
  %r = lacuna.grid_sample linear %x, %g padding = border
      : (tensor<1x3x8x8xf32>, tensor<1x5x6x2xf32>) -> tensor<1x3x5x6xf32>
  return %r : tensor<1x3x5x6xf32>
}

// The batch is that of either operand.
// CHECK-LABEL: func @sample_volume
// CHECK: lacuna.grid_sample nearest %{{.*}}, %{{.*}} align_corners : ({{.*}}) -> tensor<2x3x?x2x2xf16>
func.func @sample_volume(%x: tensor<?x3x4x4x4xf16>, %g: tensor<2x?x2x2x3xf32>) {
  %r = lacuna.grid_sample nearest %x, %g align_corners
      : (tensor<?x3x4x4x4xf16>, tensor<2x?x2x2x3xf32>)
      -> tensor<2x3x?x2x2xf16>
  return
}

// CHECK-LABEL: func @grid
// CHECK: lacuna.affine_grid %{{.*}} size = [5, 6] align_corners : (
func.func @grid(%theta: tensor<?x2x3xf32>) -> tensor<?x5x6x2xf32> {
  %g = lacuna.affine_grid %theta size = [5, 6] align_corners
      : (tensor<?x2x3xf32>) -> tensor<?x5x6x2xf32>
  return %g : tensor<?x5x6x2xf32>
}
