// REQUIRES: !sanitizer
// RUN: mkdir -p %t && %cc -shared -fPIC %S/Inputs/mock-cuda.c -o %t/libcuda.so.1
// RUN: env LD_LIBRARY_PATH=%t XDG_CACHE_HOME=%t MOCK_CUDA_WAITS=1 lacuna run %s --random 1 --target=cuda 2>&1 | FileCheck %s --check-prefix=LARGE
// RUN: env LD_LIBRARY_PATH=%t XDG_CACHE_HOME=%t MOCK_CUDA_PROCESSORS=60 lacuna run %s --random 1 --target=cuda 2>&1 | FileCheck %s --check-prefix=SMALL
// RUN: not env LD_LIBRARY_PATH=%t XDG_CACHE_HOME=%t MOCK_CUDA_PROCESSORS=132,60 lacuna run %s --random 1 --target=cuda 2>&1 | FileCheck %s --check-prefix=FEW
// A product whose blocks wait for each other's sums: the device is asked how many
// of them can run. Were it fewer than the kernel was made for, it is refused. Each
// call's kernels come behind those of the call before.

// LARGE: wait for an event
// LARGE: launch kernel_contract_device grid 132 1 1
// SMALL: launch kernel_contract_device grid 60 1 1
// FEW: the GPU must have 132 multiprocessors to run `kernel_contract_device`, got 60
// FEW-NOT: launch
func.func @main(%a: tensor<512x8192xbf16>, %b: tensor<8192x512xbf16>)
    -> tensor<512x512xbf16> {
  %zero = arith.constant 0.0 : bf16
  %none = tensor.empty() : tensor<512x512xbf16>
  %sums = linalg.fill ins(%zero : bf16) outs(%none : tensor<512x512xbf16>)
      -> tensor<512x512xbf16>
  %r = linalg.matmul ins(%a, %b : tensor<512x8192xbf16>, tensor<8192x512xbf16>)
      outs(%sums : tensor<512x512xbf16>) -> tensor<512x512xbf16>
  return %r : tensor<512x512xbf16>
}
