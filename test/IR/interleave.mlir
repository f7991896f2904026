// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s
// RUN: lacuna-opt %s -mlir-print-op-generic | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @phases
// CHECK: lacuna.interleave %{{.*}}, %{{.*}} strides = [2] size = [9] : (
func.func @phases(%a: tensor<1x5x8xf32>, %b: tensor<1x5x8xf32>)
    -> tensor<1x9x8xf32> {
  %r = lacuna.interleave %a, %b strides = [2] size = [9]
      : (tensor<1x5x8xf32>, tensor<1x5x8xf32>) -> tensor<1x9x8xf32>
  return %r : tensor<1x9x8xf32>
}

// CHECK-LABEL: func @parts_of_channels
// CHECK: lacuna.interleave %{{.*}} strides = [2, 3] size = [4, 6] : (
func.func @parts_of_channels(%a: tensor<?x2x2x12xbf16>)
    -> tensor<?x4x6x2xbf16> {
  %r = lacuna.interleave %a strides = [2, 3] size = [4, 6]
      : (tensor<?x2x2x12xbf16>) -> tensor<?x4x6x2xbf16>
  return %r : tensor<?x4x6x2xbf16>
}
