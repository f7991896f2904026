// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @average_pool_c1(%x: tensor<8xf32>) {
  // expected-error @below {{`input` must have rank 3 to 5, got 1}}
  %r = lacuna.average_pool %x kernel = [2]
      strides = [2] dilations = [1] pads = [0] to [0]
      : (tensor<8xf32>) -> tensor<1x4x4xf32>
  return
}

// -----

func.func @average_pool_c2(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{`kernel` must have 1 entries, got 2}}
  %r = lacuna.average_pool %x kernel = [2, 2]
      strides = [2] dilations = [1] pads = [0] to [0]
      : (tensor<1x4x8xf32>) -> tensor<1x4x4xf32>
  return
}

// -----

func.func @average_pool_c2_pads(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{`pads_end` must have entries of 0 to 1073741824, got -2}}
  %r = lacuna.average_pool %x kernel = [2]
      strides = [2] dilations = [1] pads = [0] to [-2]
      : (tensor<1x4x8xf32>) -> tensor<1x4x4xf32>
  return
}

// -----

func.func @max_pool_c1(%x: tensor<1x8xf32>) {
  // expected-error @below {{`input` must have rank 3 to 5, got 2}}
  %r = lacuna.max_pool %x kernel = [2]
      strides = [2] dilations = [1] pads = [0] to [0]
      : (tensor<1x8xf32>) -> tensor<1x4x4xf32>
  return
}

// -----

func.func @max_pool_c2(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{`kernel` must have entries of 1 to 1073741824, got 0}}
  %r = lacuna.max_pool %x kernel = [0]
      strides = [2] dilations = [1] pads = [0] to [0]
      : (tensor<1x4x8xf32>) -> tensor<1x4x4xf32>
  return
}

// -----

func.func @max_pool_c3(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{result #1 must be `'tensor<1x4x4xi64>'`, got `'tensor<1x4x4xi32>'`}}
  %r, %i = lacuna.max_pool %x kernel = [2]
      strides = [2] dilations = [1] pads = [0] to [0]
      : (tensor<1x4x8xf32>) -> (tensor<1x4x4xf32>, tensor<1x4x4xi32>)
  return
}

// -----

func.func @max_pool_result(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{result #0 must be `'tensor<1x4x4xf32>'`, got `'tensor<1x4x5xf32>'`}}
  %r = lacuna.max_pool %x kernel = [2]
      strides = [2] dilations = [1] pads = [0] to [0]
      : (tensor<1x4x8xf32>) -> tensor<1x4x5xf32>
  return
}

// -----

func.func @max_pool_huge(%x: tensor<1x4x9223372036854775807xf32>) {
  // expected-error @below {{the result must have sizes of at most 2^40}}
  %r = lacuna.max_pool %x kernel = [2]
      strides = [2] dilations = [1] pads = [0] to [0]
      : (tensor<1x4x9223372036854775807xf32>) -> tensor<1x4x4xf32>
  return
}

// -----

func.func @lp_pool_c1(%x: tensor<1x1x1x1x1x8xf32>) {
  // expected-error @below {{`input` must have rank 3 to 5, got 6}}
  %r = lacuna.lp_pool %x kernel = [2]
      strides = [2] dilations = [1] pads = [0] to [0]
      : (tensor<1x1x1x1x1x8xf32>) -> tensor<1x4x4xf32>
  return
}

// -----

func.func @lp_pool_c2(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{`dilations` must have 1 entries, got 0}}
  %r = lacuna.lp_pool %x kernel = [2]
      strides = [2] dilations = [] pads = [0] to [0]
      : (tensor<1x4x8xf32>) -> tensor<1x4x4xf32>
  return
}

// -----

func.func @lp_pool_c3(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{`p` must be finite and positive, got 0}}
  %r = lacuna.lp_pool %x kernel = [2]
      strides = [2] dilations = [1] pads = [0] to [0] p = 0.0
      : (tensor<1x4x8xf32>) -> tensor<1x4x4xf32>
  return
}
