// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @convolution_c4(%x: tensor<1x4x8xf32>, %f: tensor<6x4x3xf32>) {
  // expected-error @below {{`groups` must be positive and divide the filters (6), got 4}}
  %r = lacuna.convolution %x, %f
      strides = [1] dilations = [1] pads = [0] to [0] groups = 4
      : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @convolution_c4_zero(%x: tensor<1x4x8xf32>, %f: tensor<6x4x3xf32>) {
  // expected-error @below {{`groups` must be positive and divide the filters (6), got 0}}
  %r = lacuna.convolution %x, %f
      strides = [1] dilations = [1] pads = [0] to [0] groups = 0
      : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @convolution_c5(%x: tensor<1x4x8xf32>, %f: tensor<6x4x3xf32>) {
  // expected-error @below {{`input` must have the channels that `filter` and `groups` say (8), got 4}}
  %r = lacuna.convolution %x, %f
      strides = [1] dilations = [1] pads = [0] to [0] groups = 2
      : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @convolution_c6(%x: tensor<1x4x8xf32>, %f: tensor<6x4x3xf32>,
                          %b: tensor<5xf32>) {
  // expected-error @below {{`bias` must have shape [6], got [5]}}
  %r = lacuna.convolution %x, %f, %b
      strides = [1] dilations = [1] pads = [0] to [0]
      : (tensor<1x4x8xf32>, tensor<6x4x3xf32>, tensor<5xf32>) -> tensor<1x6x6xf32>
  return
}

// -----

func.func @convolution_result(%x: tensor<1x4x8xf32>, %f: tensor<6x4x3xf32>) {
  // expected-error @below {{result #0 must be `'tensor<1x6x6xf32>'`, got `'tensor<1x6x7xf32>'`}}
  %r = lacuna.convolution %x, %f
      strides = [1] dilations = [1] pads = [0] to [0]
      : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x7xf32>
  return
}

// -----

func.func @convolution_result_element(%x: tensor<1x4x8xf32>,
                                      %f: tensor<6x4x3xf32>) {
  // expected-error @below {{result #0 must be `'tensor<1x6x6xf32>'`, got `'tensor<1x6x6xf16>'`}}
  %r = lacuna.convolution %x, %f
      strides = [1] dilations = [1] pads = [0] to [0]
      : (tensor<1x4x8xf32>, tensor<6x4x3xf32>) -> tensor<1x6x6xf16>
  return
}
