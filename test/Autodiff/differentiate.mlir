// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(lacuna-differentiate))' | FileCheck %s

#id = affine_map<() -> ()>

// The cotangent of the argument that asks for it is one more result; no other
// is computed.
// CHECK-LABEL: func.func @product
// CHECK-SAME: lacuna.name = "x"
// CHECK-SAME: -> (tensor<f64>{{.*}}, tensor<f64>{{.*}}"d_x"
// CHECK: lacuna.activation tanh
// CHECK: linalg.generic
// CHECK-SAME: lacuna.backward
// CHECK: return %{{.*}}, %{{.*}} : tensor<f64>, tensor<f64>
func.func @product(
    %x: tensor<f64> {lacuna.name = "x", lacuna.requires_grad},
    %y: tensor<f64> {lacuna.name = "y"}) -> tensor<f64> {
  %e = tensor.empty() : tensor<f64>
  %0 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = []}
      ins(%x, %y : tensor<f64>, tensor<f64>) outs(%e : tensor<f64>) {
  ^bb0(%a: f64, %b: f64, %o: f64):
    %p = arith.mulf %a, %b : f64
    linalg.yield %p : f64
  } -> tensor<f64>
  %1 = lacuna.activation tanh %0 : tensor<f64>
  return %1 : tensor<f64>
}

// Nothing asks: nothing changes.
// CHECK-LABEL: func.func @plain
// CHECK-NOT: lacuna.backward
// CHECK: return %{{.*}} : tensor<f64>
func.func @plain(%x: tensor<f64>) -> tensor<f64> {
  %0 = lacuna.activation tanh %x : tensor<f64>
  return %0 : tensor<f64>
}
