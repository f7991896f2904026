// REQUIRES: !sanitizer
// RUN: rm -rf %t && mkdir -p %t && %cc -shared -fPIC %S/Inputs/mock-cuda.c -o %t/libcuda.so.1
// RUN: env LD_LIBRARY_PATH=%t XDG_CACHE_HOME=%t/a lacuna run %s --random 1 --target=cuda 2>&1 | FileCheck %s --check-prefixes=BOTH,HOPPER
// RUN: env LD_LIBRARY_PATH=%t XDG_CACHE_HOME=%t/b MOCK_CUDA_MAJOR=8 lacuna run %s --random 1 --target=cuda 2>&1 | FileCheck %s --check-prefixes=BOTH,AMPERE --implicit-check-not=map
// RUN: env LD_LIBRARY_PATH=%t XDG_CACHE_HOME=%t/kept lacuna bench %s --repeats 2 --random 1 --target=cuda 2>&1 | FileCheck %s --check-prefixes=ASSEMBLED,RECORDED
// RUN: env LD_LIBRARY_PATH=%t XDG_CACHE_HOME=%t/kept lacuna run %s --random 1 --target=cuda 2>&1 | FileCheck %s --check-prefix=BOTH --implicit-check-not=assemble
// RUN: sh -c 'for file in %t/kept/lacuna/*.*; do echo >> $file; done'
// RUN: env LD_LIBRARY_PATH=%t XDG_CACHE_HOME=%t/kept lacuna run %s --random 1 --target=cuda 2>&1 | FileCheck %s --check-prefix=ASSEMBLED
// RUN: sh -c 'ls -i %t/kept/lacuna/*.program > %t/before'
// RUN: env LD_LIBRARY_PATH=%t XDG_CACHE_HOME=%t/kept lacuna run %s --random 1 --target=cuda 2>&1 | FileCheck %s --check-prefix=BOTH
// RUN: sh -c 'ls -i %t/kept/lacuna/*.program > %t/after'
// RUN: cmp %t/before %t/after
// What reaches the driver, which a library stands in for that tells of it.
// Hopper gets attention's own grid and tensor maps, other GPUs the loops. Code
// is assembled once and kept, as is the program before (a file that is written
// again is another one); a file that is not whole is as if not there. Later
// calls replay the launches of the second one; timed ones launch one by one.

// BOTH: load sm_80
// HOPPER: load sm_90a
// HOPPER: kernel_attention_device: attribute 8 = 196704
// HOPPER: map of type 9, 4 dimensions, 3: 128/64 1024/128 4/1 1/1
// HOPPER-COUNT-2: map of type 9, 4 dimensions, 3: 128/64 1024/128 4/1 1/1
// HOPPER: map of type 9, 4 dimensions, 3: 128/64 1024/64 4/1 1/1
// HOPPER: launch kernel_attention_device grid 64 1 1 block 384 shared 196704
// AMPERE: launch kernel_attention_launch grid
// ASSEMBLED-COUNT-2: assemble
// RECORDED: launch kernel_attention_device
// RECORDED: record
// RECORDED: launch kernel_attention_device
// RECORDED: replay
// RECORDED-NEXT: replay
// RECORDED-NOT: re{{cord|play}}
// RECORDED: launch kernel_attention_device
// RECORDED: device {{ *}}median 1 ms in kernels
// RECORDED: limits {{ *}}{{[0-9]+}} GB/s (ReLU), {{[0-9]+}} GFLOP/s
// RECORDED: GB/s {{ *}}of limit
// BOTH: launch kernel_{{.*}}_launch grid {{[0-9]+}} 1 1 block 128 shared 0
func.func @main(%x: tensor<1x4x1024x128xbf16>)
    -> (tensor<1x4x1024x128xbf16>, tensor<1x4x1024x128xbf16>) {
  %r = lacuna.attention %x, %x, %x
      : (tensor<1x4x1024x128xbf16>, tensor<1x4x1024x128xbf16>,
         tensor<1x4x1024x128xbf16>) -> tensor<1x4x1024x128xbf16>
  %y = arith.addf %x, %x : tensor<1x4x1024x128xbf16>
  return %r, %y : tensor<1x4x1024x128xbf16>, tensor<1x4x1024x128xbf16>
}
