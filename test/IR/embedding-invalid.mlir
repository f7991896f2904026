// RUN: lacuna-opt %s -split-input-file -verify-diagnostics

func.func @scatter_nd_c3(%x: tensor<9x4xi1>, %i: tensor<3x1xi64>, %u: tensor<3x4xi1>) {
  // expected-error @below {{`reduction` must be none for i1, got add}}
  %r = lacuna.scatter_nd %x[%i], %u reduction = add
      : (tensor<9x4xi1>, tensor<3x1xi64>, tensor<3x4xi1>) -> tensor<9x4xi1>
  return
}

// -----

func.func @embedding_c1(%table: tensor<64xf32>, %ids: tensor<2xi64>) {
  // expected-error @below {{`table` must have rank 2, got 1}}
  %r = lacuna.embedding %table[%ids]
      : (tensor<64xf32>, tensor<2xi64>) -> tensor<2x64xf32>
  return
}

// -----

func.func @embedding_c2(%table: tensor<8x64xf32>, %ids: tensor<2xi64>) {
  // expected-error @below {{`padding_index` must be 0 to 7, got 8}}
  %r = lacuna.embedding %table[%ids] padding_index = 8
      : (tensor<8x64xf32>, tensor<2xi64>) -> tensor<2x64xf32>
  return
}

// -----

func.func @embedding_result(%table: tensor<8x64xf32>, %ids: tensor<2xi64>) {
  // expected-error @below {{result #0 must be `'tensor<2x64xf32>'`, got `'tensor<2x63xf32>'`}}
  %r = lacuna.embedding %table[%ids]
      : (tensor<8x64xf32>, tensor<2xi64>) -> tensor<2x63xf32>
  return
}
