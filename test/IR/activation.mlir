// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s
// RUN: lacuna-opt %s -mlir-print-op-generic | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @activation
// CHECK: lacuna.activation relu %{{.*}} : tensor<4x?xf32>
// CHECK: lacuna.activation leaky_relu %{{.*}} alpha = 2.000000e-01 : tensor
// CHECK: lacuna.activation hard_tanh %{{.*}} alpha = -2.000000e+00 beta = 3.000000e+00 : tensor
// CHECK: lacuna.activation shrink %{{.*}} beta = 1.500000e+00 : tensor
func.func @activation(%x: tensor<4x?xf32>) {
  %0 = lacuna.activation relu %x : tensor<4x?xf32>
  %1 = lacuna.activation leaky_relu %x alpha = 0.2 : tensor<4x?xf32>
  %2 = lacuna.activation hard_tanh %x alpha = -2.0 beta = 3.0 : tensor<4x?xf32>
  %3 = lacuna.activation shrink %x beta = 1.5 : tensor<4x?xf32>
  return
}

// CHECK-LABEL: func @prelu
// CHECK: lacuna.prelu %{{.*}}, %{{.*}} : (tensor<2x3x8xf16>, tensor<3x1xf16>) -> tensor<2x3x8xf16>
func.func @prelu(%x: tensor<2x3x8xf16>, %slope: tensor<3x1xf16>) {
  %r = lacuna.prelu %x, %slope
      : (tensor<2x3x8xf16>, tensor<3x1xf16>) -> tensor<2x3x8xf16>
  return
}

// CHECK-LABEL: func @gated
// CHECK: lacuna.gated swiglu %{{.*}} axis = -1 gate_first : (
// CHECK: lacuna.gated bilinear %{{.*}} axis = 0 : (tensor<4x?xf32>) -> tensor<2x?xf32>
func.func @gated(%x: tensor<4x8xf32>, %y: tensor<4x?xf32>) {
  %0 = lacuna.gated swiglu %x axis = -1 gate_first
      : (tensor<4x8xf32>) -> tensor<4x4xf32>
  %1 = lacuna.gated bilinear %y axis = 0 : (tensor<4x?xf32>) -> tensor<2x?xf32>
  return
}

// CHECK-LABEL: func @softmax
// CHECK: lacuna.softmax %{{.*}} axis = 1 : tensor<2x8xf64>
// CHECK: lacuna.softmax %{{.*}} axis = -2 log negate : tensor<2x8xf64>
// CHECK: lacuna.hardmax %{{.*}} axis = 0 : tensor<2x8xf64>
func.func @softmax(%x: tensor<2x8xf64>) {
  %0 = lacuna.softmax %x axis = 1 : tensor<2x8xf64>
  %1 = lacuna.softmax %x axis = -2 log negate : tensor<2x8xf64>
  %2 = lacuna.hardmax %x axis = 0 : tensor<2x8xf64>
  return
}

// CHECK-LABEL: func @maxout
// CHECK: lacuna.maxout %{{.*}} axis = 1 groups = 4 : (tensor<?x8xbf16>) -> tensor<?x2xbf16>
func.func @maxout(%x: tensor<?x8xbf16>) {
  %r = lacuna.maxout %x axis = 1 groups = 4
      : (tensor<?x8xbf16>) -> tensor<?x2xbf16>
  return
}
