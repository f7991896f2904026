// RUN: lacuna compile %s --emit=gradient --gradient-of y --wrt q | FileCheck %s
// Keys that a score region hides have probability 0: cotangents pass the choice
// as they are.

// CHECK: lacuna.attention_backward
// CHECK: score_backward {
// CHECK-NEXT: ^bb0({{.*}}, %[[COTANGENT:[a-z0-9_]+]]: f32):
// CHECK: lacuna.yield %[[COTANGENT]] : f32
func.func @main(%q: tensor<1x2x5x8xf32> {lacuna.name = "q"})
    -> (tensor<1x2x5x8xf32> {lacuna.name = "x"},
        tensor<f32> {lacuna.name = "y"}) {
  %x = lacuna.attention %q, %q, %q score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %seen = arith.cmpi sle, %j, %i : index
    %none = arith.constant 0xFF800000 : f32
    %t = arith.select %seen, %s, %none : f32
    lacuna.yield %t : f32
  } : (tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>, tensor<1x2x5x8xf32>)
      -> tensor<1x2x5x8xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<f32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<f32>) -> tensor<f32>
  %y = linalg.reduce ins(%x : tensor<1x2x5x8xf32>) outs(%f : tensor<f32>)
      dimensions = [0, 1, 2, 3]
      (%a: f32, %c: f32) {
        %sum = arith.addf %a, %c : f32
        linalg.yield %sum : f32
      }
  return %x, %y : tensor<1x2x5x8xf32>, tensor<f32>
}
