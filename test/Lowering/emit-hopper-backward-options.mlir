// RUN: lacuna compile %s --emit=memory | lacuna-opt --lacuna-emit-hopper \
// RUN:   | FileCheck %s
// Gradients whose blocks find out first what they see: packed sequences look
// for their own, and where a region hides keys by place one block more tells
// the others.

func.func @main(%q: tensor<1x2x300x128xbf16>, %l: tensor<1x2x300xf32>,
                %s: tensor<300x2x64xbf16>, %k: tensor<300x2xf32>,
                %c: tensor<3xi32>)
    -> (tensor<1x1x2x300x128xf32>, tensor<1x2x300x128xbf16>,
        tensor<1x2x300x128xbf16>, tensor<1x300x2x64xf32>,
        tensor<300x2x64xbf16>, tensor<300x2x64xbf16>) {
  %r:3 = lacuna.attention_backward %q, %q, %q, %q, %l, %q score {
      ^bb0(%x: f32, %b: index, %h: index, %i: index, %j: index):
        %seen = arith.cmpi sle, %j, %i : index
        %none = arith.constant 0xFF800000 : f32
        %y = arith.select %seen, %x, %none : f32
        lacuna.yield %y : f32
      } score_backward {
      ^bb0(%x: f32, %b: index, %h: index, %i: index, %j: index, %g: f32):
        lacuna.yield %g : f32
      }
      : (tensor<1x2x300x128xbf16>, tensor<1x2x300x128xbf16>,
         tensor<1x2x300x128xbf16>, tensor<1x2x300x128xbf16>,
         tensor<1x2x300xf32>, tensor<1x2x300x128xbf16>)
      -> (tensor<1x1x2x300x128xf32>, tensor<1x2x300x128xbf16>,
          tensor<1x2x300x128xbf16>)
  %v:3 = lacuna.attention_backward %s, %s, %s, %s, %k, %s cu_seqlens_query %c
      : (tensor<300x2x64xbf16>, tensor<300x2x64xbf16>, tensor<300x2x64xbf16>,
         tensor<300x2x64xbf16>, tensor<300x2xf32>, tensor<300x2x64xbf16>,
         tensor<3xi32>)
      -> (tensor<1x300x2x64xf32>, tensor<300x2x64xbf16>, tensor<300x2x64xbf16>)
  return %r#0, %r#1, %r#2, %v#0, %v#1, %v#2
      : tensor<1x1x2x300x128xf32>, tensor<1x2x300x128xbf16>,
        tensor<1x2x300x128xbf16>, tensor<1x300x2x64xf32>,
        tensor<300x2x64xbf16>, tensor<300x2x64xbf16>
}

// 2 + 3 tiles of queries at most and 2 heads times as many of keys; a failure
// is told behind the maps.
// CHECK: constant @kernel_attention_backward_0_device_message("cu_seqlens
// CHECK: llvm.func @kernel_attention_backward_0_device(
// CHECK-SAME: !llvm.ptr) attributes
// CHECK-SAME: lacuna.grid = array<i64: 15, 1, 1>
// CHECK-SAME: sizes = array<i64: 64, 1073741824, 2, 2147418112, 2147418112>
// CHECK: llvm.cmpxchg
// CHECK: hopper.specialize
// CHECK: hopper.store add %{{.*}}
// One block finds, 2 x 5 prepare 64 rows each, 2 x 3 have keys.
// CHECK: llvm.func @kernel_attention_backward_device(
// CHECK-SAME: lacuna.grid = array<i64: 17, 1, 1>
// CHECK: hopper.counter_wait
// CHECK: hopper.specialize
