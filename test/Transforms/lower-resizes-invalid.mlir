// RUN: lacuna-opt %s --pass-pipeline='builtin.module(func.func(lacuna-lower-resizes))' --verify-diagnostics

func.func @too_long(%x: tensor<5xf16>) -> tensor<2147483648xf16> {
  // expected-error @+1 {{sizes must be at most 16777216 to be resized, got 2147483648}}
  %r = lacuna.resize cubic %x coordinates = align_corners scales = [2.0] cubic_coefficient = -0.5 exclude_outside : (tensor<5xf16>) -> tensor<2147483648xf16>
  return %r : tensor<2147483648xf16>
}
