// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @batch_norm_c1(%x: tensor<4xf32>, %v: tensor<4xf32>) {
  // expected-error @below {{`input` must have rank 2 to 8, got 1}}
  %r = lacuna.batch_norm %x, %v, %v, %v, %v
      : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @batch_norm_c2(%x: tensor<1x4x8xf32>, %v: tensor<4xf32>, %h: tensor<4xf16>) {
  // expected-error @below {{`mean` must have elements of type 'f32', got 'f16'}}
  %r = lacuna.batch_norm %x, %v, %v, %h, %v
      : (tensor<1x4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf16>, tensor<4xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @batch_norm_c3(%x: tensor<1x4x8xf32>, %v: tensor<4xf32>, %w: tensor<5xf32>) {
  // expected-error @below {{`variance` must have shape [4], got [5]}}
  %r = lacuna.batch_norm %x, %v, %v, %v, %w
      : (tensor<1x4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<5xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @batch_norm_c4(%x: tensor<1x4x8xf32>, %v: tensor<4xf32>) {
  // expected-error @below {{`epsilon` must be finite and not negative, got -1}}
  %r = lacuna.batch_norm %x, %v, %v, %v, %v epsilon = -1.0
      : (tensor<1x4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @batch_norm_training_c1(%x: tensor<4xf32>, %v: tensor<4xf32>) {
  // expected-error @below {{`input` must have rank 2 to 8, got 1}}
  %r:3 = lacuna.batch_norm_training %x, %v, %v, %v, %v
      : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
      -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func @batch_norm_training_c2(%x: tensor<1x4x8xf32>, %v: tensor<4xf32>, %h: tensor<4xf16>) {
  // expected-error @below {{`bias` must have elements of type 'f32', got 'f16'}}
  %r:3 = lacuna.batch_norm_training %x, %v, %h, %v, %v
      : (tensor<1x4x8xf32>, tensor<4xf32>, tensor<4xf16>, tensor<4xf32>, tensor<4xf32>)
      -> (tensor<1x4x8xf32>, tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func @batch_norm_training_c3(%x: tensor<1x4x8xf32>, %v: tensor<4xf32>, %w: tensor<5xf32>) {
  // expected-error @below {{`running_mean` must have shape [4], got [5]}}
  %r:3 = lacuna.batch_norm_training %x, %v, %v, %w, %v
      : (tensor<1x4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<5xf32>, tensor<4xf32>)
      -> (tensor<1x4x8xf32>, tensor<5xf32>, tensor<4xf32>)
  return
}

// -----

func.func @batch_norm_training_c4(%x: tensor<1x4x8xf32>, %v: tensor<4xf32>) {
  // expected-error @below {{`epsilon` must be finite and not negative, got -1}}
  %r:3 = lacuna.batch_norm_training %x, %v, %v, %v, %v epsilon = -1.0
      : (tensor<1x4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
      -> (tensor<1x4x8xf32>, tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func @batch_norm_training_c5(%x: tensor<1x4x8xf32>, %v: tensor<4xf32>) {
  // expected-error @below {{`momentum` must be finite}}
  %r:3 = lacuna.batch_norm_training %x, %v, %v, %v, %v momentum = 0x7FF0000000000000
      : (tensor<1x4x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
      -> (tensor<1x4x8xf32>, tensor<4xf32>, tensor<4xf32>)
  return
}
