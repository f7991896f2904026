// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @activation_c1(%x: tensor<4xf32>) {
  // expected-error @below {{`alpha` must be finite}}
  %r = lacuna.activation elu %x alpha = 0x7FF0000000000000 : tensor<4xf32>
  return
}

// -----

func.func @activation_c2(%x: tensor<4xf32>) {
  // expected-error @below {{`alpha` must be absent for kind relu}}
  %r = lacuna.activation relu %x alpha = 1.0 : tensor<4xf32>
  return
}

// -----

func.func @activation_c2_second(%x: tensor<4xf32>) {
  // expected-error @below {{`beta` must be absent for kind elu}}
  %r = lacuna.activation elu %x alpha = 1.0 beta = 2.0 : tensor<4xf32>
  return
}

// -----

func.func @activation_c3(%x: tensor<4xf32>) {
  // expected-error @below {{`alpha` must not be 0}}
  %r = lacuna.activation celu %x alpha = 0.0 : tensor<4xf32>
  return
}

// -----

func.func @activation_c4(%x: tensor<4xf32>) {
  // expected-error-re @below {{`alpha` must be at most `beta` ({{.*}}), got}}
  %r = lacuna.activation hard_tanh %x alpha = 2.0 : tensor<4xf32>
  return
}

// -----

func.func @prelu_c1(%x: tensor<4xf32>, %s: tensor<4xf16>) {
  // expected-error @below {{`slope` must have elements of type 'f32', got 'f16'}}
  %r = lacuna.prelu %x, %s : (tensor<4xf32>, tensor<4xf16>) -> tensor<4xf32>
  return
}

// -----

func.func @prelu_c2(%x: tensor<2x4xf32>, %s: tensor<2xf32>) {
  // expected-error @below {{`slope` must broadcast to shape [2, 4], got [2]}}
  %r = lacuna.prelu %x, %s
      : (tensor<2x4xf32>, tensor<2xf32>) -> tensor<2x4xf32>
  return
}

// -----

func.func @gated_c1(%x: tensor<2x4xf32>) {
  // expected-error @below {{`axis` must be a dimension of a rank 2 tensor, got 2}}
  %r = lacuna.gated glu %x axis = 2 : (tensor<2x4xf32>) -> tensor<2x2xf32>
  return
}

// -----

func.func @gated_c2(%x: tensor<2x5xf32>) {
  // expected-error @below {{the size along `axis` must be even, got 5}}
  %r = lacuna.gated glu %x axis = 1 : (tensor<2x5xf32>) -> tensor<2x2xf32>
  return
}

// -----

func.func @softmax_c1(%x: tensor<2x4xf32>) {
  // expected-error @below {{`axis` must be a dimension of a rank 2 tensor, got -3}}
  %r = lacuna.softmax %x axis = -3 : tensor<2x4xf32>
  return
}

// -----

func.func @hardmax_c1(%x: tensor<f32>) {
  // expected-error @below {{`axis` must be a dimension of a rank 0 tensor, got 0}}
  %r = lacuna.hardmax %x axis = 0 : tensor<f32>
  return
}

// -----

func.func @maxout_c1(%x: tensor<2x4xf32>) {
  // expected-error @below {{`axis` must be a dimension of a rank 2 tensor, got 2}}
  %r = lacuna.maxout %x axis = 2 groups = 2
      : (tensor<2x4xf32>) -> tensor<2x2xf32>
  return
}

// -----

func.func @maxout_c2(%x: tensor<2x4xf32>) {
  // expected-error @below {{`groups` must be positive and divide the size along `axis` (4), got 3}}
  %r = lacuna.maxout %x axis = 1 groups = 3
      : (tensor<2x4xf32>) -> tensor<2x2xf32>
  return
}

// -----

func.func @maxout_result(%x: tensor<2x4xf32>) {
  // expected-error @below {{result #0 must be `'tensor<2x2xf32>'`, got `'tensor<2x4xf32>'`}}
  %r = lacuna.maxout %x axis = 1 groups = 2
      : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return
}
