// A failing pass leaves its input and the command that runs it again.
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: not lacuna compile %s -o libnet.so --reproducer=again.mlir 2>&1 | FileCheck %s
// RUN: ls | FileCheck %s --check-prefix=FILES --implicit-check-not=libnet
// RUN: not lacuna-opt --run-reproducer again.mlir 2>&1 | FileCheck %s --check-prefix=AGAIN

// CHECK: error: {{.*}}reproducer.mlir:[[#@LINE+8]]:{{[0-9]+}}: 'tensor.extract' op result must be a tensor of known shape, got 'f32'
// CHECK: the failing pass and its input are in again.mlir; to run it again:
// CHECK-NEXT: lacuna-opt --run-reproducer again.mlir
// FILES: again.mlir
// AGAIN: 'tensor.extract' op result must be a tensor of known shape

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %i = arith.constant 0 : index
  %first = tensor.extract %x[%i] : tensor<4xf32>
  %y = tensor.splat %first : tensor<4xf32>
  return %y : tensor<4xf32>
}
