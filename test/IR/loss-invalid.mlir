// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @cross_entropy_c1(%x: tensor<5xf32>, %l: tensor<i64>) {
  // expected-error @below {{`logits` must have rank 2 to 8, got 1}}
  %r = lacuna.cross_entropy %x, %l
      : (tensor<5xf32>, tensor<i64>) -> tensor<f32>
  return
}

// -----

func.func @cross_entropy_c2(%x: tensor<2x5x3xf32>, %l: tensor<2x5xi64>) {
  // expected-error @below {{`labels` must have shape [2, 3], got [2, 5]}}
  %r = lacuna.cross_entropy %x, %l
      : (tensor<2x5x3xf32>, tensor<2x5xi64>) -> tensor<f32>
  return
}

// -----

func.func @cross_entropy_c3(%x: tensor<2x5x3xf32>, %l: tensor<2x3xi64>, %w: tensor<3xf32>) {
  // expected-error @below {{`weight` must have shape [5], got [3]}}
  %r = lacuna.cross_entropy %x, %l weight %w
      : (tensor<2x5x3xf32>, tensor<2x3xi64>, tensor<3xf32>) -> tensor<f32>
  return
}

// -----

func.func @cross_entropy_c3_type(%x: tensor<2x5x3xf32>, %l: tensor<2x3xi64>, %w: tensor<5xf64>) {
  // expected-error @below {{`weight` must have elements of type 'f32', got 'f64'}}
  %r = lacuna.cross_entropy %x, %l weight %w
      : (tensor<2x5x3xf32>, tensor<2x3xi64>, tensor<5xf64>) -> tensor<f32>
  return
}

// -----

func.func @cross_entropy_result(%x: tensor<2x5x3xf32>, %l: tensor<2x3xi64>) {
  // expected-error @below {{result #0 must be `'tensor<2x3xf32>'`, got `'tensor<f32>'`}}
  %r = lacuna.cross_entropy %x, %l reduction = none
      : (tensor<2x5x3xf32>, tensor<2x3xi64>) -> tensor<f32>
  return
}

// -----

func.func @nll_loss_c1(%x: tensor<5xf32>, %l: tensor<i64>) {
  // expected-error @below {{`input` must have rank 2 to 8, got 1}}
  %r = lacuna.nll_loss %x, %l
      : (tensor<5xf32>, tensor<i64>) -> tensor<f32>
  return
}

// -----

func.func @nll_loss_c2(%x: tensor<2x5x3xf32>, %l: tensor<2x5xi64>) {
  // expected-error @below {{`labels` must have shape [2, 3], got [2, 5]}}
  %r = lacuna.nll_loss %x, %l
      : (tensor<2x5x3xf32>, tensor<2x5xi64>) -> tensor<f32>
  return
}

// -----

func.func @nll_loss_c3(%x: tensor<2x5x3xf32>, %l: tensor<2x3xi64>, %w: tensor<3xf32>) {
  // expected-error @below {{`weight` must have shape [5], got [3]}}
  %r = lacuna.nll_loss %x, %l weight %w
      : (tensor<2x5x3xf32>, tensor<2x3xi64>, tensor<3xf32>) -> tensor<f32>
  return
}

// -----

func.func @nll_loss_c3_type(%x: tensor<2x5x3xf32>, %l: tensor<2x3xi64>, %w: tensor<5xf64>) {
  // expected-error @below {{`weight` must have elements of type 'f32', got 'f64'}}
  %r = lacuna.nll_loss %x, %l weight %w
      : (tensor<2x5x3xf32>, tensor<2x3xi64>, tensor<5xf64>) -> tensor<f32>
  return
}

// -----

func.func @nll_loss_result(%x: tensor<2x5x3xf32>, %l: tensor<2x3xi64>) {
  // expected-error @below {{result #0 must be `'tensor<2x3xf32>'`, got `'tensor<f32>'`}}
  %r = lacuna.nll_loss %x, %l reduction = none
      : (tensor<2x5x3xf32>, tensor<2x3xi64>) -> tensor<f32>
  return
}
