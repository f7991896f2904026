// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @group_norm_c1(%x: tensor<4xf32>) {
  // expected-error @below {{`input` must have rank 2 to 8, got 1}}
  %r = lacuna.group_norm %x groups = 2
      : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @group_norm_c2(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{`groups` must be positive and divide the channels (4), got 3}}
  %r = lacuna.group_norm %x groups = 3
      : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @group_norm_c2_zero(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{`groups` must be positive and divide the channels (4), got 0}}
  %r = lacuna.group_norm %x groups = 0
      : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @group_norm_c3(%x: tensor<1x4x8xf32>, %h: tensor<4xf16>) {
  // expected-error @below {{`scale` must have elements of type 'f32', got 'f16'}}
  %r = lacuna.group_norm %x scale %h groups = 2
      : (tensor<1x4x8xf32>, tensor<4xf16>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @group_norm_c4(%x: tensor<1x4x8xf32>, %h: tensor<4xf32>) {
  // expected-error @below {{`bias` must have shape [8], got [4]}}
  %r = lacuna.group_norm %x bias %h groups = 2
      layout = channels_last
      : (tensor<1x4x8xf32>, tensor<4xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @group_norm_c5(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{`epsilon` must be finite and not negative, got -1}}
  %r = lacuna.group_norm %x groups = 2 epsilon = -1.0
      : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @instance_norm_c1(%x: tensor<4xf32>) {
  // expected-error @below {{`input` must have rank 2 to 8, got 1}}
  %r = lacuna.instance_norm %x
      : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @instance_norm_c2(%x: tensor<1x4x8xf32>, %h: tensor<4xf16>) {
  // expected-error @below {{`bias` must have elements of type 'f32', got 'f16'}}
  %r = lacuna.instance_norm %x bias %h
      : (tensor<1x4x8xf32>, tensor<4xf16>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @instance_norm_c3(%x: tensor<1x4x8xf32>, %h: tensor<5xf32>) {
  // expected-error @below {{`scale` must have shape [4], got [5]}}
  %r = lacuna.instance_norm %x scale %h
      : (tensor<1x4x8xf32>, tensor<5xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @instance_norm_c4(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{`epsilon` must be finite and not negative, got -1}}
  %r = lacuna.instance_norm %x epsilon = -1.0
      : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @local_response_norm_c1(%x: tensor<4xf32>) {
  // expected-error @below {{`input` must have rank 2 to 8, got 1}}
  %r = lacuna.local_response_norm %x size = 3
      : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @local_response_norm_c2(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{`size` must be 1 to 1048576, got 0}}
  %r = lacuna.local_response_norm %x size = 0
      : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @local_response_norm_c3(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{`alpha`, `beta` and `bias` must be finite}}
  %r = lacuna.local_response_norm %x size = 3
      beta = 0x7FF0000000000000
      : (tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @lp_normalize_c1(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{`axis` must be a dimension of a rank 3 tensor, got 3}}
  %r = lacuna.lp_normalize %x axis = 3 : tensor<1x4x8xf32>
  return
}

// -----

func.func @lp_normalize_c2(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{`p` must be 1 to 2, got 3}}
  %r = lacuna.lp_normalize %x axis = 1 p = 3 : tensor<1x4x8xf32>
  return
}
