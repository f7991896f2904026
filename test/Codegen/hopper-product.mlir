// REQUIRES: ptxas
// RUN: lacuna compile %s --emit=memory | lacuna-opt \
// RUN:   --lacuna-emit-hopper=device-only --lacuna-lower-hopper \
// RUN:   --canonicalize --cse | mlir-opt --convert-scf-to-cf \
// RUN:   --convert-vector-to-llvm --convert-math-to-llvm \
// RUN:   --convert-cf-to-llvm --convert-arith-to-llvm \
// RUN:   --reconcile-unrealized-casts | mlir-translate --mlir-to-llvmir \
// RUN:   | llc -mtriple=nvptx64-nvidia-cuda -mcpu=sm_90a -mattr=+ptx86 -o %t
// RUN: FileCheck %s --input-file=%t
// RUN: FileCheck %s --input-file=%t --check-prefix=PARTS
// RUN: ptxas -arch=sm_90a -v %t -o %t.cubin 2>&1 | FileCheck %s \
// RUN:   --check-prefix=PTXAS --implicit-check-not='C75{{07|1[0-7]}}'
// PTX that ptxas neither serialises nor spills: a product in clusters with
// what follows it, and one of few tiles whose depth is cut into parts.

// CHECK: .reqnctapercluster 2
// CHECK: barrier.cluster.arrive
// CHECK: cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster
// CHECK: wgmma.mma_async.sync.aligned.m64n256k16.f32.bf16.bf16
// CHECK: wgmma.wait_group.sync.aligned 1
// CHECK: stmatrix.sync.aligned.m8n8.x4.shared.b16
// CHECK: cp.async.bulk.tensor.2d.global.shared::cta.bulk_group
// PARTS: ld.acquire.gpu.global.b32
// PARTS: st.release.gpu.global.b32
// PTXAS-COUNT-2: 0 bytes spill stores, 0 bytes spill loads

#left = affine_map<(m, n, k) -> (m, k)>
#right = affine_map<(m, n, k) -> (n, k)>
#result = affine_map<(m, n, k) -> (m, n)>

func.func @main(%a: tensor<4096x512xbf16>, %w: tensor<4096x512xbf16>,
                %bias: tensor<4096xbf16>, %deep: tensor<512x8192xbf16>)
    -> (tensor<4096x4096xbf16>, tensor<512x512xbf16>) {
  %zero = arith.constant 0.0 : bf16
  %e = tensor.empty() : tensor<4096x4096xbf16>
  %f = linalg.fill ins(%zero : bf16) outs(%e : tensor<4096x4096xbf16>)
      -> tensor<4096x4096xbf16>
  %r = linalg.contract indexing_maps = [#left, #right, #result]
      ins(%a, %w : tensor<4096x512xbf16>, tensor<4096x512xbf16>)
      outs(%f : tensor<4096x4096xbf16>) -> tensor<4096x4096xbf16>
  %wide = linalg.broadcast ins(%bias : tensor<4096xbf16>)
      outs(%e : tensor<4096x4096xbf16>) dimensions = [0]
  %s = arith.addf %r, %wide : tensor<4096x4096xbf16>
  %t = lacuna.activation gelu %s : tensor<4096x4096xbf16>
  %e1 = tensor.empty() : tensor<512x512xbf16>
  %f1 = linalg.fill ins(%zero : bf16) outs(%e1 : tensor<512x512xbf16>)
      -> tensor<512x512xbf16>
  %p = linalg.contract indexing_maps = [#left, #right, #result]
      ins(%deep, %deep : tensor<512x8192xbf16>, tensor<512x8192xbf16>)
      outs(%f1 : tensor<512x512xbf16>) -> tensor<512x512xbf16>
  return %t, %p : tensor<4096x4096xbf16>, tensor<512x512xbf16>
}
