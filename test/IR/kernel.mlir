// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @kernel
// CHECK: lacuna.kernel "copy"(%{{.*}}) {
// CHECK: lacuna.yield %{{.*}} : tensor<4xf32>
func.func @kernel(%x: tensor<4xf32>) -> tensor<4xf32> {
  %r = lacuna.kernel "copy"(%x) {
  ^bb0(%a: tensor<4xf32>):
    lacuna.yield %a : tensor<4xf32>
  } : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
