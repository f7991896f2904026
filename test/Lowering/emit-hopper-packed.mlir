// RUN: lacuna compile %s --emit=memory \
// RUN:   | lacuna-opt --lacuna-emit-hopper=device-only | FileCheck %s
// Packed sequences: the maps end where a sequence does, bounds are checked, a
// table of sequences goes to shared memory, and the producer takes tiles by a
// counter and tells the consumers which.

// CHECK: llvm.mlir.global internal constant @kernel_attention_device_message
// CHECK-SAME: cu_seqlens must begin with 0
// CHECK: llvm.mlir.global internal @kernel_attention_device_next() {addr_space = 1
// CHECK-LABEL: llvm.func @kernel_attention_device
// CHECK-SAME: lacuna.grid = array<i64: 24, 1, 1>
// CHECK-SAME: sizes = array<i64: 128, 1073741824, 4, 2147418112, 2147418112>
// CHECK-SAME: strides = array<i64: 1024, 256, 1024, 17179868160>
// CHECK: hopper.barrier_init
// CHECK: llvm.cmpxchg
// CHECK: llvm.store %{{.*}} : i32, !llvm.ptr<3>
// CHECK: hopper.named_barrier
// CHECK: hopper.specialize
// CHECK: scf.while
// CHECK: hopper.store %{{.*}} to %{{.*}}[%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}]
// CHECK: llvm.atomicrmw add
// CHECK: hopper.load %{{.*}}[%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}]

!head = tensor<300x4x128xbf16>

func.func @main(%q: !head, %ends: tensor<4xi32>) -> !head {
  %r = lacuna.attention %q, %q, %q cu_seqlens_query %ends causal = top_left
      : (!head, !head, !head, tensor<4xi32>) -> !head
  return %r : !head
}
