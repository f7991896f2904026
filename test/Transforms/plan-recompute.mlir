// RUN: lacuna-opt %s --split-input-file --lacuna-plan-recompute=memory-budget=0.8 | FileCheck %s
// RUN: lacuna-opt %s --split-input-file --lacuna-plan-recompute=memory-budget=1.0 | FileCheck %s --check-prefix=ALL --implicit-check-not=lacuna.barrier

// Three large values are read backwards; what is dropped is computed again
// behind a barrier, right before its reader.
// CHECK-LABEL: func.func @chain(%arg0: tensor<256xf32>
// CHECK: %[[A:.*]] = lacuna.activation tanh %arg0
// CHECK: %[[B:.*]] = lacuna.activation tanh %[[A]]
// CHECK: lacuna.activation tanh %[[B]]
// CHECK: lacuna.barrier
// CHECK-NEXT: lacuna.activation tanh
// CHECK: return
// ALL-LABEL: func.func @chain
func.func @chain(%x: tensor<256xf32>) -> tensor<256xf32> {
  %a = lacuna.activation tanh %x : tensor<256xf32>
  %b = lacuna.activation tanh %a : tensor<256xf32>
  %c = lacuna.activation tanh %b : tensor<256xf32>
  %d = lacuna.activation tanh %c : tensor<256xf32>
  %gd = arith.mulf %d, %d {lacuna.backward} : tensor<256xf32>
  %gc = arith.mulf %gd, %c {lacuna.backward} : tensor<256xf32>
  %gb = arith.mulf %gc, %b {lacuna.backward} : tensor<256xf32>
  %ga = arith.mulf %gb, %a {lacuna.backward} : tensor<256xf32>
  return %ga : tensor<256xf32>
}

// -----

// Nothing is backward: nothing to plan.
// CHECK-LABEL: func.func @forward
// CHECK-NOT: lacuna.barrier
func.func @forward(%x: tensor<256xf32>) -> tensor<256xf32> {
  %a = lacuna.activation tanh %x : tensor<256xf32>
  return %a : tensor<256xf32>
}
