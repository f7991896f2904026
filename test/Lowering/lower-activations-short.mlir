// RUN: lacuna-opt %s --lacuna-lower-activations=short-forms | FileCheck %s
// 16-bit activations in few instructions around exp2; f32 keeps its formulas.

// CHECK-LABEL: func.func @gelu
// CHECK: arith.extf
// CHECK: arith.divf
// CHECK-NOT: arith.divf
// CHECK: math.exp2 %{{.*}} fastmath<afn> : f32
// CHECK-NOT: arith.divf
// CHECK: arith.truncf
func.func @gelu(%x: tensor<4xbf16>) -> tensor<4xbf16> {
  %0 = lacuna.activation gelu %x : tensor<4xbf16>
  return %0 : tensor<4xbf16>
}

// CHECK-LABEL: func.func @swiglu
// CHECK-COUNT-2: tensor.extract_slice
// CHECK: math.exp2 %{{.*}} fastmath<afn> : f32
// CHECK: arith.divf
func.func @swiglu(%x: tensor<2x8xf16>) -> tensor<2x4xf16> {
  %0 = lacuna.gated swiglu %x axis = -1 gate_first
      : (tensor<2x8xf16>) -> tensor<2x4xf16>
  return %0 : tensor<2x4xf16>
}

// CHECK-LABEL: func.func @others
// CHECK-COUNT-5: math.exp2
// CHECK-NOT: math.exp2
func.func @others(%x: tensor<4xbf16>, %y: tensor<4xf32>)
    -> (tensor<4xbf16>, tensor<4xf32>) {
  %0 = lacuna.activation silu %x : tensor<4xbf16>
  %1 = lacuna.activation gelu_tanh %0 : tensor<4xbf16>
  %2 = lacuna.activation tanh %1 : tensor<4xbf16>
  %3 = lacuna.activation mish %2 : tensor<4xbf16>
  %4 = lacuna.activation sigmoid %3 : tensor<4xbf16>
  %5 = lacuna.activation gelu %y : tensor<4xf32>
  return %4, %5 : tensor<4xbf16>, tensor<4xf32>
}
