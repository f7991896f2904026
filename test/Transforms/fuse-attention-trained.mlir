// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(lacuna-fuse-attention),canonicalize)' | FileCheck %s

// A score region has no gradient for what it reads: a factor that is trained
// keeps the scores.
// CHECK-LABEL: func.func @trained
// CHECK: lacuna.softmax
// CHECK-LABEL: func.func @given
// CHECK: lacuna.attention {{.*}} score {
// CHECK-NOT: lacuna.softmax
func.func @trained(%q: tensor<2x3x5x4xf32> {lacuna.requires_grad},
    %k: tensor<2x3x4x6xf32>, %v: tensor<2x3x6x4xf32>,
    %f: tensor<3x1x1xf32> {lacuna.requires_grad}) -> tensor<2x3x5x4xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x3x5x6xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<2x3x5x6xf32>) -> tensor<2x3x5x6xf32>
  %s = linalg.contract indexing_maps = [affine_map<(b, h, i, j, d) -> (b, h, i, d)>, affine_map<(b, h, i, j, d) -> (b, h, d, j)>, affine_map<(b, h, i, j, d) -> (b, h, i, j)>]
      ins(%q, %k : tensor<2x3x5x4xf32>, tensor<2x3x4x6xf32>) outs(%z : tensor<2x3x5x6xf32>) -> tensor<2x3x5x6xf32>
  %t = linalg.generic {indexing_maps = [affine_map<(b, h, i, j) -> (b, h, i, j)>, affine_map<(b, h, i, j) -> (h, 0, 0)>, affine_map<(b, h, i, j) -> (b, h, i, j)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%s, %f : tensor<2x3x5x6xf32>, tensor<3x1x1xf32>) outs(%e : tensor<2x3x5x6xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %m = arith.mulf %a, %c : f32
    linalg.yield %m : f32
  } -> tensor<2x3x5x6xf32>
  %p = lacuna.softmax %t axis = 3 : tensor<2x3x5x6xf32>
  %f0 = tensor.empty() : tensor<2x3x5x4xf32>
  %f1 = linalg.fill ins(%zero : f32) outs(%f0 : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  %r = linalg.contract indexing_maps = [affine_map<(b, h, i, d, j) -> (b, h, i, j)>, affine_map<(b, h, i, d, j) -> (b, h, j, d)>, affine_map<(b, h, i, d, j) -> (b, h, i, d)>]
      ins(%p, %v : tensor<2x3x5x6xf32>, tensor<2x3x6x4xf32>) outs(%f1 : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %r : tensor<2x3x5x4xf32>
}

func.func @given(%q: tensor<2x3x5x4xf32> {lacuna.requires_grad},
    %k: tensor<2x3x4x6xf32>, %v: tensor<2x3x6x4xf32>,
    %f: tensor<3x1x1xf32>) -> tensor<2x3x5x4xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x3x5x6xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<2x3x5x6xf32>) -> tensor<2x3x5x6xf32>
  %s = linalg.contract indexing_maps = [affine_map<(b, h, i, j, d) -> (b, h, i, d)>, affine_map<(b, h, i, j, d) -> (b, h, d, j)>, affine_map<(b, h, i, j, d) -> (b, h, i, j)>]
      ins(%q, %k : tensor<2x3x5x4xf32>, tensor<2x3x4x6xf32>) outs(%z : tensor<2x3x5x6xf32>) -> tensor<2x3x5x6xf32>
  %t = linalg.generic {indexing_maps = [affine_map<(b, h, i, j) -> (b, h, i, j)>, affine_map<(b, h, i, j) -> (h, 0, 0)>, affine_map<(b, h, i, j) -> (b, h, i, j)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%s, %f : tensor<2x3x5x6xf32>, tensor<3x1x1xf32>) outs(%e : tensor<2x3x5x6xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %m = arith.mulf %a, %c : f32
    linalg.yield %m : f32
  } -> tensor<2x3x5x6xf32>
  %p = lacuna.softmax %t axis = 3 : tensor<2x3x5x6xf32>
  %f0 = tensor.empty() : tensor<2x3x5x4xf32>
  %f1 = linalg.fill ins(%zero : f32) outs(%f0 : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  %r = linalg.contract indexing_maps = [affine_map<(b, h, i, d, j) -> (b, h, i, j)>, affine_map<(b, h, i, d, j) -> (b, h, j, d)>, affine_map<(b, h, i, d, j) -> (b, h, i, d)>]
      ins(%p, %v : tensor<2x3x5x6xf32>, tensor<2x3x6x4xf32>) outs(%f1 : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %r : tensor<2x3x5x4xf32>
}
