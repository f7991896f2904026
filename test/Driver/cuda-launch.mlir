// REQUIRES: !sanitizer
// RUN: mkdir -p %t && cc -shared -fPIC %S/Inputs/mock-cuda.c -o %t/libcuda.so.1
// RUN: env LD_LIBRARY_PATH=%t lacuna run %s --random 1 --target=cuda 2>&1 | FileCheck %s --check-prefixes=BOTH,HOPPER
// RUN: env LD_LIBRARY_PATH=%t MOCK_CUDA_MAJOR=8 lacuna run %s --random 1 --target=cuda 2>&1 | FileCheck %s --check-prefixes=BOTH,AMPERE --implicit-check-not=map
// What reaches the driver, which a library stands in for that tells of it.
// Hopper gets attention's own grid and tensor maps, other GPUs the loops.

// BOTH: load sm_80
// HOPPER: load sm_90a
// HOPPER: kernel_attention_device: attribute 8 = 196688
// HOPPER: map of type 9, 4 dimensions, 3: 128/64 1024/128 4/1 1/1
// HOPPER-COUNT-2: map of type 9, 4 dimensions, 3: 128/64 1024/128 4/1 1/1
// HOPPER: map of type 9, 4 dimensions, 3: 128/64 1024/64 4/1 1/1
// HOPPER: launch kernel_attention_device grid 32 1 1 block 384 shared 196688
// AMPERE: launch kernel_attention_launch grid
// BOTH: launch kernel_{{.*}}_launch grid {{[0-9]+}} 1 1 block 128 shared 0
func.func @main(%x: tensor<1x4x1024x128xbf16>)
    -> (tensor<1x4x1024x128xbf16>, tensor<1x4x1024x128xbf16>) {
  %r = lacuna.attention %x, %x, %x
      : (tensor<1x4x1024x128xbf16>, tensor<1x4x1024x128xbf16>,
         tensor<1x4x1024x128xbf16>) -> tensor<1x4x1024x128xbf16>
  %y = arith.addf %x, %x : tensor<1x4x1024x128xbf16>
  return %r, %y : tensor<1x4x1024x128xbf16>, tensor<1x4x1024x128xbf16>
}
