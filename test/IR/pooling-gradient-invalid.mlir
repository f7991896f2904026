// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @max_pool_gradient_c1(%x: tensor<4x8xf32>, %d: tensor<4x4xf32>) {
  // expected-error @below {{`input` must have rank 3 to 5, got 2}}
  %r = lacuna.max_pool_gradient %x, %d kernel = [3] strides = [2]
      dilations = [1] pads = [1] to [1]
      : (tensor<4x8xf32>, tensor<4x4xf32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @max_pool_gradient_c2(%x: tensor<1x4x8xf32>, %d: tensor<1x4x4xf32>) {
  // expected-error @below {{`kernel` must have entries of 1 to 1073741824}}
  %r = lacuna.max_pool_gradient %x, %d kernel = [0] strides = [2]
      dilations = [1] pads = [1] to [1]
      : (tensor<1x4x8xf32>, tensor<1x4x4xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @max_pool_gradient_c3(%x: tensor<1x4x8xf32>, %d: tensor<1x4x5xf32>) {
  // expected-error @below {{`cotangent` must have shape [1, 4, 4], got [1, 4, 5]}}
  %r = lacuna.max_pool_gradient %x, %d kernel = [3] strides = [2]
      dilations = [1] pads = [1] to [1]
      : (tensor<1x4x8xf32>, tensor<1x4x5xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @adaptive_max_pool_gradient_c1(%x: tensor<4x8xf32>,
                                         %d: tensor<4x4xf32>) {
  // expected-error @below {{`input` must have rank 3 to 5, got 2}}
  %r = lacuna.adaptive_max_pool_gradient %x, %d
      : (tensor<4x8xf32>, tensor<4x4xf32>) -> tensor<4x8xf32>
  return
}

// -----

func.func @adaptive_max_pool_gradient_c2(%x: tensor<1x4x8xf32>,
                                         %d: tensor<1x5x4xf32>) {
  // expected-error @below {{`cotangent` must have shape [1, 4, 4], got [1, 5, 4]}}
  %r = lacuna.adaptive_max_pool_gradient %x, %d
      : (tensor<1x4x8xf32>, tensor<1x5x4xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @adaptive_max_pool_gradient_c3(%x: tensor<1x4x3xf32>,
                                         %d: tensor<1x4x4xf32>) {
  // expected-error @below {{spatial sizes must be at least the bins (4), got 3}}
  %r = lacuna.adaptive_max_pool_gradient %x, %d windows = spp
      : (tensor<1x4x3xf32>, tensor<1x4x4xf32>) -> tensor<1x4x3xf32>
  return
}
