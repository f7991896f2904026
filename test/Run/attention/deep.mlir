// RUN: lacuna check %s
// RUN: sed s/131072/8388608/g %s > %t.mlir
// RUN: not lacuna check %t.mlir 2>&1 | FileCheck %s

// Rows whose sums no stack has room for. Equal keys weigh the same, so that the
// output is a value.
// CHECK: deep.mlir.tmp.mlir:[[@LINE+4]]:8: scratch of a kernel must be 268435456 bytes per thread at most, got 1610{{[0-9]+}}
func.func @deep() {
  %c = arith.constant dense<[0, 2]> : tensor<2xi32>
  %x = arith.constant dense<1.0> : tensor<2x1x131072xf32>
  %r = lacuna.attention %x, %x, %x cu_seqlens_query %c
      : (tensor<2x1x131072xf32>, tensor<2x1x131072xf32>, tensor<2x1x131072xf32>, tensor<2xi32>)
      -> tensor<2x1x131072xf32>
  check.expect_equal %r, %x : tensor<2x1x131072xf32>
  return
}
