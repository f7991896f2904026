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

// -----

func.func @global_pool_c1(%x: tensor<1x4xf32>) {
  // expected-error @below {{`input` must have rank 3 to 5, got 2}}
  %r = lacuna.global_pool max %x
      : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @global_pool_c2(%x: tensor<1x4x8x8xf32>) {
  // expected-error @below {{`p` must be finite and positive, got -1}}
  %r = lacuna.global_pool lp %x p = -1.0
      : (tensor<1x4x8x8xf32>) -> tensor<1x4x1x1xf32>
  return
}

// -----

func.func @global_pool_c3(%x: tensor<1x4x8xi8>) {
  // expected-error @below {{means and norms must be of floating-point elements}}
  %r = lacuna.global_pool average %x
      : (tensor<1x4x8xi8>) -> tensor<1x4x1xi8>
  return
}

// -----

func.func @adaptive_pool_c1(%x: tensor<f32>) {
  // expected-error @below {{`input` must have rank 3 to 5, got 0}}
  %r = lacuna.adaptive_pool max %x output_size = []
      : (tensor<f32>) -> tensor<f32>
  return
}

// -----

func.func @adaptive_pool_c2(%x: tensor<1x4x8x8xf32>) {
  // expected-error @below {{`output_size` must have 2 entries, got 1}}
  %r = lacuna.adaptive_pool max %x output_size = [2]
      : (tensor<1x4x8x8xf32>) -> tensor<1x4x2x2xf32>
  return
}

// -----

func.func @adaptive_pool_c3(%x: tensor<1x4x8x8xf32>) {
  // expected-error @below {{`mode` must be max or average, got lp}}
  %r = lacuna.adaptive_pool lp %x output_size = [2, 2]
      : (tensor<1x4x8x8xf32>) -> tensor<1x4x2x2xf32>
  return
}

// -----

func.func @pooling_pyramid_c1(%x: tensor<1x4xf32>) {
  // expected-error @below {{`input` must have rank 3 to 5, got 2}}
  %r = lacuna.pooling_pyramid max %x bins = [1]
      : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @pooling_pyramid_c2(%x: tensor<1x4x8x8xf32>) {
  // expected-error @below {{`bins` must have 1 to 64 entries, got 0}}
  %r = lacuna.pooling_pyramid max %x bins = []
      : (tensor<1x4x8x8xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @pooling_pyramid_c2_value(%x: tensor<1x4x8x8xf32>) {
  // expected-error @below {{`bins` must have entries of 1 to 1024, got 0}}
  %r = lacuna.pooling_pyramid max %x bins = [1, 0]
      : (tensor<1x4x8x8xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @pooling_pyramid_c3(%x: tensor<1x4x8x8xf32>) {
  // expected-error @below {{`mode` must be max or average, got lp}}
  %r = lacuna.pooling_pyramid lp %x bins = [1]
      : (tensor<1x4x8x8xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @pooling_pyramid_c4(%x: tensor<1x4x8x8xf32>) {
  // expected-error @below {{spatial sizes must be at least the bins (9), got 8}}
  %r = lacuna.pooling_pyramid max %x bins = [9] windows = spp
      : (tensor<1x4x8x8xf32>) -> tensor<1x4xf32>
  return
}

// -----

func.func @pooling_pyramid_maps(%x: tensor<1x4x8x8xf32>) {
  // expected-error @below {{number of results must be 2, got 1}}
  %r = lacuna.pooling_pyramid max %x bins = [1, 2] maps
      : (tensor<1x4x8x8xf32>) -> tensor<1x4x1x1xf32>
  return
}

// -----

func.func @max_unpool_c1(%x: tensor<1x2x2xf32>, %i: tensor<1x2x3xi64>) {
  // expected-error @below {{`indices` must have shape [1, 2, 2], got [1, 2, 3]}}
  %r = lacuna.max_unpool %x, %i
      : (tensor<1x2x2xf32>, tensor<1x2x3xi64>) -> tensor<1x2x4xf32>
  return
}

// -----

func.func @max_unpool_c2(%x: tensor<1x2x2xf32>, %i: tensor<1x2x2xi64>) {
  // expected-error @below {{`result` must have rank 3, got 2}}
  %r = lacuna.max_unpool %x, %i
      : (tensor<1x2x2xf32>, tensor<1x2x2xi64>) -> tensor<2x4xf32>
  return
}
