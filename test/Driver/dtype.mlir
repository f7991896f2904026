// RUN: lacuna run %s --random 1 --dtype=bf16 --output %t.npz | FileCheck %s
// RUN: lacuna run %s --random 1 --expect %t.npz --rtol=0.02 --atol=0.02
// RUN: not lacuna run %s --random 1 --expect %t.npz --rtol=1e-4 --atol=1e-4
// RUN: lacuna run %s --random 1 --dtype=f32 | FileCheck %s
// RUN: lacuna run %s --random 1 --dtype=f16 --gradient-of mean-square | FileCheck %s --check-prefixes=CHECK,GRADIENT
// RUN: lacuna compile %s --emit=gradient --dtype=bf16 | FileCheck %s --check-prefix=EMIT
// RUN: not lacuna run %s --random 1 --dtype=f8 2>&1 | FileCheck %s --check-prefix=REFUSED
// RUN: not lacuna run %s --random 1 --dtype=bf16x3 2>&1 | FileCheck %s --check-prefix=PARTS
// A program of f32 in 16 bits: what goes in and out stays f32.

// CHECK: y {{ *}}4x5 {{ *}}f32
// GRADIENT: d_x {{ *}}4x6 {{ *}}f32
// EMIT: linalg.contract {{.*}} ins({{.*}} : tensor<4x6xbf16>, tensor<6x5xbf16>)
// REFUSED: `dtype` must be `f32`, `bf16`, `f16`, `bf16x2` or `bf16x3`, got `f8`
// PARTS: `dtype` must be `f32`, `bf16` or `f16` unless the target is `cuda`, got `bf16x3`
func.func @main(%x: tensor<4x6xf32> {lacuna.name = "x"},
                %w: tensor<6x5xf32> {lacuna.name = "w"})
    -> (tensor<4x5xf32> {lacuna.name = "y"}) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x5xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x5xf32>) -> tensor<4x5xf32>
  %p = linalg.matmul ins(%x, %w : tensor<4x6xf32>, tensor<6x5xf32>)
                     outs(%f : tensor<4x5xf32>) -> tensor<4x5xf32>
  %y = lacuna.activation silu %p : tensor<4x5xf32>
  return %y : tensor<4x5xf32>
}
