// One tiny model at every stage.
// RUN: lacuna compile %s --emit=model | FileCheck %s --check-prefix=MODEL
// RUN: lacuna compile %s --emit=plan | FileCheck %s --check-prefix=MODEL
// RUN: lacuna compile %s --emit=tensor | FileCheck %s --check-prefix=TENSOR
// RUN: lacuna compile %s --emit=memory | FileCheck %s --check-prefix=MEMORY
// RUN: lacuna compile %s --emit=device | FileCheck %s --check-prefix=DEVICE
// RUN: lacuna compile %s --emit=llvm | FileCheck %s --check-prefix=LLVM
// RUN: lacuna compile %s --emit=llvm-ir --name=f | FileCheck %s --check-prefix=IR
// RUN: lacuna compile %s --emit=assembly --name=f | FileCheck %s --check-prefix=ASM

// MODEL: lacuna.activation {{.*}}relu
// TENSOR: lacuna.kernel "generic"
// TENSOR: linalg.generic
// MEMORY: func.func private @kernel_generic({{.*}}memref<4xf32>
// MEMORY: lacuna.launch @kernel_generic
// DEVICE: scf.for
// DEVICE: memref.store
// LLVM: llvm.func internal @kernel_generic
// LLVM: llvm.call @lacuna_rt_parallel
// IR: define {{.*}}i32 @f(ptr {{.*}}, ptr {{.*}}, i32
// ASM: {{^}}f:

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = lacuna.activation relu %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
