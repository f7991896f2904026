// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @convolution_c1(%x: tensor<1x4xf32>, %f: tensor<6x4xf32>) {
  // expected-error @below {{`input` must have rank 3 to 5, got 2}}
  %r = lacuna.convolution %x, %f
      strides = [] dilations = [] pads = [] to []
      : (tensor<1x4xf32>, tensor<6x4xf32>) -> tensor<1x6xf32>
  return
}

// -----

func.func @convolution_c1_scalar(%x: tensor<f32>, %f: tensor<f32>) {
  // expected-error @below {{`input` must have rank 3 to 5, got 0}}
  %r = lacuna.convolution %x, %f
      strides = [1] dilations = [1] pads = [0] to [0]
      : (tensor<f32>, tensor<f32>) -> tensor<f32>
  return
}

// -----

func.func @convolution_c1_filter(%x: tensor<1x4x8xf32>,
                                 %f: tensor<6x4x3x3xf32>) {
  // expected-error @below {{`filter` must have rank 3, got 4}}
  %r = lacuna.convolution %x, %f
      strides = [1] dilations = [1] pads = [0] to [0]
      : (tensor<1x4x8xf32>, tensor<6x4x3x3xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @convolution_c2(%x: tensor<1x4x8xf32>, %f: tensor<6x4x3xf16>) {
  // expected-error @below {{`filter` must have elements of type 'f32', got 'f16'}}
  %r = lacuna.convolution %x, %f
      strides = [1] dilations = [1] pads = [0] to [0]
      : (tensor<1x4x8xf32>, tensor<6x4x3xf16>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @convolution_c2_bias(%x: tensor<1x4x8xf32>, %f: tensor<6x4x3xf32>,
                               %b: tensor<6xf64>) {
  // expected-error @below {{`bias` must have elements of type 'f32', got 'f64'}}
  %r = lacuna.convolution %x, %f, %b
      strides = [1] dilations = [1] pads = [0] to [0]
      : (tensor<1x4x8xf32>, tensor<6x4x3xf32>, tensor<6xf64>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @convolution_c3(%x: tensor<1x4x8xf32>, %f: tensor<6x4x3xf32>) {
  // expected-error @below {{`strides` must have 1 entries, got 2}}
  %r = lacuna.convolution %x, %f
      strides = [1, 1] dilations = [1] pads = [0] to [0]
      : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @convolution_c3_zero(%x: tensor<1x4x8xf32>, %f: tensor<6x4x3xf32>) {
  // expected-error @below {{`strides` must have entries of 1 to 1073741824, got 0}}
  %r = lacuna.convolution %x, %f
      strides = [0] dilations = [1] pads = [0] to [0]
      : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @convolution_c3_negative(%x: tensor<1x4x8xf32>,
                                   %f: tensor<6x4x3xf32>) {
  // expected-error @below {{`dilations` must have entries of 1 to 1073741824, got -3}}
  %r = lacuna.convolution %x, %f
      strides = [1] dilations = [-3] pads = [0] to [0]
      : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @convolution_c3_pads(%x: tensor<1x4x8xf32>, %f: tensor<6x4x3xf32>) {
  // expected-error @below {{`pads_begin` must have entries of 0 to 1073741824, got -1}}
  %r = lacuna.convolution %x, %f
      strides = [1] dilations = [1] pads = [-1] to [0]
      : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @convolution_c3_huge(%x: tensor<1x4x8xf32>, %f: tensor<6x4x3xf32>) {
  // expected-error @below {{`pads_end` must have entries of 0 to 1073741824, got 9223372036854775807}}
  %r = lacuna.convolution %x, %f
      strides = [1] dilations = [1] pads = [0] to [9223372036854775807]
      : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @convolution_c3_kernel(%x: tensor<1x4x8xf32>, %f: tensor<6x4x0xf32>) {
  // expected-error @below {{the window must have sizes of 1 to 1073741824, got 0}}
  %r = lacuna.convolution %x, %f
      strides = [1] dilations = [1] pads = [0] to [0]
      : (tensor<1x4x8xf32>, tensor<6x4x0xf32>) -> tensor<1x6x6xf32>
  return
}
