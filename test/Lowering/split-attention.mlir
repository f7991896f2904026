// RUN: lacuna-opt %s --lacuna-split-attention | FileCheck %s
// RUN: not lacuna-opt %s --lacuna-split-attention=least-keys=0 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: `tasks` and `least-keys` must be positive, got 64 and 0

// One query of eight heads on two key heads: rows of four, and two times four
// parts.
// CHECK-LABEL: func @decode
// CHECK: tensor.expand_shape {{.*}} into tensor<1x2x4x8xf32>
// CHECK: lacuna.attention {{.*}} key_parts = 4
// CHECK-SAME: -> (tensor<4x1x2x4x8xf32>, tensor<4x1x2x4xf32>)
// CHECK: math.exp
// CHECK: arith.divf
// CHECK: -> tensor<1x2x4x8xf32>
// CHECK: tensor.expand_shape {{.*}} into tensor<1x8x1x8xf32>
func.func @decode(%q: tensor<1x8x1x8xf32>, %k: tensor<1x2x4096x8xf32>) -> tensor<1x8x1x8xf32> {
  %0 = lacuna.attention %q, %k, %k causal = bottom_right
      : (tensor<1x8x1x8xf32>, tensor<1x2x4096x8xf32>, tensor<1x2x4096x8xf32>)
      -> tensor<1x8x1x8xf32>
  return %0 : tensor<1x8x1x8xf32>
}

// Heads turn into rows behind the sequence as well.
// CHECK-LABEL: func @heads_last
// CHECK: linalg.transpose
// CHECK: lacuna.attention {{.*}} layout =  bshd
// CHECK-SAME: tensor<1x4x2x8xf32>
// CHECK-NOT: key_parts
func.func @heads_last(%q: tensor<1x1x8x8xf32>, %k: tensor<1x99x2x8xf32>) -> tensor<1x1x8x8xf32> {
  %0 = lacuna.attention %q, %k, %k layout = bshd
      : (tensor<1x1x8x8xf32>, tensor<1x99x2x8xf32>, tensor<1x99x2x8xf32>)
      -> tensor<1x1x8x8xf32>
  return %0 : tensor<1x1x8x8xf32>
}

// Enough queries for all processors; few keys; a window is not the same for
// rows.
// CHECK-LABEL: func @stays
// CHECK: lacuna.attention %{{.*}}, %{{.*}}, %{{.*}} : (tensor<1x64x1x8xf32>
// CHECK: lacuna.attention %{{.*}}, %{{.*}}, %{{.*}} : (tensor<1x2x1x8xf32>
// CHECK: lacuna.attention %{{.*}} window_left = 3 : (tensor<1x8x1x8xf32>
func.func @stays(%a: tensor<1x64x1x8xf32>, %b: tensor<1x64x4096x8xf32>,
                 %c: tensor<1x2x1x8xf32>, %d: tensor<1x2x2047x8xf32>,
                 %q: tensor<1x8x1x8xf32>)
    -> (tensor<1x64x1x8xf32>, tensor<1x2x1x8xf32>, tensor<1x8x1x8xf32>) {
  %0 = lacuna.attention %a, %b, %b
      : (tensor<1x64x1x8xf32>, tensor<1x64x4096x8xf32>, tensor<1x64x4096x8xf32>)
      -> tensor<1x64x1x8xf32>
  %1 = lacuna.attention %c, %d, %d
      : (tensor<1x2x1x8xf32>, tensor<1x2x2047x8xf32>, tensor<1x2x2047x8xf32>)
      -> tensor<1x2x1x8xf32>
  %2 = lacuna.attention %q, %d, %d causal = bottom_right window_left = 3
      : (tensor<1x8x1x8xf32>, tensor<1x2x2047x8xf32>, tensor<1x2x2047x8xf32>)
      -> tensor<1x8x1x8xf32>
  return %0, %1, %2 : tensor<1x64x1x8xf32>, tensor<1x2x1x8xf32>, tensor<1x8x1x8xf32>
}
