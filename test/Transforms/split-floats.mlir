// RUN: lacuna-opt %s --lacuna-split-floats=parts=3 | FileCheck %s
// RUN: lacuna-opt %s --lacuna-split-floats=parts=2 | FileCheck %s --check-prefix=TWO
// RUN: not lacuna-opt %s --lacuna-split-floats=parts=4 2>&1 | FileCheck %s --check-prefix=FOUR
// RUN: lacuna run %s --entry=main --random 3 --output %t.npz
// RUN: lacuna-opt %s --lacuna-split-floats=parts=3 -o %t.three.mlir
// RUN: lacuna run %t.three.mlir --entry=main --random 3 --expect %t.npz --rtol=0 --atol=3e-4
// RUN: lacuna-opt %s --lacuna-split-floats=parts=2 -o %t.two.mlir
// RUN: lacuna run %t.two.mlir --entry=main --random 3 --expect %t.npz --rtol=0 --atol=5e-3
// RUN: not lacuna run %t.two.mlir --entry=main --random 3 --expect %t.npz --rtol=0 --atol=3e-4

// The product of f32 itself is what is to be met: elements of the result are
// about 23, and each of the 512 products in them is off by 2^-22 at most.
// FOUR: `parts` must be 2 or 3, got 4
// CHECK-LABEL: func.func @main(
// CHECK-COUNT-3: arith.truncf
// CHECK: tensor.concat dim(1) %[[C:.*]], %[[B:.*]], %[[A:.*]], %[[B]], %[[A]], %[[A]] : (tensor<512x512xbf16>, {{.*}}) -> tensor<512x3072xbf16>
// CHECK-COUNT-3: arith.truncf
// CHECK: tensor.concat dim(0) %[[D:.*]], %[[E:.*]], %[[F:.*]], %[[D]], %[[E]], %[[D]]
// CHECK: linalg.contract {{.*}} ins(%{{.*}}, %{{.*}} : tensor<512x3072xbf16>, tensor<3072x512xbf16>) outs(%{{.*}} : tensor<512x512xf32>)
// TWO-LABEL: func.func @main(
// TWO-COUNT-2: arith.truncf
// TWO: -> tensor<512x1536xbf16>
func.func @main(%x: tensor<512x512xf32>, %y: tensor<512x512xf32>) -> tensor<512x512xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<512x512xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<512x512xf32>) -> tensor<512x512xf32>
  %r = linalg.matmul ins(%x, %y : tensor<512x512xf32>, tensor<512x512xf32>) outs(%init : tensor<512x512xf32>) -> tensor<512x512xf32>
  return %r : tensor<512x512xf32>
}

// Small products stay, as do those of other types.
// CHECK-LABEL: func.func @small(
// CHECK-NOT: bf16
// CHECK: linalg.matmul
func.func @small(%x: tensor<64x64xf32>, %y: tensor<64x64xf32>) -> tensor<64x64xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<64x64xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<64x64xf32>) -> tensor<64x64xf32>
  %r = linalg.matmul ins(%x, %y : tensor<64x64xf32>, tensor<64x64xf32>) outs(%init : tensor<64x64xf32>) -> tensor<64x64xf32>
  return %r : tensor<64x64xf32>
}
