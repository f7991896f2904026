// REQUIRES: !sanitizer
// RUN: mkdir -p %t && %cc -shared -fPIC %S/Inputs/mock-cuda.c -o %t/libcuda.so.1
// RUN: env LD_LIBRARY_PATH=%t XDG_CACHE_HOME=%t lacuna run %s --random 1 --target=cuda 2>&1 | FileCheck %s
// A convolution of images in bf16 reads pixels by a map of its window.

// CHECK: map of pixels, 64 channels, {{[0-9]+}} pixels: 64 20 20 1 -2..-2/1 -2..-2/1
// CHECK: launch kernel_packed_convolution_device
func.func @main(%x: tensor<1x64x20x20xbf16>, %f: tensor<64x64x3x3xbf16>)
    -> tensor<1x64x20x20xbf16> {
  %r = lacuna.convolution %x, %f strides = [1, 1] dilations = [2, 2]
      pads = [2, 2] to [2, 2]
      : (tensor<1x64x20x20xbf16>, tensor<64x64x3x3xbf16>)
      -> tensor<1x64x20x20xbf16>
  return %r : tensor<1x64x20x20xbf16>
}
