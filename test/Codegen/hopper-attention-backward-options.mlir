// REQUIRES: ptxas
// RUN: lacuna compile %s --emit=memory | lacuna-opt \
// RUN:   --lacuna-emit-hopper=device-only --lacuna-lower-hopper \
// RUN:   --canonicalize --cse | mlir-opt --convert-scf-to-cf \
// RUN:   --convert-vector-to-llvm --convert-math-to-llvm \
// RUN:   --convert-cf-to-llvm --convert-arith-to-llvm \
// RUN:   --reconcile-unrealized-casts | mlir-translate --mlir-to-llvmir \
// RUN:   | llc -mtriple=nvptx64-nvidia-cuda -mcpu=sm_90a -mattr=+ptx86 -o %t
// RUN: FileCheck %s --input-file=%t
// RUN: ptxas -arch=sm_90a -v %t -o %t.cubin 2>&1 | FileCheck %s \
// RUN:   --check-prefix=PTXAS --implicit-check-not='C75{{07|1[0-7]}}'
// Gradients through a score region that hides keys by place, a mask with
// lengths, and packed sequences with a soft cap: less than 100 bytes are spilled.

// CHECK: tanh.approx
// CHECK: cp.reduce.async.bulk.tensor.5d.global.shared::cta.add.bulk_group
// CHECK: cp.reduce.async.bulk.tensor.4d.global.shared::cta.add.bulk_group
// CHECK: cp.reduce.async.bulk.tensor.4d.global.shared::cta.add.bulk_group
// PTXAS-COUNT-3: bytes stack frame, {{[0-9]?[0-9]}} bytes spill stores

func.func @main(%q: tensor<2x2x333x128xbf16>, %l: tensor<2x2x333xf32>,
                %t: tensor<333xi32>, %m: tensor<2x1x333x333xf32>,
                %n: tensor<2xi32>, %s: tensor<500x2x64xf16>,
                %k: tensor<500x2xf32>, %c: tensor<4xi32>)
    -> (tensor<1x2x2x333x128xf32>, tensor<2x2x333x128xbf16>,
        tensor<2x2x333x128xbf16>, tensor<1x2x2x333x128xf32>,
        tensor<2x2x333x128xbf16>, tensor<2x2x333x128xbf16>,
        tensor<1x500x2x64xf32>, tensor<500x2x64xf16>, tensor<500x2x64xf16>) {
  %r:3 = lacuna.attention_backward %q, %q, %q, %q, %l, %q causal = top_left
      score {
      ^bb0(%x: f32, %b: index, %h: index, %i: index, %j: index):
        %mine = tensor.extract %t[%i] : tensor<333xi32>
        %its = tensor.extract %t[%j] : tensor<333xi32>
        %same = arith.cmpi eq, %mine, %its : i32
        %none = arith.constant 0xFF800000 : f32
        %y = arith.select %same, %x, %none : f32
        lacuna.yield %y : f32
      } score_backward {
      ^bb0(%x: f32, %b: index, %h: index, %i: index, %j: index, %g: f32):
        lacuna.yield %g : f32
      }
      : (tensor<2x2x333x128xbf16>, tensor<2x2x333x128xbf16>,
         tensor<2x2x333x128xbf16>, tensor<2x2x333x128xbf16>,
         tensor<2x2x333xf32>, tensor<2x2x333x128xbf16>)
      -> (tensor<1x2x2x333x128xf32>, tensor<2x2x333x128xbf16>,
          tensor<2x2x333x128xbf16>)
  %u:3 = lacuna.attention_backward %q, %q, %q, %q, %l, %q mask %m
      key_lengths %n
      : (tensor<2x2x333x128xbf16>, tensor<2x2x333x128xbf16>,
         tensor<2x2x333x128xbf16>, tensor<2x2x333x128xbf16>,
         tensor<2x2x333xf32>, tensor<2x2x333x128xbf16>,
         tensor<2x1x333x333xf32>, tensor<2xi32>)
      -> (tensor<1x2x2x333x128xf32>, tensor<2x2x333x128xbf16>,
          tensor<2x2x333x128xbf16>)
  %v:3 = lacuna.attention_backward %s, %s, %s, %s, %k, %s
      cu_seqlens_query %c causal = top_left soft_cap = 20.0
      : (tensor<500x2x64xf16>, tensor<500x2x64xf16>, tensor<500x2x64xf16>,
         tensor<500x2x64xf16>, tensor<500x2xf32>, tensor<500x2x64xf16>,
         tensor<4xi32>)
      -> (tensor<1x500x2x64xf32>, tensor<500x2x64xf16>, tensor<500x2x64xf16>)
  return %r#0, %r#1, %r#2, %u#0, %u#1, %u#2, %v#0, %v#1, %v#2
      : tensor<1x2x2x333x128xf32>, tensor<2x2x333x128xbf16>,
        tensor<2x2x333x128xbf16>, tensor<1x2x2x333x128xf32>,
        tensor<2x2x333x128xbf16>, tensor<2x2x333x128xbf16>,
        tensor<1x500x2x64xf32>, tensor<500x2x64xf16>, tensor<500x2x64xf16>
}
