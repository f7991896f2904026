// RUN: lacuna-opt %s --verify-diagnostics --split-input-file
// What clusters and maps of pixels add to the constraints.

llvm.func @load_c2(%map: !llvm.ptr, %x: i32) {
  // expected-error@+1 {{`offsets` must be 2, two less than the indices, got `1`}}
  hopper.load %map[%x, %x, %x, %x] offset [%x] to %x, %x : !llvm.ptr
  llvm.return
}

// -----
llvm.func @load_c3(%map: !llvm.ptr, %x: i32) {
  // expected-error@+1 {{`multicast` must be 0 to 65535, got `65536`}}
  hopper.load %map[%x] to %x, %x multicast = 65536 : !llvm.ptr
  llvm.return
}

// -----
llvm.func @load_line_c1(%source: !llvm.ptr<1>, %x: i32) {
  // expected-error@+1 {{`bytes` must be a multiple of 16 from 16 to 65536, got `24`}}
  hopper.load_line %source to %x, %x, 24 : !llvm.ptr<1>
  llvm.return
}

// -----
llvm.func @store_wait_c1() {
  // expected-error@+1 {{`pending` must be 0 to 7, got `8`}}
  hopper.store_wait pending = 8
  llvm.return
}

// -----
llvm.func @multiply_c5(%p: vector<4xi32>, %a: i64) {
  // expected-error@+1 {{`transpose_a` needs `a` to be a descriptor}}
  %0 = hopper.multiply %p, %a b_steps = [0] element = bf16 transpose_a
      : (vector<4xi32>, i64) -> vector<8xf32>
  llvm.return
}
