// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s
// The ops of tensor-core kernels survive printing and parsing.

// CHECK-LABEL: llvm.func @roles
llvm.func @roles(%map: !llvm.ptr) {
  %base = hopper.shared_base
  %tid = hopper.special_register "tid.x"
  // CHECK: hopper.shuffle broadcast %{{.*}}, 0 : i32
  %wg = hopper.shuffle broadcast %tid, 0 : i32
  hopper.barrier_init %base, 1
  hopper.fence init
  // CHECK: hopper.specialize %{{.*}} consumers = 2 registers = 232 {
  hopper.specialize %wg consumers = 2 registers = 232 {
    // CHECK: hopper.barrier_wait
    hopper.barrier_wait %base, %tid
    %true = arith.constant true
    // CHECK: hopper.barrier_arrive %{{.*}} if %
    hopper.barrier_arrive %base if %true
    // CHECK: hopper.barrier_arrive %{{.*}} of %{{.*}} if %
    hopper.barrier_arrive %base of %tid if %true
    // CHECK: hopper.named_barrier arrive %{{.*}}, 256
    hopper.named_barrier arrive %tid, 256
    // CHECK: hopper.store %{{.*}} to %{{.*}}[%{{.*}}]
    hopper.store %base to %map[%tid] : !llvm.ptr
    hopper.store_commit
    hopper.store_wait
    // CHECK: hopper.store_wait pending = 1
    hopper.store_wait pending = 1
    // CHECK: hopper.cluster_barrier
    hopper.cluster_barrier
    // CHECK: hopper.warp_barrier
    hopper.warp_barrier
  // CHECK: } producer registers = 40 {
  } producer registers = 40 {
    // CHECK: hopper.barrier_expect %{{.*}}, 1024
    hopper.barrier_expect %base, 1024
    // CHECK: hopper.load %{{.*}}[%{{.*}}] to
    hopper.load %map[%tid] to %base, %base : !llvm.ptr
    // CHECK: hopper.load %{{.*}}[{{.*}}] offset[%{{.*}}] to {{.*}} multicast = 3
    hopper.load %map[%tid, %tid, %tid] offset [%tid] to %base, %base
        multicast = 3 : !llvm.ptr
    // CHECK: hopper.flag_set %{{.*}} : !llvm.ptr
    hopper.flag_set %map : !llvm.ptr
    // CHECK: hopper.flag_wait %{{.*}} : !llvm.ptr
    hopper.flag_wait %map : !llvm.ptr
  }
  // CHECK: } producer whole registers = 40 {
  hopper.specialize %wg consumers = 2 registers = 232 {
    hopper.cluster_barrier
  } producer whole registers = 40 {
    // CHECK: hopper.load_line %{{.*}} to %{{.*}}, %{{.*}}, 256 : !llvm.ptr
    hopper.load_line %map to %base, %base, 256 : !llvm.ptr
    // CHECK: hopper.store add %{{.*}} to %{{.*}}[%{{.*}}]
    hopper.store add %base to %map[%tid] : !llvm.ptr
    // CHECK: hopper.store_wait written
    hopper.store_wait written
    // CHECK: hopper.fence global
    hopper.fence global
    // CHECK: hopper.counter_wait %{{.*}}, %{{.*}} : !llvm.ptr
    hopper.counter_wait %map, %tid : !llvm.ptr
    // CHECK: hopper.counter_next %{{.*}}, %{{.*}} : !llvm.ptr
    %old = hopper.counter_next %map, %tid : !llvm.ptr
  }
  llvm.return
}

// CHECK-LABEL: llvm.func @products
llvm.func @products(%a: i64, %p: vector<4xi32>, %o: vector<8xf32>) {
  %base = hopper.shared_base
  // CHECK: hopper.multiply %{{.*}}, %{{.*}} a_steps = [0, 2] b_steps = [0, 2]
  %s = hopper.multiply %a, %a a_steps = [0, 2] b_steps = [0, 2] element = bf16
      : (i64, i64) -> vector<8xf32>
  // CHECK: hopper.multiply {{.*}} transpose_b transpose_a
  %u = hopper.multiply %a, %a a_steps = [0] b_steps = [0] element = bf16
      transpose_b transpose_a : (i64, i64) -> vector<8xf32>
  // CHECK: hopper.multiply %{{.*}}, %{{.*}} into %{{.*}} transpose_b
  %t = hopper.multiply %p, %a into %o b_steps = [0] element = f16 transpose_b
      : (vector<4xi32>, i64, vector<8xf32>) -> vector<8xf32>
  // CHECK: hopper.multiply_wait %{{.*}}, %{{.*}} keep %{{.*}} pending = 0
  %r:2 = hopper.multiply_wait %s, %t keep %p pending = 0
      : (vector<8xf32>, vector<8xf32>, vector<4xi32>)
      -> (vector<8xf32>, vector<8xf32>)
  // CHECK: hopper.store_matrix
  hopper.store_matrix %p, %base : vector<4xi32>
  // CHECK: hopper.store_matrix transpose
  hopper.store_matrix transpose %p, %base : vector<4xi32>
  llvm.return
}
