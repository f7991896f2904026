// A loss becomes the first result of public functions.
// RUN: lacuna-opt --lacuna-select-loss %s | FileCheck %s
// RUN: lacuna-opt --pass-pipeline='builtin.module(func.func(lacuna-select-loss{of=s}))' %s | FileCheck %s --check-prefix=NAMED

// CHECK-LABEL: func.func @main
// CHECK-SAME: (tensor<f32> {lacuna.name = "loss"}, tensor<2x3xf32> {lacuna.name = "y"}, tensor<1xf32> {lacuna.name = "s"})
// CHECK: arith.mulf
// CHECK: linalg.reduce ins(%{{.*}} : tensor<2x3xf32>) {{.*}} dimensions = [1]
// CHECK: linalg.reduce ins(%{{.*}} : tensor<2xf32>) {{.*}} dimensions = [0]
// CHECK: %[[SHARE:.*]] = arith.constant 0.166666672
// CHECK: arith.mulf %{{.*}}, %[[SHARE]]
// NAMED: (tensor<1xf32> {lacuna.name = "loss"}
// NAMED: return %arg1, %arg0, %arg1
func.func @main(%x: tensor<2x3xf32>, %s: tensor<1xf32>)
    -> (tensor<2x3xf32> {lacuna.name = "y"}, tensor<1xf32> {lacuna.name = "s"}) {
  return %x, %s : tensor<2x3xf32>, tensor<1xf32>
}

// CHECK-LABEL: func.func private @part(%arg0: tensor<i1>) -> tensor<i1>
// NAMED: func.func private @part(%arg0: tensor<i1>) -> tensor<i1>
func.func private @part(%x: tensor<i1>) -> tensor<i1> {
  return %x : tensor<i1>
}
