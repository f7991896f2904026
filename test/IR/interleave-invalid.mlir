// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @interleave_c1(%p0: tensor<5x8xf32>) {
  // expected-error @below {{`phase` must have rank 3 to 5, got 2}}
  %r = lacuna.interleave %p0 strides = [1] size = [5]
      : (tensor<5x8xf32>) -> tensor<5x8xf32>
  return
}

// -----

func.func @interleave_c1_strides(%p0: tensor<1x5x8xf32>) {
  // expected-error @below {{`strides` must have 1 entries, got 2}}
  %r = lacuna.interleave %p0 strides = [1, 1] size = [5]
      : (tensor<1x5x8xf32>) -> tensor<1x5x8xf32>
  return
}

// -----

func.func @interleave_c1_zero(%p0: tensor<1x5x8xf32>) {
  // expected-error @below {{`strides` must have entries of 1 to 1073741824, got 0}}
  %r = lacuna.interleave %p0 strides = [0] size = [5]
      : (tensor<1x5x8xf32>) -> tensor<1x5x8xf32>
  return
}

// -----

func.func @interleave_c2(%p0: tensor<1x5x8xf32>, %p1: tensor<1x5x8xf32>) {
  // expected-error @below {{must have 3 phases, got 2}}
  %r = lacuna.interleave %p0, %p1 strides = [3] size = [15]
      : (tensor<1x5x8xf32>, tensor<1x5x8xf32>) -> tensor<1x15x8xf32>
  return
}

// -----

func.func @interleave_c3(%p0: tensor<1x5x8xf32>, %p1: tensor<1x5x8xf16>) {
  // expected-error @below {{`phase` must have elements of type 'f32', got 'f16'}}
  %r = lacuna.interleave %p0, %p1 strides = [2] size = [9]
      : (tensor<1x5x8xf32>, tensor<1x5x8xf16>) -> tensor<1x9x8xf32>
  return
}

// -----

func.func @interleave_c3_shape(%p0: tensor<1x5x8xf32>, %p1: tensor<1x4x8xf32>) {
  // expected-error @below {{`phase` must have shape [1, 5, 8], got [1, 4, 8]}}
  %r = lacuna.interleave %p0, %p1 strides = [2] size = [9]
      : (tensor<1x5x8xf32>, tensor<1x4x8xf32>) -> tensor<1x9x8xf32>
  return
}

// -----

func.func @interleave_c3_channels(%p0: tensor<1x5x9xf32>) {
  // expected-error @below {{`phases` must be positive and divide the channels (9), got 2}}
  %r = lacuna.interleave %p0 strides = [2] size = [9]
      : (tensor<1x5x9xf32>) -> tensor<1x9x4xf32>
  return
}
