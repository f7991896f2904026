// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @attention
func.func @attention(%q: tensor<1x8x5x64xf32>, %k: tensor<1x2x9x64xf32>,
                     %v: tensor<1x2x9x32xf32>, %m: tensor<8x1x9xi1>,
                     %n: tensor<1xi32>) {
  // CHECK: lacuna.attention %{{.*}}, %{{.*}}, %{{.*}} : (
  %0 = lacuna.attention %q, %k, %v
      : (tensor<1x8x5x64xf32>, tensor<1x2x9x64xf32>, tensor<1x2x9x32xf32>)
      -> tensor<1x8x5x32xf32>
  // CHECK: lacuna.attention %{{.*}}, %{{.*}}, %{{.*}} mask %{{.*}} key_lengths %{{.*}} scale = 2.{{.*}} causal = bottom_right window_left = 3 soft_cap = 3.{{.*}} score {
  // CHECK: -> (tensor<1x8x5x32xf32>, tensor<1x8x5xf32>)
  %1:2 = lacuna.attention %q, %k, %v mask %m key_lengths %n scale = 2.0
      causal = bottom_right window_left = 3 soft_cap = 30.0 score {
    ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
      %t = arith.negf %s : f32
      lacuna.yield %t : f32
    } : (tensor<1x8x5x64xf32>, tensor<1x2x9x64xf32>, tensor<1x2x9x32xf32>,
         tensor<8x1x9xi1>, tensor<1xi32>)
      -> (tensor<1x8x5x32xf32>, tensor<1x8x5xf32>)
  return
}

// CHECK-LABEL: func @packed
func.func @packed(%q: tensor<12x8x64xbf16>, %k: tensor<20x2x64xbf16>,
                  %cq: tensor<4xi32>, %ck: tensor<4xi32>) {
  // CHECK: cu_seqlens_query %{{.*}} cu_seqlens_key %{{.*}} :
  // CHECK-SAME: -> (tensor<12x8x64xbf16>, tensor<12x8xf32>)
  %0:2 = lacuna.attention %q, %k, %k cu_seqlens_query %cq cu_seqlens_key %ck
      : (tensor<12x8x64xbf16>, tensor<20x2x64xbf16>, tensor<20x2x64xbf16>,
         tensor<4xi32>, tensor<4xi32>)
      -> (tensor<12x8x64xbf16>, tensor<12x8xf32>)
  return
}

// CHECK-LABEL: func @unknown
func.func @unknown(%q: tensor<?x?x8x64xf16>, %k: tensor<?x?x8x64xf16>) {
  // CHECK: layout = bshd :
  %0 = lacuna.attention %q, %k, %k layout = bshd
      : (tensor<?x?x8x64xf16>, tensor<?x?x8x64xf16>, tensor<?x?x8x64xf16>)
      -> tensor<?x?x8x64xf16>
  return
}

// CHECK-LABEL: func @rotary
func.func @rotary(%x: tensor<2x8x7x64xf32>, %c: tensor<100x16xf32>,
                  %p: tensor<1x7xi64>) {
  // CHECK: lacuna.rotary_embedding %{{.*}}, %{{.*}}, %{{.*}} position_ids %{{.*}} interleaved rotary_dims = 32 :
  %0 = lacuna.rotary_embedding %x, %c, %c position_ids %p interleaved
      rotary_dims = 32
      : (tensor<2x8x7x64xf32>, tensor<100x16xf32>, tensor<100x16xf32>,
         tensor<1x7xi64>) -> tensor<2x8x7x64xf32>
  return
}
