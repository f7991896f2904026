// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s

// CHECK-LABEL: func.func @packed_contraction
func.func @packed_contraction(%x: tensor<4x?x64xf32>, %w: tensor<2x64x32xf32>) -> tensor<4x?x40xf32> {
  // CHECK: lacuna.packed_contraction %{{.*}}, %{{.*}} : (tensor<4x?x64xf32>, tensor<2x64x32xf32>) -> tensor<4x?x40xf32>
  %r = lacuna.packed_contraction %x, %w : (tensor<4x?x64xf32>, tensor<2x64x32xf32>) -> tensor<4x?x40xf32>
  return %r : tensor<4x?x40xf32>
}
