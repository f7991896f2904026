// RUN: lacuna-opt %s --lacuna-convert-to-llvm | FileCheck %s

// The kernel keeps its range; a thunk takes its buffers from a list; the entry
// launches it with the count and the grain that the kernel says.
// CHECK: llvm.func internal @kernel_double(%{{.*}}: i64, %{{.*}}: i64, %{{.*}}: !llvm.ptr {llvm.noalias}, %{{.*}}: !llvm.ptr {llvm.noalias})
// CHECK: llvm.fadd
// CHECK: llvm.func @kernel_double_thunk(%{{.*}}: i64, %{{.*}}: i64, %{{.*}}: !llvm.ptr)
// CHECK: llvm.call @kernel_double(
// CHECK-LABEL: llvm.func @main(
// CHECK-SAME: %[[CONTEXT:[a-z0-9]*]]: !llvm.ptr
// CHECK: %[[BUFFERS:.*]] = llvm.alloca
// CHECK: %[[ID:.*]] = llvm.mlir.constant(0 : i64)
// CHECK: %[[THUNK:.*]] = llvm.mlir.addressof @kernel_double_thunk
// CHECK: %[[COUNT:.*]] = llvm.mlir.constant(4 : i64)
// CHECK: %[[GRAIN:.*]] = llvm.mlir.constant(2 : i64)
// CHECK: llvm.call @lacuna_rt_parallel(%[[CONTEXT]], %[[ID]], %[[THUNK]], %[[BUFFERS]], %[[COUNT]], %[[GRAIN]])
func.func private @kernel_double(%begin: index, %end: index,
    %in: memref<4xf32>, %out: memref<4xf32>)
    attributes {lacuna.count = 4 : i64, lacuna.grain = 2 : i64, lacuna.kernel_function} {
  %c1 = arith.constant 1 : index
  scf.for %i = %begin to %end step %c1 {
    %x = memref.load %in[%i] : memref<4xf32>
    %y = arith.addf %x, %x : f32
    memref.store %y, %out[%i] : memref<4xf32>
  }
  return
}
func.func @main(%x: memref<4xf32>, %y: memref<4xf32>, %arena: memref<0xi8>)
    attributes {lacuna.arena_bytes = 0 : i64, lacuna.entry_inputs = 1 : i64,
                lacuna.entry_names = ["x", "y"],
                lacuna.entry_unsigned = array<i1: false, false>} {
  lacuna.launch @kernel_double(%x, %y) : memref<4xf32>, memref<4xf32>
  return
}
