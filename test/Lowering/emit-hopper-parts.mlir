// RUN: lacuna compile %s --target=cuda --emit=memory \
// RUN:   | lacuna-opt --lacuna-emit-hopper=device-only | FileCheck %s
// One query of 16 heads on two key heads: 8 heads are rows of a tile, of which
// there are two; 8 blocks share the keys of each. Sums go to global memory; who
// is last by a counter reads all of them.

// CHECK: llvm.mlir.global internal @kernel_attention_device_done
// CHECK-SAME: !llvm.array<2 x i32>
// CHECK: llvm.mlir.global internal @kernel_attention_device_parts
// CHECK-SAME: !llvm.array<66560 x i8>
// CHECK-LABEL: llvm.func @kernel_attention_device
// CHECK-SAME: lacuna.block = 256
// CHECK-SAME: lacuna.grid = array<i64: 16, 1, 1>
// CHECK: hopper.specialize %{{.*}} consumers = 1
// CHECK: llvm.store %{{.*}} : vector<2xf32>, !llvm.ptr<1>
// CHECK: llvm.fence syncscope("device") acq_rel
// CHECK: llvm.atomicrmw add %{{.*}} syncscope("device") acq_rel
// CHECK: scf.if
// CHECK: llvm.load %{{.*}} : !llvm.ptr<1> -> vector<2xf32>

!query = tensor<1x16x1x128xbf16>
!keys = tensor<1x2x4096x128xbf16>

func.func @main(%q: !query, %k: !keys, %v: !keys) -> !query {
  %r = lacuna.attention %q, %k, %v : (!query, !keys, !keys) -> !query
  return %r : !query
}
