// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(lacuna-pack-contractions{vector-bits=64}))' | FileCheck %s

#left = affine_map<(b, m, n, k) -> (b, m, k)>
#plain = affine_map<(b, m, n, k) -> (k, n)>
#turned = affine_map<(b, m, n, k) -> (n, k)>
#out = affine_map<(b, m, n, k) -> (b, m, n)>

// Four lanes: panels of columns 0-3 and 4, the second padded with zeros.
// CHECK-LABEL: func.func @plain
func.func @plain(%x: tensor<2x3x2xf32>) -> tensor<2x3x5xf32> {
  // CHECK: %[[W:.*]] = arith.constant dense_resource<[[$PLAIN:panels]]> : tensor<2x2x4xf32>
  // CHECK: lacuna.packed_contraction %{{.*}}, %[[W]]
  %w = arith.constant dense<[[1.0, 2.0, 3.0, 4.0, 5.0], [6.0, 7.0, 8.0, 9.0, 10.0]]> : tensor<2x5xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x3x5xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
  %r = linalg.contract indexing_maps = [#left, #plain, #out] ins(%x, %w : tensor<2x3x2xf32>, tensor<2x5xf32>) outs(%init : tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
  return %r : tensor<2x3x5xf32>
}

// CHECK-LABEL: func.func @turned
func.func @turned(%x: tensor<2x3x2xf32>) -> tensor<2x3x1xf32> {
  // CHECK: %[[W:.*]] = arith.constant dense_resource<[[$TURNED:panels_1]]> : tensor<1x2x4xf32>
  // CHECK: lacuna.packed_contraction %{{.*}}, %[[W]]
  %w = arith.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x3x1xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<2x3x1xf32>) -> tensor<2x3x1xf32>
  %r = linalg.contract indexing_maps = [#left, #turned, #out] ins(%x, %w : tensor<2x3x2xf32>, tensor<1x2xf32>) outs(%init : tensor<2x3x1xf32>) -> tensor<2x3x1xf32>
  return %r : tensor<2x3x1xf32>
}

// CHECK-LABEL: func.func @weights_at_run_time
func.func @weights_at_run_time(%x: tensor<2x3x2xf32>, %w: tensor<2x5xf32>) -> tensor<2x3x5xf32> {
  // CHECK: linalg.contract
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x3x5xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
  %r = linalg.contract indexing_maps = [#left, #plain, #out] ins(%x, %w : tensor<2x3x2xf32>, tensor<2x5xf32>) outs(%init : tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
  return %r : tensor<2x3x5xf32>
}

// f32 bits: 1 2 3 4, 6 7 8 9 and 5 0 0 0, 10 0 0 0.
// CHECK: [[$PLAIN]]: "0x400000000000803F0000004000004040000080400000C0400000E04000000041000010410000A04000000000000000000000000000002041000000000000000000000000"
// CHECK: [[$TURNED]]: "0x400000000000803F00000000000000000000000000000040000000000000000000000000"
