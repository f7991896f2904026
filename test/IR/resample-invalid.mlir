// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @resample_c1(%x: tensor<4x8xf32>, %p0: tensor<1x3xi32>, %p1: tensor<1x3xi32>) {
  // expected-error @below {{`axes` must be dimensions of `input`, ascending, got 0}}
  %r = lacuna.resample %x at %p0, %p1 axes = [1, 0]
      : tensor<4x8xf32>, (tensor<1x3xi32>, tensor<1x3xi32>)
      -> tensor<3x3xf32>
  return
}

// -----

func.func @resample_c1_beyond(%x: tensor<8xf32>, %p0: tensor<1x3xi32>) {
  // expected-error @below {{`axes` must be dimensions of `input`, ascending, got 1}}
  %r = lacuna.resample %x at %p0 axes = [1]
      : tensor<8xf32>, (tensor<1x3xi32>)
      -> tensor<3xf32>
  return
}

// -----

func.func @resample_c2(%x: tensor<8xf32>, %p0: tensor<1x3xi32>, %p1: tensor<1x3xi32>) {
  // expected-error @below {{must have 1 tables of positions, and as many of weights or none, got 2 and 0}}
  %r = lacuna.resample %x at %p0, %p1 axes = [0]
      : tensor<8xf32>, (tensor<1x3xi32>, tensor<1x3xi32>)
      -> tensor<3xf32>
  return
}

// -----

func.func @resample_c2_rank(%x: tensor<8xf32>, %p0: tensor<3xi32>) {
  // expected-error @below {{`positions` must have rank 2, got 1}}
  %r = lacuna.resample %x at %p0 axes = [0]
      : tensor<8xf32>, (tensor<3xi32>)
      -> tensor<3xf32>
  return
}

// -----

func.func @resample_c3(%x: tensor<8xi32>, %p0: tensor<2x3xi32>, %w0: tensor<2x3xf32>) {
  // expected-error @below {{`input` must have floating-point elements, got 'i32'}}
  %r = lacuna.resample %x at %p0 by %w0 axes = [0]
      : tensor<8xi32>, (tensor<2x3xi32>), (tensor<2x3xf32>)
      -> tensor<3xi32>
  return
}

// -----

func.func @resample_c3_rows(%x: tensor<8xf32>, %p0: tensor<2x3xi32>) {
  // expected-error @below {{`positions` must have shape [1, 3], got [2, 3]}}
  %r = lacuna.resample %x at %p0 axes = [0]
      : tensor<8xf32>, (tensor<2x3xi32>)
      -> tensor<3xf32>
  return
}

// -----

func.func @resample_c3_weights(%x: tensor<8xf32>, %p0: tensor<2x3xi32>, %w0: tensor<3x3xf32>) {
  // expected-error @below {{`weights` must have shape [2, 3], got [3, 3]}}
  %r = lacuna.resample %x at %p0 by %w0 axes = [0]
      : tensor<8xf32>, (tensor<2x3xi32>), (tensor<3x3xf32>)
      -> tensor<3xf32>
  return
}

// -----

func.func @pixel_shuffle_c1(%x: tensor<4x2x2xf32>) {
  // expected-error @below {{`input` must have rank 4, got 3}}
  %r = lacuna.pixel_shuffle %x block = 2
      : (tensor<4x2x2xf32>) -> tensor<1x4x4xf32>
  return
}

// -----

func.func @pixel_shuffle_c2(%x: tensor<1x4x2x2xf32>) {
  // expected-error @below {{`block` must be 1 to 4096, got 0}}
  %r = lacuna.pixel_shuffle %x block = 0
      : (tensor<1x4x2x2xf32>) -> tensor<1x1x4x4xf32>
  return
}

// -----

func.func @pixel_shuffle_c3(%x: tensor<1x6x2x2xf32>) {
  // expected-error @below {{the channels must be a multiple of 4, got 6}}
  %r = lacuna.pixel_shuffle %x block = 2
      : (tensor<1x6x2x2xf32>) -> tensor<1x1x4x4xf32>
  return
}

// -----

func.func @pixel_unshuffle_c1(%x: tensor<4x2x2xf32>) {
  // expected-error @below {{`input` must have rank 4, got 3}}
  %r = lacuna.pixel_unshuffle %x block = 2
      : (tensor<4x2x2xf32>) -> tensor<1x4x4xf32>
  return
}

// -----

func.func @pixel_unshuffle_c2(%x: tensor<1x4x2x2xf32>) {
  // expected-error @below {{`block` must be 1 to 4096, got 5000}}
  %r = lacuna.pixel_unshuffle %x block = 5000
      : (tensor<1x4x2x2xf32>) -> tensor<1x1x4x4xf32>
  return
}

// -----

func.func @pixel_unshuffle_c3(%x: tensor<1x1x4x5xf32>) {
  // expected-error @below {{the spatial sizes must be multiples of 2, got 5}}
  %r = lacuna.pixel_unshuffle %x block = 2
      : (tensor<1x1x4x5xf32>) -> tensor<1x4x2x2xf32>
  return
}
