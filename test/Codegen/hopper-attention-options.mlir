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
// Scores that are capped, masked, computed from indices and captured tensors,
// and sums that are kept: none is serialised or spills.

// CHECK-DAG: cp.async.bulk.tensor.2d.shared::cluster.global
// CHECK-DAG: tanh.approx.f32
// CHECK-DAG: lg2.approx.ftz.f32
// CHECK-DAG: cvt.rn.f32.s32
// PTXAS-COUNT-3: 0 bytes spill stores, 0 bytes spill loads

!head = tensor<1x4x512x128xbf16>

func.func @main(%q: !head, %mask: tensor<1x1x512x512xbf16>,
                %slopes: tensor<4xf32>, %lengths: tensor<1xi32>)
    -> (!head, tensor<1x4x512xf32>, !head, !head) {
  %r:2 = lacuna.attention %q, %q, %q key_lengths %lengths soft_cap = 20.0
      : (!head, !head, !head, tensor<1xi32>) -> (!head, tensor<1x4x512xf32>)
  %m = lacuna.attention %r#0, %q, %q mask %mask
      : (!head, !head, !head, tensor<1x1x512x512xbf16>) -> !head
  %s = lacuna.attention %m, %q, %q causal = top_left score {
  ^bb0(%s: f32, %b: index, %h: index, %i: index, %j: index):
    %slope = tensor.extract %slopes[%h] : tensor<4xf32>
    %d = arith.subi %j, %i : index
    %e = arith.index_cast %d : index to i32
    %f = arith.sitofp %e : i32 to f32
    %x = arith.mulf %slope, %f : f32
    %t = arith.addf %s, %x : f32
    lacuna.yield %t : f32
  } : (!head, !head, !head) -> !head
  return %r#0, %r#1, %m, %s : !head, tensor<1x4x512xf32>, !head, !head
}
