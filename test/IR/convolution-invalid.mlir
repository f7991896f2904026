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

// -----

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

// -----

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

// -----

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
