// RUN: lacuna compile %s --emit=memory | lacuna-opt --lacuna-emit-hopper \
// RUN:   | FileCheck %s
// A gradient of attention: blocks that prepare rows come first and count them;
// of the others each multiplies five times a step, and adds what is for the
// queries in its turn.

func.func @main(%q: tensor<1x4x512x128xbf16>, %k: tensor<1x2x512x128xbf16>,
                %l: tensor<1x4x512xf32>)
    -> (tensor<1x1x4x512x128xf32>, tensor<1x2x512x128xbf16>,
        tensor<1x2x512x128xbf16>) {
  %r:3 = lacuna.attention_backward %q, %k, %k, %q, %l, %q causal = top_left
      : (tensor<1x4x512x128xbf16>, tensor<1x2x512x128xbf16>,
         tensor<1x2x512x128xbf16>, tensor<1x4x512x128xbf16>,
         tensor<1x4x512xf32>, tensor<1x4x512x128xbf16>)
      -> (tensor<1x1x4x512x128xf32>, tensor<1x2x512x128xbf16>,
          tensor<1x2x512x128xbf16>)
  return %r#0, %r#1, %r#2
      : tensor<1x1x4x512x128xf32>, tensor<1x2x512x128xbf16>,
        tensor<1x2x512x128xbf16>
}

// Logarithms and products of 4 x 512 rows; counters of 4 heads, twice, and of
// 4 x 8 tiles.
// CHECK: llvm.mlir.global internal @kernel_attention_backward_device_rows()
// CHECK-SAME: !llvm.array<16544 x i8>
// CHECK: llvm.func @kernel_attention_backward_device(
// 32 blocks of 64 rows, then 2 heads times 4 tiles of keys.
// CHECK-SAME: lacuna.block = 384 : i64, lacuna.grid = array<i64: 40, 1, 1>
// CHECK-SAME: {box = array<i64: 32, 64, 1, 1>, buffer = {{[0-9]+}} : i64, element = f32
// CHECK: hopper.specialize %{{.*}} consumers = 2 registers = 240
// CHECK: hopper.counter_next
// CHECK: hopper.multiply %{{.*}} element = bf16 : (i64, i64) -> vector<32xf32>
// CHECK: hopper.multiply %{{.*}} element = bf16 : (i64, i64) -> vector<32xf32>
// CHECK: hopper.multiply %{{.*}} : (vector<16xi32>, i64, vector<64xf32>)
// CHECK: hopper.store_matrix transpose
// CHECK: hopper.multiply %{{.*}} transpose_b : (i64, i64) -> vector<32xf32>
// CHECK: hopper.multiply %{{.*}} : (vector<16xi32>, i64, vector<64xf32>)
// CHECK: producer whole registers = 24
// CHECK: hopper.counter_wait
// CHECK: hopper.load_line
// CHECK: hopper.counter_wait
// CHECK: hopper.store %
// CHECK: hopper.store add
// CHECK: hopper.store_wait written
// CHECK: hopper.counter_next
