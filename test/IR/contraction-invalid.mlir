// RUN: lacuna-opt %s --split-input-file --verify-diagnostics

func.func @packed_contraction_c1_rank(%x: tensor<4x64xf32>, %w: tensor<64x32xf32>) -> tensor<4x32xf32> {
  // expected-error @+1 {{`panels` must have rank 3, got 2}}
  %r = lacuna.packed_contraction %x, %w : (tensor<4x64xf32>, tensor<64x32xf32>) -> tensor<4x32xf32>
  return %r : tensor<4x32xf32>
}

// -----

func.func @packed_contraction_c1_element(%x: tensor<4x64xf32>, %w: tensor<1x64x32xf16>) -> tensor<4x32xf32> {
  // expected-error @+1 {{`panels`}}
  %r = lacuna.packed_contraction %x, %w : (tensor<4x64xf32>, tensor<1x64x32xf16>) -> tensor<4x32xf32>
  return %r : tensor<4x32xf32>
}

// -----

func.func @packed_contraction_c2(%x: tensor<4x63xf32>, %w: tensor<1x64x32xf32>) -> tensor<4x32xf32> {
  // expected-error @+1 {{last size of `input` must be 64, got 63}}
  %r = lacuna.packed_contraction %x, %w : (tensor<4x63xf32>, tensor<1x64x32xf32>) -> tensor<4x32xf32>
  return %r : tensor<4x32xf32>
}

// -----

func.func @packed_contraction_c3_shape(%x: tensor<4x64xf32>, %w: tensor<1x64x32xf32>) -> tensor<5x32xf32> {
  // expected-error @+1 {{`result` must}}
  %r = lacuna.packed_contraction %x, %w : (tensor<4x64xf32>, tensor<1x64x32xf32>) -> tensor<5x32xf32>
  return %r : tensor<5x32xf32>
}

// -----

func.func @packed_contraction_c3_panels(%x: tensor<4x64xf32>, %w: tensor<1x64x32xf32>) -> tensor<4x33xf32> {
  // expected-error @+1 {{`panels` must be ceil(N / lanes) panels for N = 33, got [1, 64, 32]}}
  %r = lacuna.packed_contraction %x, %w : (tensor<4x64xf32>, tensor<1x64x32xf32>) -> tensor<4x33xf32>
  return %r : tensor<4x33xf32>
}
