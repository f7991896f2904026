// RUN: lacuna-opt %s --split-input-file --lacuna-plan-recompute=memory-budget=0.8 | FileCheck %s
// RUN: lacuna-opt %s --split-input-file --lacuna-plan-recompute=memory-budget=1.0 | FileCheck %s --check-prefix=ALL --implicit-check-not=lacuna.barrier

// Three large values are read backwards; one is dropped and computed again from
// a result of the caller, behind a barrier, right before its reader.
// CHECK-LABEL: func.func @chain(%arg0: tensor<16x16xf32>
// CHECK: %[[A:.*]] = lacuna.softmax %arg0
// CHECK-NEXT: %[[KEPT:.*]] = lacuna.barrier %[[A]]
// CHECK: arith.mulf
// CHECK: %[[B:.*]] = lacuna.softmax %[[KEPT]]
// CHECK-NEXT: arith.mulf %{{.*}}, %[[B]]
// CHECK: return
// ALL-LABEL: func.func @chain
func.func @chain(%x: tensor<16x16xf32>) -> (tensor<16x16xf32>, tensor<16x16xf32>) {
  %a = lacuna.softmax %x axis = 1 : tensor<16x16xf32>
  %b = lacuna.softmax %a axis = 1 : tensor<16x16xf32>
  %c = lacuna.softmax %b axis = 1 : tensor<16x16xf32>
  %d = lacuna.softmax %c axis = 1 : tensor<16x16xf32>
  %gd = arith.mulf %d, %d {lacuna.backward} : tensor<16x16xf32>
  %sd = lacuna.softmax %gd axis = 1 {lacuna.backward} : tensor<16x16xf32>
  %gc = arith.mulf %sd, %c {lacuna.backward} : tensor<16x16xf32>
  %sc = lacuna.softmax %gc axis = 1 {lacuna.backward} : tensor<16x16xf32>
  %gb = arith.mulf %sc, %b {lacuna.backward} : tensor<16x16xf32>
  %sb = lacuna.softmax %gb axis = 1 {lacuna.backward} : tensor<16x16xf32>
  %ga = arith.mulf %sb, %a {lacuna.backward} : tensor<16x16xf32>
  return %ga, %a : tensor<16x16xf32>, tensor<16x16xf32>
}

// -----

// Nothing is backward: nothing to plan.
// CHECK-LABEL: func.func @forward
// CHECK-NOT: lacuna.barrier
func.func @forward(%x: tensor<256xf32>) -> tensor<256xf32> {
  %a = lacuna.activation tanh %x : tensor<256xf32>
  return %a : tensor<256xf32>
}
