// RUN: lacuna compile %s --emit=memory \
// RUN:   | lacuna-opt --lacuna-emit-hopper=device-only | FileCheck %s
// A region that hides other documents: least and largest numbers of documents
// go to shared memory by block, then for each tile of queries the first and the
// last block of keys whose interval meets its own. A region that hides nothing
// by place does without.

// CHECK-LABEL: llvm.func @kernel_attention_0_device
// CHECK-NOT: !llvm.ptr<3>
// CHECK-LABEL: llvm.func @kernel_attention_device
// CHECK: hopper.barrier_init
// CHECK: llvm.load %{{.*}} : !llvm.ptr<1> -> i32
// CHECK: arith.minsi
// CHECK: hopper.shuffle xor %{{.*}}, 16 : i32
// CHECK: llvm.store %{{.*}} : i32, !llvm.ptr<3>
// CHECK: hopper.named_barrier
// CHECK: scf.for
// CHECK: arith.cmpi sle
// CHECK: arith.cmpi sle
// CHECK: llvm.store %{{.*}} : i32, !llvm.ptr<3>
// CHECK: hopper.named_barrier
// CHECK: hopper.specialize
// CHECK: llvm.load %{{.*}} : !llvm.ptr<3> -> i32

!head = tensor<1x4x512x128xbf16>

func.func @main(%q: !head, %documents: tensor<512xi32>)
    -> (!head, !head) {
  %r = lacuna.attention %q, %q, %q score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %mine = tensor.extract %documents[%i] : tensor<512xi32>
    %its = tensor.extract %documents[%j] : tensor<512xi32>
    %same = arith.cmpi eq, %mine, %its : i32
    %none = arith.constant 0xFF800000 : f32
    %t = arith.select %same, %s, %none : f32
    lacuna.yield %t : f32
  } : (!head, !head, !head) -> !head
  %n = lacuna.attention %r, %q, %q score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %t = arith.negf %s : f32
    lacuna.yield %t : f32
  } : (!head, !head, !head) -> !head
  return %r, %n : !head, !head
}
