// RUN: lacuna-opt %s \
// RUN:   --pass-pipeline='builtin.module(lacuna-lower-activations,func.func(lacuna-form-kernels{gates}))' \
// RUN:   | tee %t | FileCheck %s
// RUN: lacuna-opt %t --lacuna-outline-kernels | tee %t.memory | lacuna-opt \
// RUN:   --pass-pipeline='builtin.module(func.func(lacuna-emit-kernels))' \
// RUN:   | FileCheck %s --check-prefix=LOOPS
// RUN: lacuna-opt %t.memory --lacuna-emit-hopper=device-only \
// RUN:   | FileCheck %s --check-prefix=HOPPER
// A gate joins the contraction it reads; on tensor cores both halves of a
// column are one block's. Elsewhere each result is two loops over the depth.

// CHECK: lacuna.kernel "contract"
// CHECK: linalg.contract
// CHECK: tensor.extract_slice
// CHECK: tensor.extract_slice
// CHECK: linalg.generic
// CHECK-NOT: lacuna.kernel
// LOOPS: func.func private @kernel_contract
// LOOPS: scf.for
// LOOPS: scf.for
// LOOPS: math.fma
// LOOPS: scf.for
// LOOPS: math.fma
// LOOPS: memref.store
// HOPPER: llvm.func @kernel_contract_device
// HOPPER: hopper.multiply
// HOPPER: hopper.store
func.func @main(%a: tensor<64x32xbf16>, %w: tensor<32x256xbf16>)
    -> tensor<64x128xbf16> {
  %zero = arith.constant 0.0 : bf16
  %e = tensor.empty() : tensor<64x256xbf16>
  %f = linalg.fill ins(%zero : bf16) outs(%e : tensor<64x256xbf16>)
      -> tensor<64x256xbf16>
  %r = linalg.contract indexing_maps = [
         affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
         affine_map<(m, n, k) -> (m, n)>]
      ins(%a, %w : tensor<64x32xbf16>, tensor<32x256xbf16>)
      outs(%f : tensor<64x256xbf16>) -> tensor<64x256xbf16>
  %g = lacuna.gated swiglu %r axis = -1 gate_first
      : (tensor<64x256xbf16>) -> tensor<64x128xbf16>
  return %g : tensor<64x128xbf16>
}
