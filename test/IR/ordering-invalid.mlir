// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @one_hot_c1(%i: tensor<3xi64>, %values: tensor<3xf32>) {
  // expected-error @below {{`values` must have shape [2], got [3]}}
  %r = lacuna.one_hot %i, %values depth = 5 axis = -1
      : (tensor<3xi64>, tensor<3xf32>) -> tensor<3x5xf32>
  return
}

// -----

func.func @one_hot_c2(%i: tensor<3xi64>, %values: tensor<2xf32>) {
  // expected-error @below {{`depth` must be 0 to 1073741824, got -5}}
  %r = lacuna.one_hot %i, %values depth = -5 axis = -1
      : (tensor<3xi64>, tensor<2xf32>) -> tensor<3x5xf32>
  return
}

// -----

func.func @one_hot_c3(%i: tensor<3xi64>, %values: tensor<2xf32>) {
  // expected-error @below {{`axis` must be a dimension of a rank 2 tensor, got 2}}
  %r = lacuna.one_hot %i, %values depth = 5 axis = 2
      : (tensor<3xi64>, tensor<2xf32>) -> tensor<3x5xf32>
  return
}

// -----

func.func @top_k_c1(%x: tensor<f32>) {
  // expected-error @below {{`axis` must be a dimension of a rank 0 tensor, got 0}}
  %v, %i = lacuna.top_k max %x k = 1 axis = 0
      : (tensor<f32>) -> (tensor<f32>, tensor<i64>)
  return
}

// -----

func.func @top_k_c2(%x: tensor<5xf32>) {
  // expected-error @below {{`k` must be 0 to 5, got 6}}
  %v, %i = lacuna.top_k max %x k = 6 axis = 0
      : (tensor<5xf32>) -> (tensor<6xf32>, tensor<6xi64>)
  return
}

// -----

func.func @top_k_c3(%x: tensor<5xf32>) {
  // expected-error @below {{result #1 must be `'tensor<2xi64>'`, got `'tensor<2xi32>'`}}
  %v, %i = lacuna.top_k max %x k = 2 axis = 0
      : (tensor<5xf32>) -> (tensor<2xf32>, tensor<2xi32>)
  return
}

// -----

func.func @arg_extreme_c1(%x: tensor<5xf32>) {
  // expected-error @below {{`axis` must be a dimension of a rank 1 tensor, got 1}}
  %r = lacuna.arg_extreme max %x axis = 1 : (tensor<5xf32>) -> tensor<i64>
  return
}

// -----

func.func @arg_extreme_c2(%x: tensor<5x0xf32>) {
  // expected-error @below {{the axis must have at least one element, got 0}}
  %r = lacuna.arg_extreme max %x axis = 1 : (tensor<5x0xf32>) -> tensor<5xi64>
  return
}

// -----

func.func @arg_extreme_c3(%x: tensor<5x4x3xf32>) {
  // expected-error @below {{`result` must have rank 2 to 3, got 1}}
  %r = lacuna.arg_extreme max %x axis = 1
      : (tensor<5x4x3xf32>) -> tensor<5xi64>
  return
}

// -----

func.func @cumulative_c1(%x: tensor<5xf32>) {
  // expected-error @below {{`axis` must be a dimension of a rank 1 tensor, got -2}}
  %r = lacuna.cumulative sum %x axis = -2 : (tensor<5xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @cumulative_c2(%x: tensor<5xi1>) {
  // expected-error @below {{`input` must not have elements of type i1}}
  %r = lacuna.cumulative prod %x axis = 0 : (tensor<5xi1>) -> tensor<5xi1>
  return
}

// -----

func.func @reverse_sequence_c1(%x: tensor<2x7xf32>, %n: tensor<2xi64>) {
  // expected-error @below {{`batch_axis` and `time_axis` must be different, got 0 and -2}}
  %r = lacuna.reverse_sequence %x, %n batch_axis = 0 time_axis = -2
      : (tensor<2x7xf32>, tensor<2xi64>) -> tensor<2x7xf32>
  return
}

// -----

func.func @reverse_sequence_c2(%x: tensor<2x7xf32>, %n: tensor<7xi64>) {
  // expected-error @below {{`lengths` must have shape [2], got [7]}}
  %r = lacuna.reverse_sequence %x, %n batch_axis = 0 time_axis = 1
      : (tensor<2x7xf32>, tensor<7xi64>) -> tensor<2x7xf32>
  return
}
