// RUN: lacuna compile %s --target=cuda --emit=memory \
// RUN:   | lacuna-opt --lacuna-emit-hopper=device-only | FileCheck %s
// Channels last, by a map of the window's places. At dilation 30 on 33 x 33
// the first tiles, rows 0 to 23 of the image, do not see the first row of the
// kernel: their table starts at its second.

// CHECK: llvm.mlir.global internal constant @kernel_packed_convolution_device_units(dense<"0x
// CHECK: llvm.func @kernel_packed_convolution_device(
// CHECK-SAME: box = array<i64: 64, [[ROWS:[0-9]+]]>, buffer = 0
// CHECK-SAME: lower = array<i64: -30, -30>
// CHECK-SAME: sizes = array<i64: 64, 33, 33, 2>, steps = array<i64: 1, 1>
// CHECK-SAME: upper = array<i64: -30, -30>
// CHECK: hopper.multiply {{.*}} transpose_b
// CHECK: hopper.load %{{.*}}[{{.*}}] offset[
// CHECK: hopper.load
func.func @main(%x: tensor<2x64x33x33xbf16>, %f: tensor<64x64x3x3xbf16>)
    -> tensor<2x64x33x33xbf16> {
  %r = lacuna.convolution %x, %f strides = [1, 1] dilations = [30, 30]
      pads = [30, 30] to [30, 30]
      : (tensor<2x64x33x33xbf16>, tensor<64x64x3x3xbf16>)
      -> tensor<2x64x33x33xbf16>
  return %r : tensor<2x64x33x33xbf16>
}
