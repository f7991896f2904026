// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(lacuna-fuse-attention),canonicalize)' | FileCheck %s

#q = affine_map<(b, h, m, n, k) -> (b, h, m, k)>
#kt = affine_map<(b, h, m, n, k) -> (b, h, k, n)>
#out = affine_map<(b, h, m, n, k) -> (b, h, m, n)>
#id = affine_map<(a, b, c, d) -> (a, b, c, d)>
#head = affine_map<(a, b, c, d) -> (a, 0, c, d)>
#scalar = affine_map<(a, b, c, d) -> ()>

// The scale is split over both operands, keys come transposed, the mask is
// shared by the heads, and a guard turns NaN into 0.
// CHECK-LABEL: func.func @everything
// CHECK-SAME: (%[[Q:.*]]: tensor<2x4x6x8xf32>, %[[K:.*]]: tensor<2x4x8x5xf32>, %[[V:.*]]: tensor<2x4x5x3xf32>, %[[M:.*]]: tensor<2x1x6x5xi1>)
func.func @everything(%q: tensor<2x4x6x8xf32>, %kt: tensor<2x4x8x5xf32>, %v: tensor<2x4x5x3xf32>, %m: tensor<2x1x6x5xi1>) -> tensor<2x4x6x3xf32> {
  // CHECK: %[[KEY:.*]] = linalg.transpose ins(%[[K]] : tensor<2x4x8x5xf32>) {{.*}} permutation = [0, 1, 3, 2]
  // CHECK: lacuna.attention %[[Q]], %[[KEY]], %[[V]] mask %[[M]]
  // CHECK-SAME: scale = 2.500000e-01
  // CHECK-NOT: lacuna.softmax
  %half = arith.constant dense<0.5> : tensor<f32>
  %none = arith.constant dense<0.0> : tensor<f32>
  %never = arith.constant dense<0xFF800000> : tensor<f32>
  %zero = arith.constant 0.0 : f32
  %eq = tensor.empty() : tensor<2x4x6x8xf32>
  %sq = linalg.generic {indexing_maps = [#id, #scalar, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%q, %half : tensor<2x4x6x8xf32>, tensor<f32>) outs(%eq : tensor<2x4x6x8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %r = arith.mulf %a, %b : f32
    linalg.yield %r : f32
  } -> tensor<2x4x6x8xf32>
  %ek = tensor.empty() : tensor<2x4x8x5xf32>
  %sk = linalg.generic {indexing_maps = [#id, #scalar, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%kt, %half : tensor<2x4x8x5xf32>, tensor<f32>) outs(%ek : tensor<2x4x8x5xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %r = arith.mulf %a, %b : f32
    linalg.yield %r : f32
  } -> tensor<2x4x8x5xf32>
  %em = tensor.empty() : tensor<2x1x6x5xf32>
  %mask = linalg.generic {indexing_maps = [#id, #scalar, #scalar, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%m, %none, %never : tensor<2x1x6x5xi1>, tensor<f32>, tensor<f32>) outs(%em : tensor<2x1x6x5xf32>) {
  ^bb0(%c: i1, %a: f32, %b: f32, %o: f32):
    %r = arith.select %c, %a, %b : f32
    linalg.yield %r : f32
  } -> tensor<2x1x6x5xf32>
  %es = tensor.empty() : tensor<2x4x6x5xf32>
  %fs = linalg.fill ins(%zero : f32) outs(%es : tensor<2x4x6x5xf32>) -> tensor<2x4x6x5xf32>
  %s = linalg.contract indexing_maps = [#q, #kt, #out] ins(%sq, %sk : tensor<2x4x6x8xf32>, tensor<2x4x8x5xf32>) outs(%fs : tensor<2x4x6x5xf32>) -> tensor<2x4x6x5xf32>
  %sm = linalg.generic {indexing_maps = [#id, #head, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%s, %mask : tensor<2x4x6x5xf32>, tensor<2x1x6x5xf32>) outs(%es : tensor<2x4x6x5xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %r = arith.addf %a, %b : f32
    linalg.yield %r : f32
  } -> tensor<2x4x6x5xf32>
  %p = lacuna.softmax %sm axis = -1 : tensor<2x4x6x5xf32>
  %ei = tensor.empty() : tensor<2x4x6x5xi1>
  %nan = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%p : tensor<2x4x6x5xf32>) outs(%ei : tensor<2x4x6x5xi1>) {
  ^bb0(%a: f32, %o: i1):
    %r = arith.cmpf uno, %a, %a : f32
    linalg.yield %r : i1
  } -> tensor<2x4x6x5xi1>
  %g = linalg.generic {indexing_maps = [#id, #scalar, #id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%nan, %none, %p : tensor<2x4x6x5xi1>, tensor<f32>, tensor<2x4x6x5xf32>) outs(%es : tensor<2x4x6x5xf32>) {
  ^bb0(%c: i1, %a: f32, %b: f32, %o: f32):
    %r = arith.select %c, %a, %b : f32
    linalg.yield %r : f32
  } -> tensor<2x4x6x5xf32>
  %eo = tensor.empty() : tensor<2x4x6x3xf32>
  %fo = linalg.fill ins(%zero : f32) outs(%eo : tensor<2x4x6x3xf32>) -> tensor<2x4x6x3xf32>
  %o = linalg.contract indexing_maps = [#q, #kt, #out] ins(%g, %v : tensor<2x4x6x5xf32>, tensor<2x4x5x3xf32>) outs(%fo : tensor<2x4x6x3xf32>) -> tensor<2x4x6x3xf32>
  return %o : tensor<2x4x6x3xf32>
}

#q3 = affine_map<(b, m, n, k) -> (b, m, k)>
#k3 = affine_map<(b, m, n, k) -> (b, n, k)>
#v3 = affine_map<(b, m, n, k) -> (b, k, n)>
#o3 = affine_map<(b, m, n, k) -> (b, m, n)>

// One batch dimension counts as heads; the probabilities must have no other
// reader.
// CHECK-LABEL: func.func @probabilities_escape
func.func @probabilities_escape(%q: tensor<4x6x8xf32>, %k: tensor<4x5x8xf32>, %v: tensor<4x5x3xf32>) -> (tensor<4x6x3xf32>, tensor<4x6x5xf32>) {
  // CHECK-NOT: lacuna.attention
  // CHECK: lacuna.softmax
  %zero = arith.constant 0.0 : f32
  %es = tensor.empty() : tensor<4x6x5xf32>
  %fs = linalg.fill ins(%zero : f32) outs(%es : tensor<4x6x5xf32>) -> tensor<4x6x5xf32>
  %s = linalg.contract indexing_maps = [#q3, #k3, #o3] ins(%q, %k : tensor<4x6x8xf32>, tensor<4x5x8xf32>) outs(%fs : tensor<4x6x5xf32>) -> tensor<4x6x5xf32>
  %p = lacuna.softmax %s axis = 2 : tensor<4x6x5xf32>
  %eo = tensor.empty() : tensor<4x6x3xf32>
  %fo = linalg.fill ins(%zero : f32) outs(%eo : tensor<4x6x3xf32>) -> tensor<4x6x3xf32>
  %o = linalg.contract indexing_maps = [#q3, #v3, #o3] ins(%p, %v : tensor<4x6x5xf32>, tensor<4x5x3xf32>) outs(%fo : tensor<4x6x3xf32>) -> tensor<4x6x3xf32>
  return %o, %p : tensor<4x6x3xf32>, tensor<4x6x5xf32>
}

// CHECK-LABEL: func.func @one_batch_dimension
// CHECK: lacuna.attention {{.*}}scale = 1.000000e+00{{.*}}(tensor<1x4x6x8xf32>, tensor<1x4x5x8xf32>, tensor<1x4x5x3xf32>) -> tensor<1x4x6x3xf32>
func.func @one_batch_dimension(%q: tensor<4x6x8xf32>, %k: tensor<4x5x8xf32>, %v: tensor<4x5x3xf32>) -> tensor<4x6x3xf32> {
  %zero = arith.constant 0.0 : f32
  %es = tensor.empty() : tensor<4x6x5xf32>
  %fs = linalg.fill ins(%zero : f32) outs(%es : tensor<4x6x5xf32>) -> tensor<4x6x5xf32>
  %s = linalg.contract indexing_maps = [#q3, #k3, #o3] ins(%q, %k : tensor<4x6x8xf32>, tensor<4x5x8xf32>) outs(%fs : tensor<4x6x5xf32>) -> tensor<4x6x5xf32>
  %p = lacuna.softmax %s axis = 2 : tensor<4x6x5xf32>
  %eo = tensor.empty() : tensor<4x6x3xf32>
  %fo = linalg.fill ins(%zero : f32) outs(%eo : tensor<4x6x3xf32>) -> tensor<4x6x3xf32>
  %o = linalg.contract indexing_maps = [#q3, #v3, #o3] ins(%p, %v : tensor<4x6x5xf32>, tensor<4x5x3xf32>) outs(%fo : tensor<4x6x3xf32>) -> tensor<4x6x3xf32>
  return %o : tensor<4x6x3xf32>
}

// CHECK-LABEL: func.func @neutral_mask
// CHECK: lacuna.attention %{{[^ ]*}}, %{{[^ ]*}}, %{{[^ ]*}} : (tensor<1x4x6x8xf32>, tensor<1x4x5x8xf32>, tensor<1x4x5x3xf32>) -> tensor<1x4x6x3xf32>
func.func @neutral_mask(%q: tensor<1x4x6x8xf32>, %k: tensor<1x4x5x8xf32>, %v: tensor<1x4x5x3xf32>) -> tensor<1x4x6x3xf32> {
  %all = arith.constant dense<true> : tensor<6x5xi1>
  %r = lacuna.attention %q, %k, %v mask %all : (tensor<1x4x6x8xf32>, tensor<1x4x5x8xf32>, tensor<1x4x5x3xf32>, tensor<6x5xi1>) -> tensor<1x4x6x3xf32>
  return %r : tensor<1x4x6x3xf32>
}

// A batch that the values do not have is no attention; nothing is changed.
// CHECK-LABEL: func.func @other_batch
// CHECK: lacuna.softmax
// CHECK-NOT: lacuna.attention
func.func @other_batch(%q: tensor<2x3x5x4xf32>, %k: tensor<2x3x6x4xf32>, %v: tensor<3x6x4xf32>) -> tensor<2x3x5x4xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x3x5x6xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<2x3x5x6xf32>) -> tensor<2x3x5x6xf32>
  %s = linalg.contract indexing_maps = [affine_map<(b, h, i, j, d) -> (b, h, i, d)>, affine_map<(b, h, i, j, d) -> (b, h, j, d)>, affine_map<(b, h, i, j, d) -> (b, h, i, j)>]
      ins(%q, %k : tensor<2x3x5x4xf32>, tensor<2x3x6x4xf32>) outs(%z : tensor<2x3x5x6xf32>) -> tensor<2x3x5x6xf32>
  %p = lacuna.softmax %s axis = 3 : tensor<2x3x5x6xf32>
  %f0 = tensor.empty() : tensor<2x3x5x4xf32>
  %f1 = linalg.fill ins(%zero : f32) outs(%f0 : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  %r = linalg.contract indexing_maps = [affine_map<(b, h, i, d, j) -> (b, h, i, j)>, affine_map<(b, h, i, d, j) -> (h, j, d)>, affine_map<(b, h, i, d, j) -> (b, h, i, d)>]
      ins(%p, %v : tensor<2x3x5x6xf32>, tensor<3x6x4xf32>) outs(%f1 : tensor<2x3x5x4xf32>) -> tensor<2x3x5x4xf32>
  return %r : tensor<2x3x5x4xf32>
}
