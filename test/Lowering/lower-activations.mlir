// RUN: lacuna-opt %s --lacuna-lower-activations | FileCheck %s

// CHECK-DAG: #[[$BROADCAST:.*]] = affine_map<(d0, d1, d2) -> (d1, 0)>

// Piecewise linear kinds stay in f32.
// CHECK-LABEL: func @relu
// CHECK: linalg.generic
// CHECK-NOT: f64
// CHECK: arith.select
// CHECK: linalg.yield %{{.*}} : f32
func.func @relu(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  %0 = lacuna.activation relu %x : tensor<2x?xf32>
  return %0 : tensor<2x?xf32>
}

// Most curved ones are computed in f64 and rounded once.
// CHECK-LABEL: func @mish
// CHECK: arith.extf %{{.*}} : f32 to f64
// CHECK: math.exp %{{.*}} fastmath<afn> : f64
// CHECK: arith.truncf %{{.*}} : f64 to f32
func.func @mish(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = lacuna.activation mish %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// The dearest ones get by in f32.
// CHECK-LABEL: func @gelu
// CHECK-NOT: f64
// CHECK: arith.divf %{{.*}} : f32
// CHECK: linalg.yield
// CHECK-NOT: f64
// CHECK: return
func.func @gelu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = lacuna.activation gelu %x : tensor<4xf32>
  %1 = lacuna.activation silu %0 : tensor<4xf32>
  return %1 : tensor<4xf32>
}

// CHECK-LABEL: func @double
// CHECK: math.tanh %{{.*}} : f64
func.func @double(%x: tensor<4xf64>) -> tensor<4xf64> {
  %0 = lacuna.activation tanh %x : tensor<4xf64>
  return %0 : tensor<4xf64>
}

// CHECK-LABEL: func @prelu
// CHECK: linalg.generic {indexing_maps = [#{{.*}}, #[[$BROADCAST]], #{{.*}}]
func.func @prelu(%x: tensor<2x3x5xf32>, %s: tensor<3x1xf32>)
    -> tensor<2x3x5xf32> {
  %0 = lacuna.prelu %x, %s
     : (tensor<2x3x5xf32>, tensor<3x1xf32>) -> tensor<2x3x5xf32>
  return %0 : tensor<2x3x5xf32>
}

// The second half is the gate.
// CHECK-LABEL: func @swiglu
// CHECK: %[[A:.*]] = tensor.extract_slice %{{.*}}[0, 0] [2, 4]
// CHECK: %[[B:.*]] = tensor.extract_slice %{{.*}}[0, 4] [2, 4]
// CHECK: linalg.generic {{.*}} ins(%[[A]], %[[B]]
func.func @swiglu(%x: tensor<2x8xf32>) -> tensor<2x4xf32> {
  %0 = lacuna.gated swiglu %x axis = 1
     : (tensor<2x8xf32>) -> tensor<2x4xf32>
  return %0 : tensor<2x4xf32>
}
