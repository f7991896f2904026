// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s
// RUN: lacuna-opt %s -mlir-print-op-generic | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @grouped
// CHECK: lacuna.convolution_filter_gradient %{{.*}}, %{{.*}} kernel = [3, 2] strides = [2, 1] dilations = [1, 2] pads = [0, 1] to [0, -1] groups = 2 : (
func.func @grouped(%x: tensor<2x4x7x8xf32>, %d: tensor<2x6x3x6xf32>)
    -> tensor<6x2x3x2xf32> {
  %r = lacuna.convolution_filter_gradient %x, %d kernel = [3, 2]
      strides = [2, 1] dilations = [1, 2] pads = [0, 1] to [0, -1] groups = 2
      : (tensor<2x4x7x8xf32>, tensor<2x6x3x6xf32>) -> tensor<6x2x3x2xf32>
  return %r : tensor<6x2x3x2xf32>
}

// CHECK-LABEL: func @open_sizes
// CHECK: layout = channels_last : (tensor<?x?x4xf16>, tensor<?x?x?xf16>) -> tensor<?x4x5xf16>
// CHECK: layout = channels_last result_layout = channels_last : {{.*}} -> tensor<?x5x4xf16>
func.func @open_sizes(%x: tensor<?x?x4xf16>, %d: tensor<?x?x?xf16>)
    -> (tensor<?x4x5xf16>, tensor<?x5x4xf16>) {
  %r = lacuna.convolution_filter_gradient %x, %d kernel = [5] strides = [1]
      dilations = [1] pads = [2] to [2] layout = channels_last
      : (tensor<?x?x4xf16>, tensor<?x?x?xf16>) -> tensor<?x4x5xf16>
  %s = lacuna.convolution_filter_gradient %x, %d kernel = [5] strides = [1]
      dilations = [1] pads = [2] to [2] layout = channels_last
      result_layout = channels_last
      : (tensor<?x?x4xf16>, tensor<?x?x?xf16>) -> tensor<?x5x4xf16>
  return %r, %s : tensor<?x4x5xf16>, tensor<?x5x4xf16>
}
