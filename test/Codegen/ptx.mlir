// RUN: lacuna compile %s --entry=main --target=cuda --emit=ptx -o %t.ptx
// RUN: FileCheck %s < %t.ptx
// RUN: %if ptxas %{ ptxas -arch=sm_80 %t.ptx -o %t.cubin %}
// RUN: %if ptxas %{ ptxas -arch=sm_90a %t.ptx -o %t.cubin %}
// RUN: not lacuna compile %s --entry=main --emit=ptx 2>&1 | FileCheck %s --check-prefix=CPU
// RUN: not lacuna compile %s --entry=main --target=cuda --emit=assembly 2>&1 | FileCheck %s --check-prefix=ASSEMBLY
// RUN: not lacuna compile %s --entry=main --target=cuda1 --emit=ptx 2>&1 | FileCheck %s --check-prefix=NAME
// RUN: lacuna compile %s --entry=double --target=cuda --emit=ptx | FileCheck %s --check-prefix=DOUBLE

// Buffers are known to be global memory; nothing is called.
// CHECK: .target sm_80
// CHECK: .visible .entry {{.*}}_launch(
// CHECK-NOT: call
// CHECK: ld.global
// CHECK: fma.rn.f32
// CHECK: st.global
// CPU: PTX needs the target `cuda`, got `cpu`
// ASSEMBLY: for the target `cuda` kernels can be written as PTX only
// NAME: `--target` must be `cuda`, `cuda:ORDINAL` or `cuda:sm_90a`, got `cuda1`
// DOUBLE: fma.rn.f64
// Differences of small numbers have 32 bits: ptxas gets some of 64 bits wrong.
// RUN: lacuna compile %s --entry=bins --target=cuda --emit=ptx | FileCheck %s --check-prefix=BINS --implicit-check-not='sub.s64'
// BINS: mul.hi.u32
// BINS: sub.s32
func.func @bins(%x: tensor<1x3x7x10xf32>) -> tensor<1x3x3x4xf32> {
  %y = lacuna.adaptive_pool average %x output_size = [3, 4]
      : (tensor<1x3x7x10xf32>) -> tensor<1x3x3x4xf32>
  return %y : tensor<1x3x3x4xf32>
}
func.func @main(%x: tensor<6x8xf32>, %w: tensor<8x16xf32>) -> tensor<6x16xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<6x16xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<6x16xf32>) -> tensor<6x16xf32>
  %y = linalg.matmul ins(%x, %w : tensor<6x8xf32>, tensor<8x16xf32>) outs(%init : tensor<6x16xf32>) -> tensor<6x16xf32>
  %z = lacuna.activation relu %y : tensor<6x16xf32>
  return %z : tensor<6x16xf32>
}
func.func @double(%x: tensor<4xf64>) -> tensor<4xf64> {
  %y = math.exp %x : tensor<4xf64>
  return %y : tensor<4xf64>
}
