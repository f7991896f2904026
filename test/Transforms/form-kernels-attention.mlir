// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(lacuna-form-kernels{gates=true}))' | FileCheck %s --check-prefixes=CHECK,APART
// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(lacuna-form-kernels))' | FileCheck %s --check-prefixes=CHECK,FUSED

// Attention on tensor cores stores its result as it is; loops widen it first.
// CHECK-LABEL: func.func @widened
// CHECK: lacuna.kernel
// CHECK: lacuna.attention
// APART-NEXT: lacuna.yield
// APART: lacuna.kernel
// FUSED-NOT: lacuna.kernel
// CHECK: arith.extf
func.func @widened(%q: tensor<1x2x8x16xbf16>) -> tensor<1x2x8x16xf32> {
  %a = lacuna.attention %q, %q, %q
      : (tensor<1x2x8x16xbf16>, tensor<1x2x8x16xbf16>, tensor<1x2x8x16xbf16>) -> tensor<1x2x8x16xbf16>
  %init = tensor.empty() : tensor<1x2x8x16xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(b, h, i, d) -> (b, h, i, d)>,
                                        affine_map<(b, h, i, d) -> (b, h, i, d)>],
                       iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%a : tensor<1x2x8x16xbf16>) outs(%init : tensor<1x2x8x16xf32>) {
  ^bb0(%x: bf16, %o: f32):
    %w = arith.extf %x : bf16 to f32
    linalg.yield %w : f32
  } -> tensor<1x2x8x16xf32>
  return %r : tensor<1x2x8x16xf32>
}
