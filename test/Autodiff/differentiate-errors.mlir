// RUN: split-file %s %t
// RUN: not lacuna-opt --lacuna-differentiate %t/rule.mlir 2>&1 | FileCheck --check-prefix=RULE %s
// RUN: not lacuna-opt --lacuna-differentiate %t/loss.mlir 2>&1 | FileCheck --check-prefix=LOSS %s
// RUN: not lacuna-opt --lacuna-differentiate %t/integer.mlir 2>&1 | FileCheck --check-prefix=INTEGER %s
// RUN: lacuna-opt --lacuna-differentiate %t/detach.mlir | FileCheck --check-prefix=DETACH %s

// RULE: rule.mlir:{{[0-9]+:[0-9]+}}: error: 'linalg.map' op must have a rule to be differentiated
// RULE: note: on the way from the loss: linalg.transpose, linalg.map, argument 0
// LOSS: the loss, its first result, must be a float tensor of one element, got 'tensor<2xf32>'
// INTEGER: argument 0 with `lacuna.requires_grad` must be a float tensor of known shape, got
// DETACH-LABEL: func.func @f
// DETACH-NOT: requires_grad
// DETACH-SAME: lacuna.name = "d_x"}
// DETACH-SAME: lacuna.name = "d_input1"}
// DETACH: lacuna.activation relu
// DETACH: lacuna.backward
// DETACH-NOT: lacuna.activation
// DETACH: return

//--- rule.mlir
func.func @f(%x: tensor<1x1xf32> {lacuna.requires_grad}) -> tensor<1x1xf32> {
  %e = tensor.empty() : tensor<1x1xf32>
  %y = linalg.map { math.absf } ins(%x : tensor<1x1xf32>) outs(%e : tensor<1x1xf32>)
  %t = linalg.transpose ins(%y : tensor<1x1xf32>) outs(%e : tensor<1x1xf32>) permutation = [1, 0]
  return %t : tensor<1x1xf32>
}

//--- loss.mlir
func.func @f(%x: tensor<2xf32> {lacuna.requires_grad}) -> tensor<2xf32> {
  return %x : tensor<2xf32>
}

//--- integer.mlir
func.func @f(%x: tensor<1xi32> {lacuna.requires_grad}) -> tensor<1xi32> {
  return %x : tensor<1xi32>
}

//--- detach.mlir
// The derivative of relu(x) detach(x) has one term; y's is zero.
#id = affine_map<(i) -> (i)>
func.func @f(%x: tensor<1xf32> {lacuna.name = "x", lacuna.requires_grad},
             %y: tensor<1xf32> {lacuna.requires_grad}) -> tensor<1xf32> {
  %a = lacuna.activation relu %x : tensor<1xf32>
  %d = lacuna.detach %x : tensor<1xf32>
  %e = tensor.empty() : tensor<1xf32>
  %r = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel"]} ins(%a, %d : tensor<1xf32>, tensor<1xf32>) outs(%e : tensor<1xf32>) {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %m = arith.mulf %p, %q : f32
    linalg.yield %m : f32
  } -> tensor<1xf32>
  return %r : tensor<1xf32>
}
