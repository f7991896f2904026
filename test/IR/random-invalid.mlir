// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @random_c1(%seed: tensor<1xi64>) {
  // expected-error @below {{`seed` must have rank 0, got 1}}
  %r = lacuna.random normal seed %seed : (tensor<1xi64>) -> tensor<8xf32>
  return
}

// -----

func.func @random_c2() {
  // expected-error @below {{the result must have floating-point elements, got 'i32'}}
  %r = lacuna.random uniform : () -> tensor<8xi32>
  return
}

// -----

func.func @random_c3_uniform() {
  // expected-error @below {{`alpha` must be below `beta`, got }}
  %r = lacuna.random uniform alpha = 1.0 : () -> tensor<8xf32>
  return
}

// -----

func.func @random_c3_normal() {
  // expected-error @below {{`beta` must not be negative, got }}
  %r = lacuna.random normal beta = -1.0 : () -> tensor<8xf32>
  return
}

// -----

func.func @random_c3_bernoulli() {
  // expected-error @below {{`alpha` must be 0 to 1, got }}
  %r = lacuna.random bernoulli alpha = 1.5 : () -> tensor<8xf32>
  return
}

// -----

func.func @random_c3_infinite() {
  // expected-error @below {{`alpha` and `beta` must be finite}}
  %r = lacuna.random uniform beta = 0x7FF0000000000000 : () -> tensor<8xf32>
  return
}

// -----

func.func @dropout_c1(%x: tensor<8xf32>, %seed: tensor<2xi64>) {
  // expected-error @below {{`seed` must have rank 0, got 1}}
  %r, %mask = lacuna.dropout %x, %seed rate = 0.1
      : (tensor<8xf32>, tensor<2xi64>) -> (tensor<8xf32>, tensor<8xi1>)
  return
}

// -----

func.func @dropout_c2(%x: tensor<8xf32>, %seed: tensor<i64>) {
  // expected-error @below {{`rate` must be 0 to 1, got }}
  %r, %mask = lacuna.dropout %x, %seed rate = 1.1
      : (tensor<8xf32>, tensor<i64>) -> (tensor<8xf32>, tensor<8xi1>)
  return
}

// -----

func.func @dropout_c3(%x: tensor<8xf32>, %seed: tensor<i64>) {
  // expected-error @below {{result #1 must be `'tensor<8xi1>'`, got `'tensor<8xf32>'`}}
  %r, %mask = lacuna.dropout %x, %seed rate = 0.1
      : (tensor<8xf32>, tensor<i64>) -> (tensor<8xf32>, tensor<8xf32>)
  return
}
