// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @grid_sample_c1(%x: tensor<1x8xf32>, %g: tensor<1x8xf32>) {
  // expected-error @below {{`input` must have rank 3 to 5, got 2}}
  %r = lacuna.grid_sample linear %x, %g
      : (tensor<1x8xf32>, tensor<1x8xf32>) -> tensor<1x8xf32>
  return
}

// -----

func.func @grid_sample_c1_grid(%x: tensor<1x3x8x8xf32>, %g: tensor<1x5x1xf32>) {
  // expected-error @below {{`grid` must have rank 4, got 3}}
  %r = lacuna.grid_sample linear %x, %g
      : (tensor<1x3x8x8xf32>, tensor<1x5x1xf32>) -> tensor<1x3x5x6xf32>
  return
}

// -----

func.func @grid_sample_c2(%x: tensor<1x3x8x8xf32>, %g: tensor<1x5x6x3xf32>) {
  // expected-error @below {{`grid` must have shape [1, 5, 6, 2], got [1, 5, 6, 3]}}
  %r = lacuna.grid_sample linear %x, %g
      : (tensor<1x3x8x8xf32>, tensor<1x5x6x3xf32>) -> tensor<1x3x5x6xf32>
  return
}

// -----

func.func @grid_sample_c2_batch(%x: tensor<2x3x8xf32>, %g: tensor<1x5x1xf32>) {
  // expected-error @below {{`grid` must have shape [2, 5, 1], got [1, 5, 1]}}
  %r = lacuna.grid_sample linear %x, %g
      : (tensor<2x3x8xf32>, tensor<1x5x1xf32>) -> tensor<2x3x5xf32>
  return
}

// -----

func.func @grid_sample_c3(%x: tensor<1x3x4x4x4xf32>, %g: tensor<1x2x2x2x3xf32>) {
  // expected-error @below {{`input` must have at most 2 spatial dimensions for mode cubic, got 3}}
  %r = lacuna.grid_sample cubic %x, %g
      : (tensor<1x3x4x4x4xf32>, tensor<1x2x2x2x3xf32>) -> tensor<1x3x2x2x2xf32>
  return
}

// -----

func.func @affine_grid_c1(%t: tensor<1x1x2xf32>) {
  // expected-error @below {{`size` must have 2 or 3 entries, got 1}}
  %r = lacuna.affine_grid %t size = [4]
      : (tensor<1x1x2xf32>) -> tensor<1x4x1xf32>
  return
}

// -----

func.func @affine_grid_c1_zero(%t: tensor<1x2x3xf32>) {
  // expected-error @below {{`size` must have entries of 1 to 1073741824, got 0}}
  %r = lacuna.affine_grid %t size = [4, 0]
      : (tensor<1x2x3xf32>) -> tensor<1x4x0x2xf32>
  return
}

// -----

func.func @affine_grid_c2(%t: tensor<1x2x2xf32>) {
  // expected-error @below {{`theta` must have shape [1, 2, 3], got [1, 2, 2]}}
  %r = lacuna.affine_grid %t size = [4, 4]
      : (tensor<1x2x2xf32>) -> tensor<1x4x4x2xf32>
  return
}
