// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(lacuna-emit-kernels))' | FileCheck %s

// A range of steps from the caller, one element a step; how many there are, and
// how few are worth a task, stand beside it.
// CHECK-LABEL: func.func private @kernel_double(
// CHECK-SAME: %[[BEGIN:.*]]: index, %[[END:.*]]: index, %[[IN:.*]]: memref<4xf32>, %[[OUT:.*]]: memref<4xf32>)
// CHECK-SAME: lacuna.count = 4 : i64, lacuna.grain = {{[0-9]+}} : i64
// CHECK: scf.for %[[I:.*]] = %[[BEGIN]] to %[[END]]
// CHECK: %[[X:.*]] = memref.load %[[IN]][%[[I]]]
// CHECK: %[[Y:.*]] = arith.addf %[[X]], %[[X]] : f32
// CHECK: memref.store %[[Y]], %[[OUT]][%[[I]]]
// CHECK-NOT: bufferization
func.func private @kernel_double(%begin: index, %end: index,
    %in: memref<4xf32>, %out: memref<4xf32>)
    attributes {lacuna.kernel_function} {
  %x = bufferization.to_tensor %in restrict : memref<4xf32> to tensor<4xf32>
  %y = arith.addf %x, %x : tensor<4xf32>
  bufferization.materialize_in_destination %y in restrict writable %out
      : (tensor<4xf32>, memref<4xf32>) -> ()
  return
}

// Other functions are left alone.
// CHECK-LABEL: func.func @other
// CHECK-NEXT: arith.addf %{{.*}} : tensor<4xf32>
func.func @other(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = arith.addf %x, %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// Scratch that no stack has room for is on the heap, as much of it as it takes.
// CHECK-LABEL: func.func private @kernel_deep(
// CHECK: %[[HEAP:.*]] = memref.alloc() {alignment = 64 : i64}
// CHECK: memref.alloca() {{.*}} : memref<768xf32>
// CHECK: memref.dealloc %[[HEAP]]
// CHECK: return
func.func private @kernel_deep(%begin: index, %end: index,
    %in: memref<1x1x2x131072xf32>, %out: memref<1x1x2x131072xf32>)
    attributes {lacuna.kernel_function} {
  %x = bufferization.to_tensor %in restrict
      : memref<1x1x2x131072xf32> to tensor<1x1x2x131072xf32>
  %y = lacuna.attention %x, %x, %x
      : (tensor<1x1x2x131072xf32>, tensor<1x1x2x131072xf32>, tensor<1x1x2x131072xf32>)
      -> tensor<1x1x2x131072xf32>
  bufferization.materialize_in_destination %y in restrict writable %out
      : (tensor<1x1x2x131072xf32>, memref<1x1x2x131072xf32>) -> ()
  return
}
