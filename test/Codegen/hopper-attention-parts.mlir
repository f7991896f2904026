// REQUIRES: ptxas
// RUN: lacuna compile %s --target=cuda --emit=memory | lacuna-opt \
// RUN:   --lacuna-emit-hopper=device-only --lacuna-lower-hopper \
// RUN:   --canonicalize --cse | mlir-opt --convert-scf-to-cf \
// RUN:   --convert-vector-to-llvm --convert-math-to-llvm \
// RUN:   --convert-cf-to-llvm --convert-arith-to-llvm \
// RUN:   --reconcile-unrealized-casts | mlir-translate --mlir-to-llvmir \
// RUN:   | llc -mtriple=nvptx64-nvidia-cuda -mcpu=sm_90a -mattr=+ptx86 -o %t
// RUN: FileCheck %s --input-file=%t
// RUN: ptxas -arch=sm_90a -v %t -o %t.cubin 2>&1 | FileCheck %s \
// RUN:   --check-prefix=PTXAS --implicit-check-not='C75{{07|1[0-7]}}'
// Few queries and many keys: none is serialised or spills, of each depth.

// CHECK-DAG: .maxntid 256
// CHECK-DAG: st.global.v2
// CHECK-DAG: fence.acq_rel.gpu
// CHECK-DAG: atom.global.add.u32
// CHECK-DAG: ld.global.v4
// PTXAS-COUNT-3: 0 bytes spill stores, 0 bytes spill loads

!query = tensor<1x16x1x128xbf16>
!keys = tensor<1x2x4096x128xbf16>
!shallow = tensor<2x2x5x64xf16>
!many = tensor<2x2x9000x64xf16>
!deep = tensor<1x3x200x256xbf16>
!deep_keys = tensor<1x3x4000x256xbf16>

func.func @main(%q: !query, %k: !keys, %s: !shallow, %m: !many,
                %lengths: tensor<2xi32>, %d: !deep, %e: !deep_keys)
    -> (!query, !shallow, tensor<2x2x5xf32>, !deep) {
  %r = lacuna.attention %q, %k, %k : (!query, !keys, !keys) -> !query
  %t:2 = lacuna.attention %s, %m, %m key_lengths %lengths causal = bottom_right
      : (!shallow, !many, !many, tensor<2xi32>)
      -> (!shallow, tensor<2x2x5xf32>)
  %u = lacuna.attention %d, %e, %e : (!deep, !deep_keys, !deep_keys) -> !deep
  return %r, %t#0, %t#1, %u : !query, !shallow, tensor<2x2x5xf32>, !deep
}
