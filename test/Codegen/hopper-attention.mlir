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
// PTX that ptxas neither serialises nor spills: full, causal and windowed, of
// each tile shape.

// CHECK: .maxntid 384
// CHECK: .minnctapersm 1
// CHECK: mbarrier.init.shared::cta.b64
// CHECK: setmaxnreg.dec.sync.aligned.u32 40
// CHECK: cp.async.bulk.tensor.4d.shared::cluster.global
// CHECK: setmaxnreg.inc.sync.aligned.u32 232
// CHECK: wgmma.fence.sync.aligned
// CHECK-NEXT: add.s64 d
// CHECK: wgmma.mma_async.sync.aligned.m64n128k16.f32.bf16.bf16
// CHECK: wgmma.wait_group.sync.aligned 1
// CHECK: ex2.approx.ftz.f32
// CHECK: stmatrix.sync.aligned.m8n8.x4.shared.b16
// CHECK: cp.async.bulk.tensor.4d.global.shared::cta.bulk_group
// PTXAS-COUNT-4: 0 bytes spill stores, 0 bytes spill loads

func.func @main(%full_q: tensor<1x48x1024x128xbf16>,
                %causal_q: tensor<1x48x1024x64xf16>,
                %window_q: tensor<1x1024x48x256xbf16>,
                %latent_q: tensor<1x48x777x192xbf16>,
                %latent_v: tensor<1x48x777x128xbf16>)
    -> (tensor<1x48x1024x128xbf16>,
        tensor<1x48x1024x64xf16>,
        tensor<1x1024x48x256xbf16>,
        tensor<1x48x777x128xbf16>) {
  %full_r = lacuna.attention %full_q, %full_q, %full_q
      : (tensor<1x48x1024x128xbf16>, tensor<1x48x1024x128xbf16>,
         tensor<1x48x1024x128xbf16>) -> tensor<1x48x1024x128xbf16>
  %causal_r = lacuna.attention %causal_q, %causal_q, %causal_q causal = top_left
      : (tensor<1x48x1024x64xf16>, tensor<1x48x1024x64xf16>,
         tensor<1x48x1024x64xf16>) -> tensor<1x48x1024x64xf16>
  %window_r = lacuna.attention %window_q, %window_q, %window_q layout = bshd causal = bottom_right
      window_left = 100
      : (tensor<1x1024x48x256xbf16>, tensor<1x1024x48x256xbf16>,
         tensor<1x1024x48x256xbf16>) -> tensor<1x1024x48x256xbf16>
  %latent_r = lacuna.attention %latent_q, %latent_q, %latent_v
      : (tensor<1x48x777x192xbf16>, tensor<1x48x777x192xbf16>,
         tensor<1x48x777x128xbf16>) -> tensor<1x48x777x128xbf16>
  return %full_r, %causal_r, %window_r, %latent_r
      : tensor<1x48x1024x128xbf16>,
        tensor<1x48x1024x64xf16>,
        tensor<1x1024x48x256xbf16>,
        tensor<1x48x777x128xbf16>
}

