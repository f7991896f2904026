// RUN: lacuna compile %s --emit=memory | lacuna-opt --lacuna-emit-hopper \
// RUN:   | FileCheck %s
// A kernel that is one attention gets a device kernel beside it: three tensor
// maps of 128 rows to load and one of 64 to store, roles, and loops in which
// the products with the next keys run beside the softmax.

func.func @main(%full_q: tensor<1x4x512x128xbf16>,
                %full_k: tensor<1x2x512x128xbf16>,
                %single_q: tensor<1x4x512x128xf32>)
    -> (tensor<1x4x512x128xbf16>,
        tensor<1x4x512x128xf32>) {
  %full_r = lacuna.attention %full_q, %full_k, %full_k
      : (tensor<1x4x512x128xbf16>, tensor<1x2x512x128xbf16>,
         tensor<1x2x512x128xbf16>) -> tensor<1x4x512x128xbf16>
  %single_r = lacuna.attention %single_q, %single_q, %single_q
      : (tensor<1x4x512x128xf32>, tensor<1x4x512x128xf32>,
         tensor<1x4x512x128xf32>) -> tensor<1x4x512x128xf32>
  return %full_r, %single_r
      : tensor<1x4x512x128xbf16>,
        tensor<1x4x512x128xf32>
}

// CHECK: llvm.func @kernel_attention_device(
// CHECK-SAME: !llvm.ptr<1>,
// CHECK-SAME: !llvm.ptr {llvm.align = 64 : i64, llvm.byval =
// CHECK-SAME: lacuna.block = 384 : i64, lacuna.grid = array<i64: 16, 1, 1>
// CHECK-SAME: lacuna.tensor_maps = [{box = array<i64: 64, 128, 1, 1>, buffer = 0
// CHECK-SAME: sizes = array<i64: 128, 512, 4, 1>
// CHECK-SAME: strides = array<i64: 256, 131072, 524288>, swizzle = 128 : i64}
// CHECK-SAME: {box = array<i64: 64, 64, 1, 1>
// CHECK: hopper.specialize %{{.*}} consumers = 2 registers = 232
// CHECK: scf.for
// CHECK: hopper.multiply %{{.*}} element = bf16 : (i64, i64) -> vector<64xf32>
// CHECK: scf.for
// CHECK: hopper.multiply %{{.*}} element = bf16 : (i64, i64) -> vector<64xf32>
// CHECK: hopper.multiply %{{.*}} element = bf16 transpose_b
// CHECK: hopper.multiply_wait %{{.*}} pending = 1
// CHECK: math.exp2
// CHECK: hopper.multiply_wait %{{.*}} pending = 0
// CHECK: hopper.store
// CHECK: producer registers = 40
// CHECK: hopper.load
// What the kernel cannot do keeps its function and gets no other.
// CHECK: func.func private @kernel_attention(
// CHECK-SAME: lacuna.device = @kernel_attention_device
// CHECK-NOT: lacuna.device
// CHECK-NOT: llvm.func
