// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s

// CHECK-LABEL: @attention_backward
// CHECK: lacuna.attention_backward %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}} causal = top_left splits = 2 :
func.func @attention_backward(%q: tensor<1x4x5x8xf32>, %k: tensor<1x2x9x8xf32>, %v: tensor<1x2x9x6xf32>, %o: tensor<1x4x5x6xf32>, %l: tensor<1x4x5xf32>) -> tensor<2x1x4x5x8xf32> {
  %dq, %dk, %dv = lacuna.attention_backward %q, %k, %v, %o, %l, %o causal = top_left splits = 2 : (tensor<1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x6xf32>, tensor<1x4x5x6xf32>, tensor<1x4x5xf32>, tensor<1x4x5x6xf32>) -> (tensor<2x1x4x5x8xf32>, tensor<1x2x9x8xf32>, tensor<1x2x9x6xf32>)
  return %dq : tensor<2x1x4x5x8xf32>
}

// CHECK-LABEL: @attention_backward_score
// CHECK: mask %{{.*}} soft_cap = 3.000000e+01
// CHECK-SAME: score {
// CHECK: score_backward {
// CHECK: -> (tensor<1x1x4x5x8xf32>, tensor<1x2x9x8xf16>, tensor<1x2x9x6xf16>, tensor<1x4x5x9xf32>)
func.func @attention_backward_score(%q: tensor<1x4x5x8xf16>, %k: tensor<1x2x9x8xf16>, %v: tensor<1x2x9x6xf16>, %o: tensor<1x4x5x6xf16>, %l: tensor<1x4x5xf32>, %m: tensor<5x9xf32>) -> tensor<1x4x5x9xf32> {
  %dq, %dk, %dv, %ds = lacuna.attention_backward %q, %k, %v, %o, %l, %o mask %m soft_cap = 30.0 score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %t = math.sin %s : f32
    lacuna.yield %t : f32
  } score_backward {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index, %g: f32):
    %c = math.cos %s : f32
    %t = arith.mulf %c, %g : f32
    lacuna.yield %t : f32
  } : (tensor<1x4x5x8xf16>, tensor<1x2x9x8xf16>, tensor<1x2x9x6xf16>, tensor<1x4x5x6xf16>, tensor<1x4x5xf32>, tensor<1x4x5x6xf16>, tensor<5x9xf32>) -> (tensor<1x1x4x5x8xf32>, tensor<1x2x9x8xf16>, tensor<1x2x9x6xf16>, tensor<1x4x5x9xf32>)
  return %ds : tensor<1x4x5x9xf32>
}
