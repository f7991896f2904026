// RUN: lacuna compile %s --emit=memory | lacuna-opt --lacuna-emit-hopper \
// RUN:   --canonicalize | FileCheck %s
// A kernel that is a product and what follows it gets a device kernel beside
// it, with a table of tiles; what follows is computed in f32 before results are
// rounded. A product of odd depth, which TMA cannot read, gets none.

#left = affine_map<(m, n, k) -> (m, k)>
#right = affine_map<(m, n, k) -> (n, k)>
#result = affine_map<(m, n, k) -> (m, n)>

func.func @main(%a: tensor<512x256xbf16>, %w: tensor<384x256xbf16>,
                %other: tensor<512x384xbf16>, %odd: tensor<64x63xbf16>)
    -> (tensor<512x384xbf16>, tensor<64x64xbf16>) {
  %zero = arith.constant 0.0 : bf16
  %e = tensor.empty() : tensor<512x384xbf16>
  %f = linalg.fill ins(%zero : bf16) outs(%e : tensor<512x384xbf16>)
      -> tensor<512x384xbf16>
  %r = linalg.contract indexing_maps = [#left, #right, #result]
      ins(%a, %w : tensor<512x256xbf16>, tensor<384x256xbf16>)
      outs(%f : tensor<512x384xbf16>) -> tensor<512x384xbf16>
  %s = arith.addf %r, %other : tensor<512x384xbf16>
  %e1 = tensor.empty() : tensor<64x64xbf16>
  %f1 = linalg.fill ins(%zero : bf16) outs(%e1 : tensor<64x64xbf16>)
      -> tensor<64x64xbf16>
  %p = linalg.contract indexing_maps = [#left, #right, #result]
      ins(%odd, %odd : tensor<64x63xbf16>, tensor<64x63xbf16>)
      outs(%f1 : tensor<64x64xbf16>) -> tensor<64x64xbf16>
  return %s, %p : tensor<512x384xbf16>, tensor<64x64xbf16>
}

// CHECK: llvm.mlir.global internal constant @kernel_contract_device_units(dense<
// CHECK-LABEL: llvm.func @kernel_contract_device(
// CHECK-SAME: lacuna.tensor_maps = [{box = array<i64: 64, {{[0-9]+}}>, buffer = 0
// CHECK-SAME: sizes = array<i64: 256, 512>, strides = array<i64: 512>
// CHECK: llvm.mlir.addressof @kernel_contract_device_units
// CHECK: hopper.specialize
// CHECK: hopper.multiply
// CHECK: scf.for
// CHECK: hopper.multiply
// CHECK: hopper.multiply_wait %{{.*}} pending = 1
// CHECK: hopper.multiply_wait %{{.*}} pending = 0
// CHECK: llvm.load %{{.*}} : !llvm.ptr<1> -> vector<2xbf16>
// CHECK: arith.addf %{{.*}} : f32
// CHECK: arith.truncf %{{.*}} : vector<2xf32> to vector<2xbf16>
// CHECK: hopper.store_matrix
// CHECK: hopper.store
// CHECK: producer
// CHECK: hopper.load
// CHECK: lacuna.device = @kernel_contract_device
// CHECK-NOT: lacuna.device
// CHECK-NOT: llvm.func
