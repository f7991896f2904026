// RUN: lacuna compile %s --target=cuda --emit=ptx -o %t.ptx
// RUN: FileCheck %s --input-file=%t.ptx
// RUN: %if ptxas %{ ptxas -arch=sm_80 -v %t.ptx -o %t.cubin 2>&1 | FileCheck %s --check-prefix=PTXAS --implicit-check-not='{{[1-9][0-9]*}} bytes spill' %}
// Kernels by groups of threads: 16 bytes at a time, a line read once and its
// sums exchanged between registers and then through shared memory.

// PTXAS-COUNT-5: 0 bytes spill stores

// CHECK-LABEL: .entry kernel_reduce_launch(
// CHECK: ld.global.v4.b32
// CHECK: shfl.sync.bfly.b32

// CHECK-LABEL: .entry kernel_contract_launch(
// CHECK: ld.global.v4.b32
// CHECK: bar.sync
// CHECK: ld.shared.v4.b32
// CHECK: fma.rn.f32
// CHECK: st.global.v4.b32

// CHECK-LABEL: .entry kernel_transpose_launch(
// CHECK: st.shared.b32
// CHECK: bar.sync
// CHECK: ld.shared.b32

// CHECK-LABEL: .entry kernel_softmax_launch(
// CHECK-COUNT-4: ld.global.v4.b32
// CHECK-NOT: ld.global
// CHECK: shfl.sync.bfly.b32
// CHECK: ld.shared.b32
// CHECK-COUNT-4: st.global.v4.b32

// CHECK-LABEL: .entry kernel_generic_launch(
// CHECK: ld.global.v4.b32
// CHECK: bf16x2
// CHECK: st.global.v4.b32
func.func @main(%a: tensor<4096xbf16>, %x: tensor<64x4096xf32>,
                %w: tensor<4096x128xf32>)
    -> (tensor<4096xbf16>, tensor<64x4096xf32>, tensor<4096x64xf32>,
        tensor<64x128xf32>, tensor<64xf32>) {
  %zero = arith.constant 0.0 : f32
  %sum = arith.addf %a, %a : tensor<4096xbf16>
  %softmax = lacuna.softmax %x axis = 1 : tensor<64x4096xf32>
  %e0 = tensor.empty() : tensor<4096x64xf32>
  %turned = linalg.transpose ins(%x : tensor<64x4096xf32>)
      outs(%e0 : tensor<4096x64xf32>) permutation = [1, 0]
  %e1 = tensor.empty() : tensor<64x128xf32>
  %i1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<64x128xf32>)
      -> tensor<64x128xf32>
  %product = linalg.matmul
      ins(%x, %w : tensor<64x4096xf32>, tensor<4096x128xf32>)
      outs(%i1 : tensor<64x128xf32>) -> tensor<64x128xf32>
  %e2 = tensor.empty() : tensor<64xf32>
  %i2 = linalg.fill ins(%zero : f32) outs(%e2 : tensor<64xf32>) -> tensor<64xf32>
  %total = linalg.reduce { arith.addf } ins(%x : tensor<64x4096xf32>)
      outs(%i2 : tensor<64xf32>) dimensions = [1]
  return %sum, %softmax, %turned, %product, %total
      : tensor<4096xbf16>, tensor<64x4096xf32>, tensor<4096x64xf32>,
        tensor<64x128xf32>, tensor<64xf32>
}
