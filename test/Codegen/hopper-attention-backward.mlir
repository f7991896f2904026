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
// Gradients that ptxas neither serialises nor spills: two panels deep with a
// tail, one panel with a window, and four panels, which are split.

// CHECK: atom.release.gpu.global.inc.u32
// CHECK: wgmma.mma_async.sync.aligned.m64n64k16.f32.bf16.bf16
// CHECK: stmatrix.sync.aligned.m8n8.x4.trans.shared.b16
// CHECK: cp.reduce.async.bulk.tensor.4d.global.shared::cta.add.bulk_group
// PTXAS-COUNT-3: 0 bytes spill stores, 0 bytes spill loads

func.func @main(%q: tensor<1x4x777x128xbf16>, %l: tensor<1x4x777xf32>,
                %n: tensor<1x512x4x64xf16>, %m: tensor<1x4x512xf32>,
                %d: tensor<1x4x777x256xbf16>)
    -> (tensor<2x1x4x777x256xf32>, tensor<1x4x777x256xbf16>,
        tensor<1x4x777x256xbf16>,
        tensor<1x1x4x777x128xf32>, tensor<1x4x777x128xbf16>,
        tensor<1x4x777x128xbf16>, tensor<1x1x512x4x64xf32>,
        tensor<1x512x4x64xf16>, tensor<1x512x4x64xf16>) {
  %r:3 = lacuna.attention_backward %q, %q, %q, %q, %l, %q
      : (tensor<1x4x777x128xbf16>, tensor<1x4x777x128xbf16>,
         tensor<1x4x777x128xbf16>, tensor<1x4x777x128xbf16>,
         tensor<1x4x777xf32>, tensor<1x4x777x128xbf16>)
      -> (tensor<1x1x4x777x128xf32>, tensor<1x4x777x128xbf16>,
          tensor<1x4x777x128xbf16>)
  %s:3 = lacuna.attention_backward %n, %n, %n, %n, %m, %n layout = bshd
      causal = top_left window_left = 100
      : (tensor<1x512x4x64xf16>, tensor<1x512x4x64xf16>,
         tensor<1x512x4x64xf16>, tensor<1x512x4x64xf16>,
         tensor<1x4x512xf32>, tensor<1x512x4x64xf16>)
      -> (tensor<1x1x512x4x64xf32>, tensor<1x512x4x64xf16>,
          tensor<1x512x4x64xf16>)
  %t:3 = lacuna.attention_backward %d, %d, %d, %d, %l, %d causal = top_left
      splits = 2
      : (tensor<1x4x777x256xbf16>, tensor<1x4x777x256xbf16>,
         tensor<1x4x777x256xbf16>, tensor<1x4x777x256xbf16>,
         tensor<1x4x777xf32>, tensor<1x4x777x256xbf16>)
      -> (tensor<2x1x4x777x256xf32>, tensor<1x4x777x256xbf16>,
          tensor<1x4x777x256xbf16>)
  return %t#0, %t#1, %t#2, %r#0, %r#1, %r#2, %s#0, %s#1, %s#2
      : tensor<2x1x4x777x256xf32>, tensor<1x4x777x256xbf16>,
        tensor<1x4x777x256xbf16>,
        tensor<1x1x4x777x128xf32>, tensor<1x4x777x128xbf16>,
        tensor<1x4x777x128xbf16>, tensor<1x1x512x4x64xf32>,
        tensor<1x512x4x64xf16>, tensor<1x512x4x64xf16>
}
