// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @resize_c1(%x: tensor<1x1x1x1x1x1x8xf32>) {
  // expected-error @below {{`input` must have rank 1 to 6, got 7}}
  %r = lacuna.resize linear %x coordinates = half_pixel
      scales = [1.0]
      : (tensor<1x1x1x1x1x1x8xf32>) -> tensor<1x1x1x1x1x1x8xf32>
  return
}

// -----

func.func @resize_c1_result(%x: tensor<8xf32>) {
  // expected-error @below {{`result` must have rank 1, got 2}}
  %r = lacuna.resize linear %x coordinates = half_pixel
      scales = [1.0]
      : (tensor<8xf32>) -> tensor<8x1xf32>
  return
}

// -----

func.func @resize_c2(%x: tensor<8xf32>) {
  // expected-error @below {{`scales` must have 1 entries, got 2}}
  %r = lacuna.resize linear %x coordinates = half_pixel
      scales = [1.0, 1.0]
      : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @resize_c2_zero(%x: tensor<8xf32>) {
  // expected-error @below {{`scales` must be positive, got 0}}
  %r = lacuna.resize linear %x coordinates = half_pixel
      scales = [0.0]
      : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @resize_c2_infinite(%x: tensor<8xf32>) {
  // expected-error @below {{`scales` must be finite, got}}
  %r = lacuna.resize linear %x coordinates = half_pixel
      scales = [0x7FF0000000000000]
      : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @resize_c3(%x: tensor<8xf32>) {
  // expected-error @below {{`region` must be there just with `tf_crop_and_resize`}}
  %r = lacuna.resize linear %x coordinates = half_pixel
      scales = [1.0] region = [0.0, 1.0]
      : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @resize_c3_size(%x: tensor<8xf32>) {
  // expected-error @below {{`region` must have 2 entries, got 1}}
  %r = lacuna.resize linear %x coordinates = tf_crop_and_resize
      scales = [1.0] region = [0.0]
      : (tensor<8xf32>) -> tensor<8xf32>
  return
}

// -----

func.func @resize_c4(%x: tensor<8xi32>) {
  // expected-error @below {{`input` must have floating-point elements unless the mode is nearest, got 'i32'}}
  %r = lacuna.resize linear %x coordinates = half_pixel
      scales = [1.0]
      : (tensor<8xi32>) -> tensor<8xi32>
  return
}

// -----

func.func @resize_c5(%x: tensor<0xf32>) {
  // expected-error @below {{a dimension without elements must keep its size, got 3}}
  %r = lacuna.resize linear %x coordinates = half_pixel
      scales = [1.0]
      : (tensor<0xf32>) -> tensor<3xf32>
  return
}
