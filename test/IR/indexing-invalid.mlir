// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @gather_c1(%x: tensor<2x9xf32>, %i: tensor<3xi64>) {
  // expected-error @below {{`axis` must be a dimension of a rank 2 tensor, got 2}}
  %r = lacuna.gather %x[%i] axis = 2
      : (tensor<2x9xf32>, tensor<3xi64>) -> tensor<2x3xf32>
  return
}

// -----

func.func @gather_elements_c1(%x: tensor<9x4xf32>, %i: tensor<3x4xi64>) {
  // expected-error @below {{`axis` must be a dimension of a rank 2 tensor, got -3}}
  %r = lacuna.gather_elements %x[%i] axis = -3
      : (tensor<9x4xf32>, tensor<3x4xi64>) -> tensor<3x4xf32>
  return
}

// -----

func.func @gather_elements_c2(%x: tensor<9x4xf32>, %i: tensor<3x5xi64>) {
  // expected-error @below {{`indices` must have at most size 4 in dimension 1, got 5}}
  %r = lacuna.gather_elements %x[%i] axis = 0
      : (tensor<9x4xf32>, tensor<3x5xi64>) -> tensor<3x5xf32>
  return
}

// -----

func.func @gather_nd_c1(%x: tensor<9x4xf32>, %i: tensor<3x1xi64>) {
  // expected-error @below {{`batch_dims` must be 0 to the rank of `indices` less one, got 2}}
  %r = lacuna.gather_nd %x[%i] batch_dims = 2
      : (tensor<9x4xf32>, tensor<3x1xi64>) -> tensor<3x4xf32>
  return
}

// -----

func.func @gather_nd_c2(%x: tensor<9x4xf32>, %i: tensor<3x1xi64>) {
  // expected-error @below {{the first 1 sizes of `data` and `indices` must agree, got [9, 4] and [3, 1]}}
  %r = lacuna.gather_nd %x[%i] batch_dims = 1
      : (tensor<9x4xf32>, tensor<3x1xi64>) -> tensor<3xf32>
  return
}

// -----

func.func @gather_nd_c3(%x: tensor<9x4xf32>, %i: tensor<3x?xi64>) {
  // expected-error @below {{`indices` must have a last size of at most 2, got ?}}
  %r = lacuna.gather_nd %x[%i]
      : (tensor<9x4xf32>, tensor<3x?xi64>) -> tensor<3x4xf32>
  return
}

// -----

func.func @scatter_elements_c1(%x: tensor<2x5xf32>, %i: tensor<2x3xi64>, %u: tensor<2x3xf32>) {
  // expected-error @below {{`axis` must be a dimension of a rank 2 tensor, got 7}}
  %r = lacuna.scatter_elements %x[%i], %u axis = 7
      : (tensor<2x5xf32>, tensor<2x3xi64>, tensor<2x3xf32>) -> tensor<2x5xf32>
  return
}

// -----

func.func @scatter_elements_c2(%x: tensor<2x5xf32>, %i: tensor<6xi64>, %u: tensor<6xf32>) {
  // expected-error @below {{`indices` must have rank 2, got 1}}
  %r = lacuna.scatter_elements %x[%i], %u axis = 1
      : (tensor<2x5xf32>, tensor<6xi64>, tensor<6xf32>) -> tensor<2x5xf32>
  return
}

// -----

func.func @scatter_elements_c3(%x: tensor<2x5xf32>, %i: tensor<2x3xi64>, %u: tensor<2x3xf16>) {
  // expected-error @below {{`updates` must have elements of type 'f32', got 'f16'}}
  %r = lacuna.scatter_elements %x[%i], %u axis = 1
      : (tensor<2x5xf32>, tensor<2x3xi64>, tensor<2x3xf16>) -> tensor<2x5xf32>
  return
}

// -----

func.func @scatter_elements_c4(%x: tensor<2x5xi1>, %i: tensor<2x3xi64>, %u: tensor<2x3xi1>) {
  // expected-error @below {{`reduction` must be none for i1, got max}}
  %r = lacuna.scatter_elements %x[%i], %u axis = 1 reduction = max
      : (tensor<2x5xi1>, tensor<2x3xi64>, tensor<2x3xi1>) -> tensor<2x5xi1>
  return
}

// -----

func.func @scatter_nd_c1(%x: tensor<9x4xf32>, %i: tensor<3x3xi64>, %u: tensor<3xf32>) {
  // expected-error @below {{`indices` must have a last size of at most 2, got 3}}
  %r = lacuna.scatter_nd %x[%i], %u
      : (tensor<9x4xf32>, tensor<3x3xi64>, tensor<3xf32>) -> tensor<9x4xf32>
  return
}

// -----

func.func @scatter_nd_c2(%x: tensor<9x4xf32>, %i: tensor<3x1xi64>, %u: tensor<3x5xf32>) {
  // expected-error @below {{`updates` must have shape [3, 4], got [3, 5]}}
  %r = lacuna.scatter_nd %x[%i], %u
      : (tensor<9x4xf32>, tensor<3x1xi64>, tensor<3x5xf32>) -> tensor<9x4xf32>
  return
}

