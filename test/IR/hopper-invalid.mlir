// RUN: lacuna-opt %s --split-input-file --verify-diagnostics

llvm.func @specialize_c1(%wg: i32) {
  // expected-error@+1 {{`consumers` must be 1 to 3, got `4`}}
  hopper.specialize %wg consumers = 4 registers = 96 {
    hopper.store_commit
  } producer registers = 24 {
    hopper.store_commit
  }
  llvm.return
}

// -----
llvm.func @specialize_c2(%wg: i32) {
  // expected-error@+1 {{`consumer_registers` must be a multiple of 8 from 24 to 240, got `236`}}
  hopper.specialize %wg consumers = 2 registers = 236 {
    hopper.store_commit
  } producer registers = 24 {
    hopper.store_commit
  }
  llvm.return
}

// -----
llvm.func @specialize_c3(%wg: i32) {
  // expected-error@+1 {{`registers` of all warpgroups must be at most 504, got `512`}}
  hopper.specialize %wg consumers = 2 registers = 240 {
    hopper.store_commit
  } producer registers = 32 {
    hopper.store_commit
  }
  llvm.return
}

// -----
llvm.func @special_register_c1() {
  // expected-error@+1 {{`name` must be tid.x, ctaid.x, nctaid.x or cluster_ctarank, got `clock`}}
  %0 = hopper.special_register "clock"
  llvm.return
}

// -----
llvm.func @shuffle_c1(%x: f32) {
  // expected-error@+1 {{`lane` must be 0 to 31, got `32`}}
  %0 = hopper.shuffle xor %x, 32 : f32
  llvm.return
}

// -----
llvm.func @barrier_init_c1(%bar: i32) {
  // expected-error@+1 {{`count` must be 1 to 1048575, got `0`}}
  hopper.barrier_init %bar, 0
  llvm.return
}

// -----
llvm.func @barrier_expect_c1(%bar: i32) {
  // expected-error@+1 {{`bytes` must be 1 to 1048575, got `1048576`}}
  hopper.barrier_expect %bar, 1048576
  llvm.return
}

// -----
llvm.func @named_barrier_c1(%id: i32) {
  // expected-error@+1 {{`threads` must be a multiple of 32 from 32 to 1024, got `100`}}
  hopper.named_barrier %id, 100
  llvm.return
}

// -----
llvm.func @load_c1(%map: !llvm.ptr, %bar: i32) {
  // expected-error@+1 {{`indices` must be 1 to 5, got `0`}}
  hopper.load %map[] to %bar, %bar : !llvm.ptr
  llvm.return
}

// -----
llvm.func @store_c1(%map: !llvm.ptr, %x: i32) {
  // expected-error@+1 {{`indices` must be 1 to 5, got `6`}}
  hopper.store %x to %map[%x, %x, %x, %x, %x, %x] : !llvm.ptr
  llvm.return
}

// -----
llvm.func @multiply_c1(%a: i64) {
  // expected-error@+1 {{`n` must be a multiple of 8 from 8 to 256, got `12`}}
  %0 = hopper.multiply %a, %a a_steps = [0] b_steps = [0] element = bf16
      : (i64, i64) -> vector<6xf32>
  llvm.return
}

// -----
llvm.func @multiply_c2(%p: vector<4xi32>, %a: i64) {
  // expected-error@+1 {{`a` must have a part for each of the 2 steps, got `4`}}
  %0 = hopper.multiply %p, %a b_steps = [0, 2] element = bf16
      : (vector<4xi32>, i64) -> vector<8xf32>
  llvm.return
}

// -----
llvm.func @multiply_c3(%a: i64, %o: vector<4xf32>) {
  // expected-error@+1 {{`accumulator` must have the type of the result, got 'vector<4xf32>'}}
  %0 = hopper.multiply %a, %a into %o a_steps = [0] b_steps = [0] element = bf16
      : (i64, i64, vector<4xf32>) -> vector<8xf32>
  llvm.return
}

// -----
llvm.func @multiply_c4(%a: i64) {
  // expected-error@+1 {{`element` must be bf16 or f16, got 'f32'}}
  %0 = hopper.multiply %a, %a a_steps = [0] b_steps = [0] element = f32
      : (i64, i64) -> vector<8xf32>
  llvm.return
}

// -----
llvm.func @multiply_wait_c1(%s: vector<8xf32>) {
  // expected-error@+1 {{`results` must have the types of `values`}}
  %0 = hopper.multiply_wait %s pending = 0 : (vector<8xf32>) -> vector<4xf32>
  llvm.return
}

// -----
llvm.func @multiply_wait_c2(%s: vector<8xf32>) {
  // expected-error@+1 {{`pending` must be 0 to 7, got `8`}}
  %0 = hopper.multiply_wait %s pending = 8 : (vector<8xf32>) -> vector<8xf32>
  llvm.return
}
