// RUN: lacuna compile %s --entry=pyramid --target=cuda --emit=ptx -o - | FileCheck %s --check-prefix=PYRAMID
// RUN: lacuna compile %s --entry=enlarged --target=cuda --emit=ptx -o - | FileCheck %s --check-prefix=ENLARGED
// RUN: lacuna compile %s --entry=turned --target=cuda --emit=ptx -o - | FileCheck %s --check-prefix=TURNED
// RUN: lacuna compile %s --entry=approximate --target=cuda --emit=ptx -o - | FileCheck %s --check-prefix=APPROXIMATE
// RUN: lacuna compile %s --entry=depthwise --target=cuda --emit=ptx -o - | FileCheck %s --check-prefix=DEPTHWISE

// One kernel reads the map once, 16 bytes a thread, into shared memory.
// PYRAMID: .entry kernel_pooling_pyramid_launch
// PYRAMID-COUNT-4: ld.global.v4.b32
// PYRAMID: st.shared.v4.b32
// PYRAMID: bar.sync
// PYRAMID-NOT: ld.global
// PYRAMID: ld.shared.b32
// PYRAMID: st.global.b16
// PYRAMID-NOT: .entry
func.func @pyramid(%x: tensor<64x16x16x256xbf16>) -> tensor<64x5376xbf16> {
  %y = lacuna.pooling_pyramid max %x bins = [1, 2, 4] layout = channels_last : (tensor<64x16x16x256xbf16>) -> tensor<64x5376xbf16>
  return %y : tensor<64x5376xbf16>
}

// A thread writes four numbers of a row, whatever the channels, and reads an
// input row only where the row of results before did not.
// ENLARGED: .entry kernel_resample_launch
// ENLARGED-DAG: setp.eq.b32
// ENLARGED-DAG: ld.global.b16
// ENLARGED-DAG: fma.rn.f32
// ENLARGED-DAG: st.global.v2.b32
func.func @enlarged(%x: tensor<8x64x64x21xbf16>) -> tensor<8x256x256x21xbf16> {
  %y = lacuna.resize linear %x coordinates = half_pixel scales = [1.0, 4.0, 4.0, 1.0] : (tensor<8x64x64x21xbf16>) -> tensor<8x256x256x21xbf16>
  return %y : tensor<8x256x256x21xbf16>
}

// Two numbers of 16 bits are read and written at once.
// TURNED: .entry kernel_transpose_launch
// TURNED: ld.global.b32
// TURNED: st.shared.b32
// TURNED: bar.sync
// TURNED: ld.shared.v2.b16
// TURNED: st.global.v2.b16
func.func @turned(%x: tensor<128x256xbf16>) -> tensor<256x128xbf16> {
  %e = tensor.empty() : tensor<256x128xbf16>
  %y = linalg.transpose ins(%x : tensor<128x256xbf16>) outs(%e : tensor<256x128xbf16>) permutation = [1, 0]
  return %y : tensor<256x128xbf16>
}

// One instruction each for a quotient, a power and a bound.
// APPROXIMATE: min.NaN.f32
// APPROXIMATE: rcp.approx.ftz.f32
// APPROXIMATE: ex2.approx.ftz.f32
// APPROXIMATE: max.NaN.f32
func.func @approximate(%x: tensor<1024xbf16>) -> tensor<1024xbf16> {
  %y = lacuna.activation gelu %x : tensor<1024xbf16>
  return %y : tensor<1024xbf16>
}

// A thread has eight channels of four pixels of a row: inside of the map six
// vectors of the input for each of three rows, and a filter's three.
// DEPTHWISE: .entry kernel_packed_convolution_launch
// DEPTHWISE-COUNT-4: st.global.v4.b32
// DEPTHWISE-COUNT-27: ld.global.v4.b32
func.func @depthwise(%x: tensor<2x16x16x64xbf16>, %f: tensor<64x1x3x3xbf16>) -> tensor<2x16x16x64xbf16> {
  %y = lacuna.convolution %x, %f strides = [1, 1] dilations = [1, 1] pads = [1, 1] to [1, 1] groups = 64 layout = channels_last : (tensor<2x16x16x64xbf16>, tensor<64x1x3x3xbf16>) -> tensor<2x16x16x64xbf16>
  return %y : tensor<2x16x16x64xbf16>
}
