// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @pack_filter_c1(%f: tensor<6x4xf32>) {
  // expected-error @below {{`filter` must have rank 3 to 5, got 2}}
  %r = lacuna.pack_filter %f groups = 1 lanes = 8
      : tensor<6x4xf32> -> tensor<1x3x4x8xf32>
  return
}

// -----

func.func @pack_filter_c1_dynamic(%f: tensor<?x4x3xf32>) {
  // expected-error @below {{`filter` must have static sizes}}
  %r = lacuna.pack_filter %f groups = 1 lanes = 8
      : tensor<?x4x3xf32> -> tensor<1x3x4x8xf32>
  return
}

// -----

func.func @pack_filter_c2(%f: tensor<6x4x3xf32>) {
  // expected-error @below {{`groups` must be positive and divide the filters (6), got 5}}
  %r = lacuna.pack_filter %f groups = 5 lanes = 8
      : tensor<6x4x3xf32> -> tensor<1x3x4x8xf32>
  return
}

// -----

func.func @pack_filter_c3(%f: tensor<6x4x3xf32>) {
  // expected-error @below {{`lanes` must be 1 to 1024, got 0}}
  %r = lacuna.pack_filter %f groups = 1 lanes = 0
      : tensor<6x4x3xf32> -> tensor<1x3x4x8xf32>
  return
}

// -----

func.func @packed_convolution_c1(%x: tensor<1x8x4xf32>, %p: tensor<3x4x8xf32>) {
  // expected-error @below {{`panels` must have rank 4, got 3}}
  %r = lacuna.packed_convolution %x, %p kernel = [3]
      strides = [1] dilations = [1] pads = [0] to [0]
      : (tensor<1x8x4xf32>, tensor<3x4x8xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @packed_convolution_c1_dynamic(%x: tensor<?x8x4xf32>,
                                         %p: tensor<1x3x4x8xf32>) {
  // expected-error @below {{all sizes must be static}}
  %r = lacuna.packed_convolution %x, %p kernel = [3]
      strides = [1] dilations = [1] pads = [0] to [0]
      : (tensor<?x8x4xf32>, tensor<1x3x4x8xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @packed_convolution_c2(%x: tensor<1x8x4xf32>,
                                 %p: tensor<1x3x4x8xf32>) {
  // expected-error @below {{`result` must have elements of type 'f32', got 'f64'}}
  %r = lacuna.packed_convolution %x, %p kernel = [3]
      strides = [1] dilations = [1] pads = [0] to [0]
      : (tensor<1x8x4xf32>, tensor<1x3x4x8xf32>) -> tensor<1x6x6xf64>
  return
}

// -----

func.func @packed_convolution_c3(%x: tensor<1x8x4xf32>,
                                 %p: tensor<1x3x4x8xf32>) {
  // expected-error @below {{`kernel` must have entries of 1 to 1073741824, got 0}}
  %r = lacuna.packed_convolution %x, %p kernel = [0]
      strides = [1] dilations = [1] pads = [0] to [0]
      : (tensor<1x8x4xf32>, tensor<1x3x4x8xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @packed_convolution_c4(%x: tensor<1x8x4xf32>,
                                 %p: tensor<1x3x4x8xf32>) {
  // expected-error @below {{`groups` must be positive and divide the channels of the result (6), got 4}}
  %r = lacuna.packed_convolution %x, %p kernel = [3]
      strides = [1] dilations = [1] pads = [0] to [0] groups = 4
      : (tensor<1x8x4xf32>, tensor<1x3x4x8xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @packed_convolution_c5(%x: tensor<1x8x4xf32>,
                                 %p: tensor<2x3x4x8xf32>) {
  // expected-error @below {{`panels` must have shape [1, 3, 4, 8], got [2, 3, 4, 8]}}
  %r = lacuna.packed_convolution %x, %p kernel = [3]
      strides = [1] dilations = [1] pads = [0] to [0]
      : (tensor<1x8x4xf32>, tensor<2x3x4x8xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @packed_convolution_c6(%x: tensor<1x8x4xf32>,
                                 %p: tensor<1x3x4x8xf32>) {
  // expected-error @below {{the result must have the size of the convolution, got [1, 7, 6]}}
  %r = lacuna.packed_convolution %x, %p kernel = [3]
      strides = [1] dilations = [1] pads = [0] to [0]
      : (tensor<1x8x4xf32>, tensor<1x3x4x8xf32>) -> tensor<1x7x6xf32>
  return
}
