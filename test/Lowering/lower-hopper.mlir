// RUN: lacuna-opt %s --lacuna-lower-hopper --canonicalize | FileCheck %s
// Each product is one piece of PTX with its fence; a wait owns the registers
// of what it waits for.

// CHECK: llvm.mlir.global external @lacuna_shared() {addr_space = 3
// CHECK-LABEL: llvm.func @products
llvm.func @products(%a: i64, %p: vector<4xi32>) -> vector<4xf32> {
  // CHECK: llvm.inline_asm has_side_effects
  // CHECK-SAME: wgmma.fence.sync.aligned
  // CHECK-SAME: m64n8k16.f32.f16.f16 {$0, $1, $2, $3}, da, db, no, 1, 1, 0, 0
  // CHECK-SAME: da, db, yes, 1, 1, 0, 0
  // CHECK-SAME: wgmma.commit_group
  // CHECK-SAME: "=f,=f,=f,=f,l,l"
  %s = hopper.multiply %a, %a a_steps = [0, 2] b_steps = [0, 2] element = f16
      : (i64, i64) -> vector<4xf32>
  // CHECK: {$0, $1, $2, $3}, {$8, $9, $10, $11}, db, yes, 1, 1, 1
  // CHECK-SAME: "=f,=f,=f,=f,0,1,2,3,r,r,r,r,l"
  %t = hopper.multiply %p, %a into %s b_steps = [0] element = f16 transpose_b
      : (vector<4xi32>, i64, vector<4xf32>) -> vector<4xf32>
  // CHECK: "wgmma.wait_group.sync.aligned 0;", "=f,=f,=f,=f,0,1,2,3,r,r,r,r"
  %r = hopper.multiply_wait %t keep %p pending = 0
      : (vector<4xf32>, vector<4xi32>) -> vector<4xf32>
  llvm.return %r : vector<4xf32>
}

// CHECK-LABEL: llvm.func @roles
llvm.func @roles(%wg: i32) {
  %base = hopper.shared_base
  // CHECK: scf.if
  // CHECK: setmaxnreg.dec.sync.aligned.u32 32
  // CHECK: scf.if
  // CHECK: mbarrier.arrive.expect_tx.shared::cta.b64 _, [$0], 1024;
  // CHECK: } else {
  // CHECK: setmaxnreg.inc.sync.aligned.u32 160
  // CHECK: bar.arrive $0, 256;
  hopper.specialize %wg consumers = 3 registers = 160 {
    hopper.named_barrier arrive %wg, 256
  } producer registers = 32 {
    hopper.barrier_expect %base, 1024
  }
  llvm.return
}
