// RUN: lacuna-opt %s | lacuna-opt | FileCheck %s

// CHECK-LABEL: func @gathers
func.func @gathers(%x: tensor<2x9x4xf32>, %i: tensor<3xi64>,
                   %e: tensor<2x3x4xi32>, %t: tensor<2x5x1xi64>) {
  // CHECK: lacuna.gather %{{.*}}[%{{.*}}] axis = 1 : (tensor<2x9x4xf32>, tensor<3xi64>) -> tensor<2x3x4xf32>
  %0 = lacuna.gather %x[%i] axis = 1
      : (tensor<2x9x4xf32>, tensor<3xi64>) -> tensor<2x3x4xf32>
  // CHECK: lacuna.gather_elements %{{.*}}[%{{.*}}] axis = -2 :
  %1 = lacuna.gather_elements %x[%e] axis = -2
      : (tensor<2x9x4xf32>, tensor<2x3x4xi32>) -> tensor<2x3x4xf32>
  // CHECK: lacuna.gather_nd %{{.*}}[%{{.*}}] batch_dims = 1 :
  %2 = lacuna.gather_nd %x[%t] batch_dims = 1
      : (tensor<2x9x4xf32>, tensor<2x5x1xi64>) -> tensor<2x5x4xf32>
  return
}

// CHECK-LABEL: func @scatters
func.func @scatters(%x: tensor<9x4xf32>, %e: tensor<3x2xi64>,
                    %u: tensor<3x2xf32>, %t: tensor<3x1xi64>,
                    %s: tensor<3x4xf32>) {
  // CHECK: lacuna.scatter_elements %{{.*}}[%{{.*}}], %{{.*}} axis = 0 reduction = add :
  %0 = lacuna.scatter_elements %x[%e], %u axis = 0 reduction = add
      : (tensor<9x4xf32>, tensor<3x2xi64>, tensor<3x2xf32>) -> tensor<9x4xf32>
  // CHECK: lacuna.scatter_nd %{{.*}}[%{{.*}}], %{{.*}} :
  %1 = lacuna.scatter_nd %x[%t], %s
      : (tensor<9x4xf32>, tensor<3x1xi64>, tensor<3x4xf32>) -> tensor<9x4xf32>
  return
}

// CHECK-LABEL: func @tables
func.func @tables(%table: tensor<?x64xbf16>, %ids: tensor<2x?xi64>) {
  // CHECK: lacuna.embedding %{{.*}}[%{{.*}}] padding_index = 3 :
  %0 = lacuna.embedding %table[%ids] padding_index = 3
      : (tensor<?x64xbf16>, tensor<2x?xi64>) -> tensor<2x?x64xbf16>
  return
}

// Sizes that are not known agree with any.
// CHECK-LABEL: func @unknown
func.func @unknown(%x: tensor<?x?xf32>, %i: tensor<?xi64>) {
  // CHECK: -> tensor<?x7xf32>
  %0 = lacuna.gather %x[%i] axis = 1
      : (tensor<?x?xf32>, tensor<?xi64>) -> tensor<?x7xf32>
  return
}
