// RUN: lacuna check %s
// RUN: sed 's/to \[95\]/to [0]/; s/100/65536/; s/1x1x8xf32/1x1x65539xf32/; s/dense<\[\[\[2.0, -2.*\]>/dense<0.0>/' %s > %t.mlir
// RUN: not lacuna check %t.mlir 2>&1 | FileCheck %s

// A stride longer than what is left of the outputs: of 100 phases 8 are there.
// CHECK: 'lacuna.transposed_convolution' op must have at most 4096 outputs that see the kernel at different places, got strides that make 65536
func.func @cut() {
  %x = arith.constant dense<[[[2.0, 5.0]]]> : tensor<1x1x2xf32>
  %w = arith.constant dense<[[[1.0, -1.0, 3.0]]]> : tensor<1x1x3xf32>
  %r = lacuna.transposed_convolution %x, %w strides = [100] dilations = [1] pads = [0] to [95] output_padding = [0] groups = 1
      : (tensor<1x1x2xf32>, tensor<1x1x3xf32>) -> tensor<1x1x8xf32>
  %e = arith.constant dense<[[[2.0, -2.0, 6.0, 0.0, 0.0, 0.0, 0.0, 0.0]]]> : tensor<1x1x8xf32>
  check.expect_equal %r, %e : tensor<1x1x8xf32>
  return
}
