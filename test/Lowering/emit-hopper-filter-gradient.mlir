// RUN: lacuna compile %s --target=cuda --emit=memory \
// RUN:   | lacuna-opt --lacuna-emit-hopper=device-only | FileCheck %s
// A product a tap, both sides transposed. At dilation 30 on 33 x 33 the first
// and the last row of the kernel see 3 lines of an image: images stay apart,
// 3 blocks of 64 pixels from the 15th and 2 from the first, where the middle
// row takes all 18.

// CHECK: llvm.func @kernel_convolution_filter_gradient_device(
// CHECK-SAME: box = array<i64: 64, 64, 1>, buffer = 1
// CHECK-SAME: sizes = array<i64: 64, 1089, 2>
// CHECK-SAME: box = array<i64: 64, 64>, buffer = 0
// CHECK-SAME: lower = array<i64: -30, -30>
// CHECK-SAME: steps = array<i64: 1, 1>
// CHECK-SAME: box = array<i64: 64, 64, 1, 1>, buffer = 2
// CHECK-SAME: sizes = array<i64: 64, 64, 3, 3>
// CHECK: hopper.multiply {{.*}} transpose_b {{.*}}transpose_a
// CHECK: %[[FIRST:.*]] = arith.select %{{.*}}, %c0_i32{{.*}}, %c15_i32
// CHECK: %[[COUNT:.*]] = arith.select %{{.*}}, %c18_i32{{.*}}, %c3_i32
// CHECK: arith.select %{{.*}}, %c0_i32{{.*}}, %[[FIRST]]
// CHECK: arith.select %{{.*}}, %c2_i32{{.*}}, %[[COUNT]]
// CHECK: hopper.load %{{.*}}[{{.*}}] offset[
func.func @main(%x: tensor<2x64x33x33xbf16>, %d: tensor<2x64x33x33xbf16>)
    -> tensor<64x64x3x3xbf16> {
  %r = lacuna.convolution_filter_gradient %x, %d kernel = [3, 3]
      strides = [1, 1] dilations = [30, 30] pads = [30, 30] to [30, 30]
      : (tensor<2x64x33x33xbf16>, tensor<2x64x33x33xbf16>)
      -> tensor<64x64x3x3xbf16>
  return %r : tensor<64x64x3x3xbf16>
}
