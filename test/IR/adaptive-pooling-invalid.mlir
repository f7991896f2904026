// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

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
