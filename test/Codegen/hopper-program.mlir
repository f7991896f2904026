// RUN: lacuna compile %s --target=cuda:sm_90a --emit=ptx -o %t.ptx
// RUN: FileCheck %s --input-file=%t.ptx
// RUN: FileCheck %s --input-file=%t.ptx --check-prefix=PRODUCT
// RUN: %if ptxas %{ ptxas -arch=sm_90a -v %t.ptx -o %t.cubin 2>&1 | FileCheck %s --check-prefix=PTXAS --implicit-check-not='C75{{07|1[0-7]}}' %}
// RUN: lacuna compile %s --target=cuda --emit=ptx | FileCheck %s --check-prefix=PORTABLE
// RUN: not lacuna compile %S/ptx.mlir --entry=main --target=cuda:sm_90a --emit=ptx 2>&1 | FileCheck %s --check-prefix=NONE
// Kernels for tensor cores as the compiler itself makes PTX of them.

// CHECK: .target sm_90a
// CHECK-DAG: .global .align 16 .{{b[0-9]+}} kernel_contract_device_units
// CHECK: .entry kernel_attention_device(
// CHECK: .maxntid 384
// CHECK: wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16
// CHECK: ex2.approx.ftz.f32
// PTXAS: 0 bytes spill stores, 0 bytes spill loads
// PRODUCT: .entry kernel_contract_device(
// PRODUCT: wgmma.mma_async
// PTXAS: 0 bytes spill stores, 0 bytes spill loads
// PORTABLE: .target sm_80
// PORTABLE: .entry kernel_attention_launch(
// NONE: ptx.mlir: no kernel is for Hopper alone
func.func @main(%x: tensor<1x4x1024x128xbf16>, %a: tensor<1024x1024xbf16>)
    -> (tensor<1x4x1024x128xbf16>, tensor<1024x1024xbf16>) {
  %r = lacuna.attention %x, %x, %x
      : (tensor<1x4x1024x128xbf16>, tensor<1x4x1024x128xbf16>,
         tensor<1x4x1024x128xbf16>) -> tensor<1x4x1024x128xbf16>
  %zero = arith.constant 0.0 : bf16
  %e = tensor.empty() : tensor<1024x1024xbf16>
  %f = linalg.fill ins(%zero : bf16) outs(%e : tensor<1024x1024xbf16>)
      -> tensor<1024x1024xbf16>
  %p = linalg.matmul
      ins(%a, %a : tensor<1024x1024xbf16>, tensor<1024x1024xbf16>)
      outs(%f : tensor<1024x1024xbf16>) -> tensor<1024x1024xbf16>
  return %r, %p : tensor<1x4x1024x128xbf16>, tensor<1024x1024xbf16>
}
