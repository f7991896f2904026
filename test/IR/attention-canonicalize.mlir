// RUN: lacuna-opt %s -canonicalize | FileCheck %s

// CHECK-LABEL: func @empty_score
// CHECK: lacuna.attention %{{.*}}, %{{.*}}, %{{.*}} :
func.func @empty_score(%q: tensor<1x2x5x8xf32>) -> tensor<1x2x5x8xf32> {
  %r = lacuna.attention %q, %q, %q score {
    ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
      lacuna.yield %s : f32
    } : (tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>)
      -> tensor<1x2x5x8xf32>
  return %r : tensor<1x2x5x8xf32>
}
