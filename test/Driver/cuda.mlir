// RUN: %if !cuda %{ not lacuna run %s --target=cuda 2>&1 | FileCheck %s %}
// RUN: not lacuna run %s --target=cuda:x 2>&1 | FileCheck %s --check-prefix=ORDINAL

// CHECK: `--target=cuda` needs NVIDIA's driver: libcuda.so.1 was not found
// ORDINAL: `--target` must be `cuda`, `cuda:ORDINAL` or `cuda:sm_90a`, got `cuda:x`
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = arith.addf %x, %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
