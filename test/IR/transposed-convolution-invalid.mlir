// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @transposed_convolution_c1(%x: tensor<1x4x8x8x8x8xf32>,
                                     %f: tensor<4x3x3xf32>) {
  // expected-error @below {{`input` must have rank 3 to 5, got 6}}
  %r = lacuna.transposed_convolution %x, %f
      strides = [1] dilations = [1] pads = [0] to [0]
      output_padding = [0]
      : (tensor<1x4x8x8x8x8xf32>, tensor<4x3x3xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

func.func @transposed_convolution_c2(%x: tensor<1x4x8xf32>,
                                     %f: tensor<4x3x3xbf16>) {
  // expected-error @below {{`filter` must have elements of type 'f32', got 'bf16'}}
  %r = lacuna.transposed_convolution %x, %f
      strides = [1] dilations = [1] pads = [0] to [0]
      output_padding = [0]
      : (tensor<1x4x8xf32>, tensor<4x3x3xbf16>) -> tensor<1x3x10xf32>
  return
}

// -----

func.func @transposed_convolution_c3(%x: tensor<1x4x8xf32>,
                                     %f: tensor<4x3x3xf32>) {
  // expected-error @below {{`output_padding` must have entries of 0 to 1073741824, got -1}}
  %r = lacuna.transposed_convolution %x, %f
      strides = [1] dilations = [1] pads = [0] to [0]
      output_padding = [-1]
      : (tensor<1x4x8xf32>, tensor<4x3x3xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

func.func @transposed_convolution_c3_count(%x: tensor<1x4x8xf32>,
                                           %f: tensor<4x3x3xf32>) {
  // expected-error @below {{`output_padding` must have 1 entries, got 0}}
  %r = lacuna.transposed_convolution %x, %f
      strides = [1] dilations = [1] pads = [0] to [0]
      output_padding = []
      : (tensor<1x4x8xf32>, tensor<4x3x3xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

func.func @transposed_convolution_c4(%x: tensor<1x4x8xf32>,
                                     %f: tensor<4x3x3xf32>) {
  // expected-error @below {{`groups` must be positive and divide the filter's input channels (4), got 3}}
  %r = lacuna.transposed_convolution %x, %f
      strides = [1] dilations = [1] pads = [0] to [0]
      output_padding = [0] groups = 3
      : (tensor<1x4x8xf32>, tensor<4x3x3xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

func.func @transposed_convolution_c5(%x: tensor<1x5x8xf32>,
                                     %f: tensor<4x3x3xf32>) {
  // expected-error @below {{`input` must have the channels that `filter` and `groups` say (4), got 5}}
  %r = lacuna.transposed_convolution %x, %f
      strides = [1] dilations = [1] pads = [0] to [0]
      output_padding = [0]
      : (tensor<1x5x8xf32>, tensor<4x3x3xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

func.func @transposed_convolution_c6(%x: tensor<1x4x8xf32>,
                                     %f: tensor<4x3x3xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{`bias` must have shape [6], got [3]}}
  %r = lacuna.transposed_convolution %x, %f, %b
      strides = [1] dilations = [1] pads = [0] to [0]
      output_padding = [0] groups = 2
      : (tensor<1x4x8xf32>, tensor<4x3x3xf32>, tensor<3xf32>) -> tensor<1x3x10xf32>
  return
}

// -----

func.func @transposed_convolution_huge(%x: tensor<1x4x4611686018427387904xf32>,
                                       %f: tensor<4x3x3xf32>) {
  // expected-error @below {{the result must have sizes of at most 2^40}}
  %r = lacuna.transposed_convolution %x, %f
      strides = [1] dilations = [1] pads = [0] to [0]
      output_padding = [0]
      : (tensor<1x4x4611686018427387904xf32>, tensor<4x3x3xf32>) -> tensor<1x3x10xf32>
  return
}
