// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s
// RUN: lacuna-opt %s -mlir-print-op-generic | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @atrous
// CHECK: lacuna.convolution %{{.*}}, %{{.*}}, %{{.*}} strides = [1, 1] dilations = [12, 12] pads = [12, 12] to [12, 12] groups = 2 : (
func.func @atrous(%x: tensor<1x8x33x33xf32>, %f: tensor<16x4x3x3xf32>,
                  %b: tensor<16xf32>) -> tensor<1x16x33x33xf32> {
  %r = lacuna.convolution %x, %f, %b strides = [1, 1] dilations = [12, 12]
      pads = [12, 12] to [12, 12] groups = 2
      : (tensor<1x8x33x33xf32>, tensor<16x4x3x3xf32>, tensor<16xf32>)
      -> tensor<1x16x33x33xf32>
  return %r : tensor<1x16x33x33xf32>
}

// CHECK-LABEL: func @channels_last
// CHECK: lacuna.convolution %{{.*}}, %{{.*}} strides = [2] dilations = [1] pads = [1] to [0] layout = channels_last : (
func.func @channels_last(%x: tensor<?x9x4xbf16>, %f: tensor<6x4x3xbf16>)
    -> tensor<?x4x6xbf16> {
  %r = lacuna.convolution %x, %f strides = [2] dilations = [1]
      pads = [1] to [0] layout = channels_last
      : (tensor<?x9x4xbf16>, tensor<6x4x3xbf16>) -> tensor<?x4x6xbf16>
  return %r : tensor<?x4x6xbf16>
}

// A size that the operands leave open may be declared, and the other way.
// CHECK-LABEL: func @dynamic
// CHECK: lacuna.convolution
func.func @dynamic(%x: tensor<2x4x?x8x8xf64>, %f: tensor<?x4x1x3x3xf64>)
    -> tensor<2x?x5x?x6xf64> {
  %r = lacuna.convolution %x, %f strides = [1, 1, 1] dilations = [1, 1, 1]
      pads = [0, 0, 0] to [0, 0, 0]
      : (tensor<2x4x?x8x8xf64>, tensor<?x4x1x3x3xf64>)
      -> tensor<2x?x5x?x6xf64>
  return %r : tensor<2x?x5x?x6xf64>
}

// A window larger than the input has no outputs.
// CHECK-LABEL: func @empty
// CHECK: tensor<0x4x0xf16>
func.func @empty(%x: tensor<0x4x2xf16>, %f: tensor<4x4x3xf16>) {
  %r = lacuna.convolution %x, %f strides = [1] dilations = [1]
      pads = [0] to [0]
      : (tensor<0x4x2xf16>, tensor<4x4x3xf16>) -> tensor<0x4x0xf16>
  return
}

// CHECK-LABEL: func @transposed
// CHECK: lacuna.transposed_convolution %{{.*}}, %{{.*}} strides = [2, 2] dilations = [1, 1] pads = [1, -1] to [1, 0] output_padding = [1, 0] groups = 4 : (
func.func @transposed(%x: tensor<1x8x5x5xf32>, %f: tensor<8x2x3x3xf32>)
    -> tensor<1x8x10x12xf32> {
  %r = lacuna.transposed_convolution %x, %f strides = [2, 2]
      dilations = [1, 1] pads = [1, -1] to [1, 0] output_padding = [1, 0]
      groups = 4
      : (tensor<1x8x5x5xf32>, tensor<8x2x3x3xf32>) -> tensor<1x8x10x12xf32>
  return %r : tensor<1x8x10x12xf32>
}

// CHECK-LABEL: func @packed
// CHECK: lacuna.pack_filter %{{.*}} groups = 1 lanes = 8 : tensor<20x4x3x3xf32> -> tensor<3x9x4x8xf32>
// CHECK: lacuna.packed_convolution %{{.*}}, %{{.*}} kernel = [3, 3] strides = [1, 1] dilations = [6, 6] pads = [6, 6] to [6, 6] : (
func.func @packed(%x: tensor<1x33x33x4xf32>, %f: tensor<20x4x3x3xf32>)
    -> tensor<1x33x33x20xf32> {
  %p = lacuna.pack_filter %f groups = 1 lanes = 8
      : tensor<20x4x3x3xf32> -> tensor<3x9x4x8xf32>
  %r = lacuna.packed_convolution %x, %p kernel = [3, 3] strides = [1, 1]
      dilations = [6, 6] pads = [6, 6] to [6, 6]
      : (tensor<1x33x33x4xf32>, tensor<3x9x4x8xf32>) -> tensor<1x33x33x20xf32>
  return %r : tensor<1x33x33x20xf32>
}

// CHECK-LABEL: func @depthwise
// CHECK: tensor<2x9x1x8xf32>
func.func @depthwise(%f: tensor<12x1x3x3xf32>) -> tensor<2x9x1x8xf32> {
  %p = lacuna.pack_filter %f groups = 12 lanes = 8
      : tensor<12x1x3x3xf32> -> tensor<2x9x1x8xf32>
  return %p : tensor<2x9x1x8xf32>
}
