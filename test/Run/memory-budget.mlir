// RUN: lacuna run %s --random 3 --output %t.npz
// RUN: lacuna run %s --random 3 --memory-budget=0.75 --expect %t.npz --rtol=0 --atol=0
// RUN: lacuna compile %s --memory-budget=0.75 --emit=tensor | FileCheck %s
// RUN: lacuna compile %s --emit=memory | FileCheck %s --check-prefix=ALL
// RUN: lacuna compile %s --memory-budget=0.75 --emit=memory | FileCheck %s --check-prefix=LESS
// RUN: not lacuna run %s --random 3 --memory-budget=0 2>&1 | FileCheck %s --check-prefix=SMALL
// RUN: lacuna run %s --random 3 --memory-budget=0.01 --expect %t.npz --rtol=0 --atol=0 2>&1 | FileCheck %s --check-prefix=WISH
// RUN: not lacuna run %s --random 3 --memory-budget=half 2>&1 | FileCheck %s --check-prefix=WORD
// RUN: not lacuna run %s --random 3 --memory-budget=1.5 2>&1 | FileCheck %s --check-prefix=SHARE

// The gradient of a chain of contractions, written by hand: within a budget
// the arena is smaller and the numbers are the same.
// CHECK-COUNT-12: lacuna.kernel "contract"
// ALL: lacuna.arena_bytes = 20480 :
// LESS: lacuna.arena_bytes = 12288 :
// SMALL: the memory budget must be at least 8192 bytes, the least arena found, got `0` (0 of 20480 bytes)
// WISH: warning: {{.*}}: the memory budget is not met: 8192 bytes, the least arena found, got `0.01` (204 of 20480 bytes)
// WORD: the memory budget must be a number of bytes or a share from 0.0 to 1.0, got `half`
// SHARE: the memory budget must be a number of bytes or a share from 0.0 to 1.0, got `1.5`
func.func @main(%h0: tensor<32x32xf32>, %w: tensor<32x32xf32>) -> tensor<32x32xf32> {
  %e = tensor.empty() : tensor<32x32xf32>
  %zero = arith.constant 0.0 : f32
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<32x32xf32>) -> tensor<32x32xf32>
  %h1 = linalg.matmul ins(%h0, %w : tensor<32x32xf32>, tensor<32x32xf32>) outs(%z : tensor<32x32xf32>) -> tensor<32x32xf32>
  %h2 = linalg.matmul ins(%h1, %w : tensor<32x32xf32>, tensor<32x32xf32>) outs(%z : tensor<32x32xf32>) -> tensor<32x32xf32>
  %h3 = linalg.matmul ins(%h2, %w : tensor<32x32xf32>, tensor<32x32xf32>) outs(%z : tensor<32x32xf32>) -> tensor<32x32xf32>
  %h4 = linalg.matmul ins(%h3, %w : tensor<32x32xf32>, tensor<32x32xf32>) outs(%z : tensor<32x32xf32>) -> tensor<32x32xf32>
  %h5 = linalg.matmul ins(%h4, %w : tensor<32x32xf32>, tensor<32x32xf32>) outs(%z : tensor<32x32xf32>) -> tensor<32x32xf32>
  %h6 = linalg.matmul ins(%h5, %w : tensor<32x32xf32>, tensor<32x32xf32>) outs(%z : tensor<32x32xf32>) -> tensor<32x32xf32>
  %m5 = arith.mulf %h6, %h5 {lacuna.backward} : tensor<32x32xf32>
  %g5 = linalg.matmul {lacuna.backward} ins(%m5, %w : tensor<32x32xf32>, tensor<32x32xf32>) outs(%z : tensor<32x32xf32>) -> tensor<32x32xf32>
  %m4 = arith.mulf %g5, %h4 {lacuna.backward} : tensor<32x32xf32>
  %g4 = linalg.matmul {lacuna.backward} ins(%m4, %w : tensor<32x32xf32>, tensor<32x32xf32>) outs(%z : tensor<32x32xf32>) -> tensor<32x32xf32>
  %m3 = arith.mulf %g4, %h3 {lacuna.backward} : tensor<32x32xf32>
  %g3 = linalg.matmul {lacuna.backward} ins(%m3, %w : tensor<32x32xf32>, tensor<32x32xf32>) outs(%z : tensor<32x32xf32>) -> tensor<32x32xf32>
  %m2 = arith.mulf %g3, %h2 {lacuna.backward} : tensor<32x32xf32>
  %g2 = linalg.matmul {lacuna.backward} ins(%m2, %w : tensor<32x32xf32>, tensor<32x32xf32>) outs(%z : tensor<32x32xf32>) -> tensor<32x32xf32>
  %m1 = arith.mulf %g2, %h1 {lacuna.backward} : tensor<32x32xf32>
  %g1 = linalg.matmul {lacuna.backward} ins(%m1, %w : tensor<32x32xf32>, tensor<32x32xf32>) outs(%z : tensor<32x32xf32>) -> tensor<32x32xf32>
  return %g1 : tensor<32x32xf32>
}
