// RUN: lacuna compile %s --entry=few --target=cuda --emit=ptx -o - | FileCheck %s --check-prefix=FEW
// RUN: lacuna compile %s --entry=joined --target=cuda --emit=ptx -o - | FileCheck %s --check-prefix=JOINED

// Few outputs of large windows: threads share one, each reads four vectors of
// channels at a time.
// FEW: ld.global.v4.b32
// FEW: max.NaN.f32
// FEW: ld.global.v4.b32
// FEW: ld.global.v4.b32
// FEW: ld.global.v4.b32
// FEW: shfl.sync.bfly
// FEW: st.global.v4.b32
func.func @few(%x: tensor<2x16x16x64xbf16>) -> tensor<2x1x1x64xbf16> {
  %r = lacuna.global_pool max %x layout = channels_last : (tensor<2x16x16x64xbf16>) -> tensor<2x1x1x64xbf16>
  return %r : tensor<2x1x1x64xbf16>
}

// Each thread copies 16 bytes of the operand they lie in.
// JOINED-COUNT-3: ld.global.v4.b32
// JOINED-NOT: ld.global.b16
func.func @joined(%x: tensor<8x8xbf16>, %y: tensor<8x16xbf16>, %z: tensor<8x24xbf16>) -> tensor<8x48xbf16> {
  %r = tensor.concat dim(1) %x, %y, %z : (tensor<8x8xbf16>, tensor<8x16xbf16>, tensor<8x24xbf16>) -> tensor<8x48xbf16>
  return %r : tensor<8x48xbf16>
}
