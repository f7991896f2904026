// RUN: lacuna-opt %s --lacuna-tile-attention=key-tile=16 | FileCheck %s
// RUN: lacuna-opt %s --lacuna-tile-attention="key-tile=16 unroll=true" | FileCheck %s --check-prefix=UNROLLED
// RUN: not lacuna-opt %s --lacuna-tile-attention=key-tile=0 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: `key-tile` must be positive, got 0

// Two whole tiles in a loop and one of three keys.
// CHECK-LABEL: func @plain
// CHECK: scf.for
// CHECK: tensor.extract_slice {{.*}} tensor<1x2x35x8xf32> to tensor<1x2x16x8xf32>
// CHECK: lacuna.online_attention {{.*}} into
// CHECK: scf.yield
// CHECK: lacuna.online_attention {{.*}}tensor<1x2x3x8xf32>
// CHECK: arith.divf
// UNROLLED-LABEL: func @plain
// UNROLLED-NOT: scf.for
// UNROLLED-COUNT-3: lacuna.online_attention
// UNROLLED-NOT: lacuna.online_attention
// UNROLLED: return
func.func @plain(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x35x8xf32>,
                 %v: tensor<1x2x35x6xf32>) -> tensor<1x4x5x6xf32> {
  %0 = lacuna.attention %q, %k, %v
      : (tensor<1x4x5x8xf32>, tensor<1x2x35x8xf32>, tensor<1x2x35x6xf32>)
      -> tensor<1x4x5x6xf32>
  return %0 : tensor<1x4x5x6xf32>
}

// Packed sequences stay.
// CHECK-LABEL: func @packed
// CHECK: lacuna.attention
// CHECK-NOT: online_attention
func.func @packed(%q: tensor<7x1x8xf32>, %c: tensor<3xi64>)
    -> tensor<7x1x8xf32> {
  %0 = lacuna.attention %q, %q, %q cu_seqlens_query %c
      : (tensor<7x1x8xf32>, tensor<7x1x8xf32>, tensor<7x1x8xf32>,
         tensor<3xi64>) -> tensor<7x1x8xf32>
  return %0 : tensor<7x1x8xf32>
}
