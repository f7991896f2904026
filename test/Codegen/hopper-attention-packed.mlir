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
// Packed sequences, at depths of one panel and of two, with 64-bit bounds of
// keys: none is serialised or spills.

// CHECK-DAG: cp.async.bulk.tensor.5d.shared::cluster.global
// CHECK-DAG: cp.async.bulk.tensor.5d.global.shared::cta
// CHECK-DAG: atom.global.add.u32
// PTXAS-COUNT-2: 0 bytes spill stores, 0 bytes spill loads

!wide = tensor<1000x4x128xbf16>
!head = tensor<1000x4x64xf16>
!keys = tensor<900x2x64xf16>

func.func @main(%w: !wide, %q: !head, %k: !keys, %ends: tensor<5xi32>,
                %key_ends: tensor<5xi64>)
    -> (!wide, !head, tensor<1000x4xf32>) {
  %r = lacuna.attention %w, %w, %w cu_seqlens_query %ends causal = top_left
      : (!wide, !wide, !wide, tensor<5xi32>) -> !wide
  %s:2 = lacuna.attention %q, %k, %k cu_seqlens_query %ends
      cu_seqlens_key %key_ends window_left = 100
      : (!head, !keys, !keys, tensor<5xi32>, tensor<5xi64>)
      -> (!head, tensor<1000x4xf32>)
  return %r, %s#0, %s#1 : !wide, !head, tensor<1000x4xf32>
}
