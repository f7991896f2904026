// RUN: lacuna-opt %s --lacuna-convert-to-llvm --lacuna-split-device | FileCheck %s

// The entry launches from a list of device pointers, with their number and the
// kernel's count and grain; it copies through the runtime.
// CHECK-LABEL: llvm.func @main(
// CHECK-SAME: %[[CONTEXT:[a-z0-9]*]]: !llvm.ptr
// CHECK: %[[BUFFERS:.*]] = llvm.alloca
// CHECK-NOT: addressof
// CHECK: llvm.call @lacuna_rt_launch(%[[CONTEXT]], %{{.*}}, %[[BUFFERS]], %{{.*}}, %{{.*}}, %{{.*}})
// CHECK-NOT: llvm.intr.memcpy
// CHECK: llvm.call @lacuna_rt_copy(%[[CONTEXT]],
// Kernels are the device's; thread i begins at step i * grain.
// CHECK-LABEL: module @device
// CHECK: llvm.func internal @lacuna_rt_fail(
// CHECK: llvm.cmpxchg
// CHECK: llvm.func internal @kernel_double(
// CHECK: llvm.func internal @kernel_double_thunk(
// CHECK: llvm.func ptx_kernelcc @kernel_double_launch(%[[LIST:.*]]: !llvm.ptr {llvm.align = 8 : i64, llvm.byval = !llvm.array<3 x ptr>}, %[[COUNT:.*]]: i64, %[[GRAIN:.*]]: i64)
// CHECK: llvm.nvvm.read.ptx.sreg.ctaid.x
// CHECK: %[[BEGIN:.*]] = llvm.mul %{{.*}}, %[[GRAIN]]
// CHECK: llvm.icmp "slt" %[[BEGIN]], %[[COUNT]]
// CHECK: %[[NEXT:.*]] = llvm.add %[[BEGIN]], %[[GRAIN]]
// CHECK: %[[END:.*]] = llvm.intr.smin(%[[NEXT]], %[[COUNT]])
// CHECK: llvm.call @kernel_double_thunk(%[[BEGIN]], %[[END]], %[[LIST]])
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
func.func @main(%x: memref<4xf32>, %y: memref<4xf32>, %z: memref<4xf32>, %arena: memref<0xi8>)
    attributes {lacuna.arena_bytes = 0 : i64, lacuna.entry_inputs = 1 : i64,
                lacuna.entry_names = ["x", "y", "z"],
                lacuna.entry_unsigned = array<i1: false, false, false>} {
  lacuna.launch @kernel_double(%x, %y) : memref<4xf32>, memref<4xf32>
  memref.copy %y, %z : memref<4xf32> to memref<4xf32>
  return
}
