// RUN: lacuna-opt %s --lacuna-form-kernels | FileCheck %s --check-prefixes=CHECK,HOST
// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(lacuna-form-kernels{gates}))' | FileCheck %s --check-prefixes=CHECK,GPU

#id = affine_map<(i, j) -> (i, j)>
#left = affine_map<(m, n, k) -> (m, k)>
#right = affine_map<(m, n, k) -> (k, n)>
#out = affine_map<(m, n, k) -> (m, n)>

// What only a sum reads is computed by it, not stored by what comes before.
// CHECK-LABEL: func @single_reader
// CHECK: lacuna.kernel "softmax"
// CHECK-NOT: arith.mulf
// CHECK: lacuna.kernel "reduce"
// CHECK: arith.mulf
// CHECK: linalg.reduce
func.func @single_reader(%x: tensor<8x64xf32>) -> (tensor<8x64xf32>, tensor<8xf32>) {
  %zero = arith.constant dense<0.0> : tensor<8xf32>
  %y = lacuna.softmax %x axis = 1 : tensor<8x64xf32>
  %z = arith.mulf %y, %y : tensor<8x64xf32>
  %s = linalg.reduce { arith.addf } ins(%z : tensor<8x64xf32>) outs(%zero : tensor<8xf32>) dimensions = [1]
  return %y, %s : tensor<8x64xf32>, tensor<8xf32>
}

// A kernel of the forward direction computes nothing for the backward one.
// CHECK-LABEL: func @directions
// CHECK: lacuna.kernel "softmax"
// CHECK-NOT: arith.negf
// CHECK: lacuna.kernel "negf"
// CHECK: arith.negf
func.func @directions(%x: tensor<8x64xf32>) -> (tensor<8x64xf32>, tensor<8x64xf32>) {
  %y = lacuna.softmax %x axis = 1 : tensor<8x64xf32>
  %g = arith.negf %y {lacuna.backward} : tensor<8x64xf32>
  return %y, %g : tensor<8x64xf32>, tensor<8x64xf32>
}

// On a GPU two tensors more are as much as a product of 16 bits reads or
// writes beside its own: two factors and one result more are a kernel apart.
// CHECK-LABEL: func @product
// CHECK: lacuna.kernel "contract"
// HOST: arith.mulf
// HOST: arith.addf
// GPU-NOT: arith.mulf
// GPU: lacuna.kernel
// GPU: arith.mulf
// GPU: arith.addf
// CHECK-LABEL: func @residual
// CHECK: lacuna.kernel "contract"
// CHECK: arith.addf
// CHECK-NOT: lacuna.kernel
func.func @product(%x: tensor<8x16xbf16>, %w: tensor<16x8xbf16>, %a: tensor<8x8xbf16>, %b: tensor<8x8xbf16>)
    -> (tensor<8x8xbf16>, tensor<8x8xbf16>) {
  %zero = arith.constant dense<0.0> : tensor<8x8xbf16>
  %p = linalg.contract indexing_maps = [#left, #right, #out]
      ins(%x, %w : tensor<8x16xbf16>, tensor<16x8xbf16>) outs(%zero : tensor<8x8xbf16>) -> tensor<8x8xbf16>
  %y = arith.mulf %p, %a : tensor<8x8xbf16>
  %z = arith.addf %p, %b : tensor<8x8xbf16>
  return %y, %z : tensor<8x8xbf16>, tensor<8x8xbf16>
}

func.func @residual(%x: tensor<8x16xbf16>, %w: tensor<16x8xbf16>, %a: tensor<8x8xbf16>) -> tensor<8x8xbf16> {
  %zero = arith.constant dense<0.0> : tensor<8x8xbf16>
  %p = linalg.contract indexing_maps = [#left, #right, #out]
      ins(%x, %w : tensor<8x16xbf16>, tensor<16x8xbf16>) outs(%zero : tensor<8x8xbf16>) -> tensor<8x8xbf16>
  %y = arith.addf %p, %a : tensor<8x8xbf16>
  return %y : tensor<8x8xbf16>
}
