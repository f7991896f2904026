// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @layer_norm_c1(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{`axis` must be a dimension of a rank 3 tensor, got 3}}
  %r = lacuna.layer_norm %x axis = 3 : tensor<1x4x8xf32> -> tensor<1x4x8xf32>
  return
}

// -----

func.func @layer_norm_c2(%x: tensor<1x4x8xf32>, %h: tensor<8xf16>) {
  // expected-error @below {{`scale` must have elements of type 'f32', got 'f16'}}
  %r = lacuna.layer_norm %x scale = %h : tensor<8xf16>
      axis = 2 : tensor<1x4x8xf32> -> tensor<1x4x8xf32>
  return
}

// -----

func.func @layer_norm_c3(%x: tensor<1x4x8xf32>, %h: tensor<8xf32>) {
  // expected-error @below {{`bias` must have shape [4, 8], got [8]}}
  %r = lacuna.layer_norm %x bias = %h : tensor<8xf32>
      axis = 1 : tensor<1x4x8xf32> -> tensor<1x4x8xf32>
  return
}

// -----

func.func @layer_norm_c4(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{`epsilon` must be finite and not negative, got -1}}
  %r = lacuna.layer_norm %x axis = 2 epsilon = -1.0 : tensor<1x4x8xf32> -> tensor<1x4x8xf32>
  return
}

// -----

func.func @layer_norm_mean(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{result #1 must be `'tensor<1x4x1xf32>'`, got `'tensor<1x4xf32>'`}}
  %r:2 = lacuna.layer_norm %x axis = 2 : tensor<1x4x8xf32> -> tensor<1x4x8xf32> mean tensor<1x4xf32>
  return
}

// -----

func.func @rms_norm_c1(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{`axis` must be a dimension of a rank 3 tensor, got -4}}
  %r = lacuna.rms_norm %x axis = -4
      : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @rms_norm_c2(%x: tensor<1x4x8xf32>, %h: tensor<8xf16>) {
  // expected-error @below {{`scale` must have elements of type 'f32', got 'f16'}}
  %r = lacuna.rms_norm %x scale %h axis = 2
      : (tensor<1x4x8xf32>, tensor<8xf16>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @rms_norm_c3(%x: tensor<1x4x8xf32>, %h: tensor<4xf32>) {
  // expected-error @below {{`scale` must have shape [8], got [4]}}
  %r = lacuna.rms_norm %x scale %h axis = 2
      : (tensor<1x4x8xf32>, tensor<4xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @rms_norm_c4(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{`epsilon` must be finite and not negative, got -1}}
  %r = lacuna.rms_norm %x axis = 2 epsilon = -1.0
      : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return
}
