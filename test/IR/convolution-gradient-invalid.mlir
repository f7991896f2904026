// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @convolution_filter_gradient_c1(%x: tensor<2x4xf32>,
                                          %d: tensor<2x6xf32>) {
  // expected-error @below {{`input` must have rank 3 to 5, got 2}}
  %r = lacuna.convolution_filter_gradient %x, %d kernel = [] strides = []
      dilations = [] pads = [] to []
      : (tensor<2x4xf32>, tensor<2x6xf32>) -> tensor<6x4xf32>
  return
}

// -----

func.func @convolution_filter_gradient_c1_batch(%x: tensor<2x4x7xf32>,
                                                %d: tensor<3x6x5xf32>) {
  // expected-error @below {{`cotangent` must have the batch of `input`, got 3}}
  %r = lacuna.convolution_filter_gradient %x, %d kernel = [3] strides = [1]
      dilations = [1] pads = [0] to [0]
      : (tensor<2x4x7xf32>, tensor<3x6x5xf32>) -> tensor<6x4x3xf32>
  return
}

// -----

func.func @convolution_filter_gradient_c2(%x: tensor<2x4x7xf32>,
                                          %d: tensor<2x6x5xf32>) {
  // expected-error @below {{`strides` must have entries of 1 to 1073741824}}
  %r = lacuna.convolution_filter_gradient %x, %d kernel = [3] strides = [0]
      dilations = [1] pads = [0] to [0]
      : (tensor<2x4x7xf32>, tensor<2x6x5xf32>) -> tensor<6x4x3xf32>
  return
}

// -----

func.func @convolution_filter_gradient_c3(%x: tensor<2x4x7xf32>,
                                          %d: tensor<2x6x5xf32>) {
  // expected-error @below {{`groups` must be positive and divide the channels of the input (4), got 3}}
  %r = lacuna.convolution_filter_gradient %x, %d kernel = [3] strides = [1]
      dilations = [1] pads = [0] to [0] groups = 3
      : (tensor<2x4x7xf32>, tensor<2x6x5xf32>) -> tensor<6x4x3xf32>
  return
}

// -----

func.func @convolution_filter_gradient_c4(%x: tensor<2x4x7xf32>,
                                          %d: tensor<2x6x4xf32>) {
  // expected-error @below {{`cotangent` must have the spatial sizes of the convolution's result ([5]), got [4]}}
  %r = lacuna.convolution_filter_gradient %x, %d kernel = [3] strides = [1]
      dilations = [1] pads = [0] to [0]
      : (tensor<2x4x7xf32>, tensor<2x6x4xf32>) -> tensor<6x4x3xf32>
  return
}
