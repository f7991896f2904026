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

// Blocks of a cluster: a load for both, a barrier of the other one.
// CHECK-LABEL: llvm.func @cluster
llvm.func @cluster(%map: !llvm.ptr, %flag: !llvm.ptr<1>, %x: i32, %p: i1) {
  // CHECK: barrier.cluster.arrive;\0Abarrier.cluster.wait;
  hopper.cluster_barrier
  // CHECK: bar.warp.sync 0xffffffff;
  hopper.warp_barrier
  // CHECK: cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier
  // CHECK-SAME: .multicast::cluster [$0], [$1, {$3, $4}], [$2], $5;
  hopper.load %map[%x, %x] to %x, %x multicast = 3 : !llvm.ptr
  // CHECK: .im2col{{.*}} [$0], [$1, {$3, $4, $5, $6}], [$2], {$7, $8};
  hopper.load %map[%x, %x, %x, %x] offset [%x, %x] to %x, %x : !llvm.ptr
  // CHECK: mapa.shared::cluster.u32 there, $0, $1;
  // CHECK-SAME: @p mbarrier.arrive.shared::cluster.b64 _, [there];
  hopper.barrier_arrive %x of %x if %p
  // CHECK: cp.async.bulk.wait_group.read 1;
  hopper.store_wait pending = 1
  // CHECK: st.release.gpu.global.b32 [$0], one;
  hopper.flag_set %flag : !llvm.ptr<1>
  // CHECK: ld.acquire.gpu.global.b32 seen, [$0];
  hopper.flag_wait %flag : !llvm.ptr<1>
  llvm.return
}

// CHECK-LABEL: llvm.func @turns
llvm.func @turns(%wg: i32, %x: i32, %map: !llvm.ptr, %own: !llvm.ptr<1>,
                 %p: vector<4xi32>) -> i32 {
  // CHECK: setmaxnreg.dec.sync.aligned.u32 40
  // CHECK-NOT: %tid.x
  // CHECK: cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [$1], [$0], 256, [$2];
  // CHECK: setmaxnreg.inc.sync.aligned.u32 232
  hopper.specialize %wg consumers = 2 registers = 232 {
    hopper.cluster_barrier
  } producer whole registers = 40 {
    hopper.load_line %own to %x, %x, 256 : !llvm.ptr<1>
  }
  // CHECK: stmatrix.sync.aligned.m8n8.x4.trans.shared.b16
  hopper.store_matrix transpose %p, %x : vector<4xi32>
  // CHECK: cp.reduce.async.bulk.tensor.1d.global.shared::cta.add.bulk_group [$1, {$2}], [$0];
  hopper.store add %x to %map[%x] : !llvm.ptr
  // CHECK: cp.async.bulk.wait_group 0;
  hopper.store_wait written
  // CHECK: fence.proxy.async;
  hopper.fence global
  // CHECK: ld.acquire.gpu.global.b32 seen, [$0];
  // CHECK-SAME: setp.ne.b32 p, seen, $1;
  hopper.counter_wait %own, %x : !llvm.ptr<1>
  // CHECK: atom.release.gpu.global.inc.u32 $0, [$1], $2;
  %old = hopper.counter_next %own, %x : !llvm.ptr<1>
  llvm.return %old : i32
}
